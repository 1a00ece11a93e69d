#!/usr/bin/env bash
# Make sure that the browser tests find a Chromium: the system's, else one from apt, else Playwright's own.
# Debian's headless shell comes first: it starts in a fifth of the time, without windows that nobody sees.
# Usage: tools/install_chromium.sh <python of the virtual environment>
set -euo pipefail
python=$1

works() {
    local name
    for name in chromium-headless-shell chromium chromium-browser google-chrome; do
        # Ubuntu's package is a stub for snap: only an answer counts.
        "$name" --version >/dev/null 2>&1 && return 0
    done
    "$python" - <<'END' >/dev/null 2>&1
import pathlib
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    assert pathlib.Path(playwright.chromium.executable_path).exists()
END
}

works && exit 0
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
if command -v apt-get >/dev/null; then
    echo "No Chromium found: installing one with apt-get."
    "${as_root[@]}" apt-get update -qq || true
    for package in chromium-headless-shell chromium; do
        DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$package" \
            >/dev/null || continue
        works && exit 0
    done
fi
works && exit 0
echo "No Chromium found: installing Playwright's."
"$python" -m playwright install chromium
