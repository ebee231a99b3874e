#!/bin/sh
# Make a Chromium available to the tests: the one on PATH, else Debian's package (root), else playwright's own.
set -eu
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq chromium >/dev/null
else
    .venv/bin/playwright install chromium
fi
