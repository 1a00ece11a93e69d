#!/usr/bin/env bash
# Make sure that the tests can look for barriers with axe-core, in the one version that they were written with.
# Where it cannot be installed, those tests are skipped with their reason, and so this never fails.
# $1: the folder that takes it, inside a virtual environment.
set -euo pipefail

version=4.14.1
folder=$1
package=$folder/node_modules/axe-core

works() { [ -f "$package/axe.min.js" ] && grep -q "\"version\": \"$version\"" "$package/package.json"; }

works && exit 0
if command -v npm >/dev/null; then
    echo "Installing axe-core $version into $folder with npm."
    mkdir -p "$folder"
    npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error --prefix "$folder" "axe-core@$version" >/dev/null || true
fi
works || echo "No axe-core found, and npm could not install it: the tests that look for barriers with it are SKIPPED."
