#!/bin/sh
# Fetches the alerts of {{ tenant }} as the application {{ application }}
# and writes each as one line of JSON to standard output. Needs curl and jq.
#
# The secret of the application is read from a file that only its owner may read:
#   umask 077; printf %s 'the secret' > "$HOME/.tidegate-secret"
#
# Each run goes on where the last one ended. The last alerts may come twice: AlertId tells them apart.
set -eu

base='{{ base }}'
tenant='{{ tenant_id }}'
client='{{ client_id }}'
secret_file="${TIDEGATE_SECRET_FILE:-$HOME/.tidegate-secret}"
since_file="${TIDEGATE_SINCE_FILE:-$HOME/.tidegate-since-$tenant}"

token=$(tr -d '\r\n' < "$secret_file" | curl --silent --show-error --fail "$base/$tenant/oauth2/token" \
    --data grant_type=client_credentials \
    --data "client_id=$client" \
    --data-urlencode client_secret@- \
    --data-urlencode resource=https://graph.windows.net | jq --raw-output .access_token)

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
if [ -s "$since_file" ]; then
    set -- --data-urlencode "sinceTimeUtc=$(cat "$since_file")"
else
    set -- --data ago=P1D
fi
# The token stands in a file of settings, not among the arguments, which others on this machine can see.
printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --silent --show-error --fail --config - --get "$base/api/alerts" "$@" --output "$answer"

jq --compact-output '.[]' "$answer"
newest=$(jq --raw-output 'map(.LastProcessedTimeUtc) | max // empty' "$answer")
if [ -n "$newest" ]; then
    printf '%s\n' "$newest" > "$since_file"
fi
