#!/bin/sh
# Fill .venv from the lock named by the first argument (runtime or dev), and install the project itself.
# What stands there already is left alone, so a second run needs no network.
set -eu
cd "$(dirname "$0")/.."
uv=$(tools/find_uv.sh)

fill() {
    "$uv" pip install --quiet --python .venv/bin/python --require-hashes \
        --requirement "requirements/$1.txt" --requirement requirements/build.txt
}

if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
    # .python-version is what we develop with; any later Python does where that one cannot be had.
    "$uv" venv --quiet --allow-existing .venv || "$uv" venv --quiet --allow-existing --python '>=3.12' .venv || {
        echo "Python 3.12 or newer is needed: there is none here, and uv could not fetch one." >&2
        exit 1
    }
fi
if ! fill "$1"; then
    # uv does not read pip's settings, and pip's may be the only ones that name this network's mirror.
    mirror=${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2>/dev/null || true)}
    [ -n "$mirror" ] || exit 1
    echo "trying again with the package index that pip is set to" >&2
    UV_DEFAULT_INDEX=$mirror
    export UV_DEFAULT_INDEX
    fill "$1"
fi
"$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
