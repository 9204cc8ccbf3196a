#!/bin/bash
# Fetches detections the way Microsoft's page on the SIEM API does it in Bash: a token of the older endpoint, cut
# out of its one line as the seventh piece by comma, then the alerts since a time, with curl. What comes is told
# on standard output, a line each: the token's body, the detections, and a poll from the last of them.
set -eu
resource=https://graph.windows.net

# The sample writes its form over several lines: there are blanks before the last name.
body=$(curl -sS -X POST "$BASE/$TENANT/oauth2/token" \
  -d "resource=$resource&client_id=$CLIENT_ID&client_secret=$CLIENT_SECRET&        grant_type=client_credentials")
token=$(printf %s "$body" | tr -d '{}' | cut -d, -f7 | cut -d: -f2 | tr -d '" ')

get() {
  curl -sS -G -H "Authorization: Bearer $token" -H "Accept: application/json" "$BASE/api/alerts" "$@"
}

detections=$(get --data-urlencode "sinceTimeUtc=$SINCE")
last=$(jq -r 'map(.LastProcessedTimeUtc) | max' <<<"$detections")

jq -c . <<<"$body"
jq -c . <<<"$detections"
get --data-urlencode "sinceTimeUtc=$last" | jq -c .
get --data-urlencode "sinceTimeUtc=$SINCE" --data-urlencode "untilTimeUtc=$last" | jq -c .
get --data-urlencode "sinceTimeUtc=$SINCE" -d limit=2 | jq -c .
get --data-urlencode "sinceTimeUtc=$SINCE" -d machinegroups=Office -d machinegroups=Nowhere | jq -c .
get -d ago=PT1H | jq -c .
