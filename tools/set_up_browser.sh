#!/bin/sh
# Make a Chromium available to the tests: Debian's packages (root), else the one on PATH, else playwright's own.
set -eu
command -v chromium-headless-shell >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq chromium chromium-headless-shell >/dev/null
elif ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null; then
    .venv/bin/playwright install chromium
fi
