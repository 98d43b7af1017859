#!/bin/sh
# « make test »: Chromium where it can be installed, then every ring of tests.
# A missing browser fails the run in CI; elsewhere the browser tests are skipped with PORTAL_BROWSER_MISSING as reason.
set -eu

cd "$(dirname "$0")/.."
if ! reason=$(sh scripts/os_packages.sh browser 2>&1); then
    if [ "${CI:-}" = 1 ]; then
        printf '%s\n' "$reason" >&2
        echo "CI : les tests de navigateur ne peuvent pas être omis." >&2
        exit 1
    fi
    PORTAL_BROWSER_MISSING="Chromium manque et n'a pas pu être installé : sudo apt-get install chromium"
    export PORTAL_BROWSER_MISSING
fi
# Without these the tests that need them are skipped, each with its reason.
sh scripts/os_packages.sh tests >/dev/null 2>&1 || true

# The tests start dozens of processes: each would compile the portal again.
unset PYTHONDONTWRITEBYTECODE

[ $# -gt 0 ] || set -- tests
exec .venv/bin/python -m pytest -n 2 "$@"
