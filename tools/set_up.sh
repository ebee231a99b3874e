#!/bin/sh
# Prepare .venv with what REQUIREMENTS (app or dev) lists, hash-checked; does nothing when it is up to date.
# Usage: tools/set_up.sh app|dev
set -eu
cd "$(dirname "$0")/.."
requirements="requirements/$1.txt"

if [ ! -x .venv/bin/python ]; then
    python=$(command -v python3.11 || command -v python3)
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        echo "Lắng Nghe needs Python 3.11 or newer; this is $("$python" --version)." >&2
        exit 1
    fi
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        if [ "$(id -u)" != 0 ]; then
            echo "Python cannot make environments here. Run once: sudo apt-get install python3-venv" >&2
            exit 1
        fi
        apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    fi
    "$python" -m venv .venv
fi

fingerprint=$(cat requirements/uv.txt "$requirements" pyproject.toml | sha256sum)
[ "$(cat ".venv/$1.installed" 2>/dev/null)" = "$fingerprint" ] && exit 0
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --require-hashes -r "$requirements"
VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --no-build-isolation --no-deps --editable .
printf '%s' "$fingerprint" >".venv/$1.installed"
