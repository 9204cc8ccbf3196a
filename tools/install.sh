#!/bin/sh
# Fill .venv from the lock named by the first argument (runtime or dev), and install the project itself.
# With a folder as the second argument, that becomes an environment of what the lock names, and nothing else.
# What stands there already is left alone, so a second run needs no network.
set -eu
cd "$(dirname "$0")/.."
uv=$(tools/find_uv.sh)
into=${2:-.venv}
locks="--requirement requirements/$1.txt"
[ "$into" != .venv ] || locks="$locks --requirement requirements/build.txt"

fill() {
    # Each word of $locks is an argument.
    "$uv" pip install --quiet --python "$into/bin/python" --require-hashes $locks
}

if ! "$into/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
    # .python-version is what we develop with; any later Python does where that one cannot be had.
    "$uv" venv --quiet --allow-existing "$into" || "$uv" venv --quiet --allow-existing --python '>=3.12' "$into" || {
        echo "Python 3.12 or newer is needed: there is none here, and uv could not fetch one." >&2
        exit 1
    }
fi
if ! fill; then
    # uv does not read pip's settings, and pip's may be the only ones that name this network's mirror.
    mirror=${PIP_INDEX_URL:-$(python3 -m pip config get global.index-url 2>/dev/null || true)}
    [ -n "$mirror" ] || exit 1
    echo "trying again with the package index that pip is set to" >&2
    UV_DEFAULT_INDEX=$mirror
    export UV_DEFAULT_INDEX
    fill
fi
[ "$into" = .venv ] || exit 0
"$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
