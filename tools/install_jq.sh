#!/usr/bin/env bash
# Make sure that the tests can run the programs for curl that the app writes: they read answers with jq.
# Where it cannot be installed, those tests are skipped with their reason, and so this never fails.
set -euo pipefail

works() { command -v curl >/dev/null && command -v jq >/dev/null; }

works && exit 0
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
if command -v apt-get >/dev/null; then
    echo "No curl or jq found: installing them with apt-get."
    "${as_root[@]}" apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends curl jq >/dev/null || true
fi
works || echo "No curl or jq found, and they could not be installed: the tests of programs for curl are SKIPPED."
