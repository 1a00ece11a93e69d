#!/usr/bin/env bash
# Make sure that the tests find a PostgreSQL server: the system's, else Debian's package from apt.
# They start it themselves. Where it cannot be installed, they skip what needs it, and so this never fails.
set -euo pipefail

works() {
    # Debian keeps the server's programs out of the PATH.
    command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

works && exit 0
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi

install() {
    # The tests bring their own data: the package shall make none, and start no server on this machine.
    local no_server=/etc/postgresql-common/createcluster.d/seedance-playground.conf
    "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" mkdir -p "${no_server%/*}" &&
        echo 'create_main_cluster = false' | "${as_root[@]}" tee "$no_server" >/dev/null &&
        DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends postgresql >/dev/null
    local failed=$?
    "${as_root[@]}" rm -f "$no_server"
    return "$failed"
}

if command -v apt-get >/dev/null; then
    echo "No PostgreSQL found: installing one with apt-get."
    install || true
fi
works && exit 0
cat <<'END'
No PostgreSQL found, and it could not be installed: the tests of several replicas are SKIPPED.
Install it (Debian, Ubuntu: sudo apt-get install postgresql; Fedora: sudo dnf install postgresql-server;
macOS: brew install postgresql@17) and run this again.
END
