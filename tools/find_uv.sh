#!/bin/sh
# Print the path of a uv that works; where there is none, install the locked one in .tools/ with Python's pip.
set -eu
cd "$(dirname "$0")/.."

works() {
    # Being on the PATH is not enough: a version manager's shim may stand there for a uv it cannot find.
    "$1" --version >/dev/null 2>&1
}

install_with() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1 &&
        "$1" -m venv --clear .tools >/dev/null 2>&1 &&
        .tools/bin/python -m pip install --quiet --require-hashes --requirement requirements/uv.txt >&2 &&
        works .tools/bin/uv
}

for uv in uv .tools/bin/uv "${HOME:-/nonexistent}/.local/bin/uv"; do
    if works "$uv"; then
        command -v "$uv"
        exit
    fi
done

echo "uv is missing: installing it in .tools/" >&2
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    # Debian splits venv from Python.
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes python3-venv; } >&2 || true
fi
for python in python3.12 python3 /usr/bin/python3 python; do
    if install_with "$python"; then
        echo .tools/bin/uv
        exit
    fi
done
echo "Could not install uv. Install it yourself (any recent version, anywhere on the PATH) and run make again." >&2
exit 1
