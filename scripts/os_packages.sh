#!/bin/sh
# Installs the OS packages that are missing, by apt where it can; otherwise says the exact line to type, and stops.
#   scripts/os_packages.sh base       what the portal needs to run
#   scripts/os_packages.sh browser    Chromium, for the browser tests (never asks for a password)
#   scripts/os_packages.sh tests      what checks the PDFs beside our own code: poppler, veraPDF's Java, a software token
# What counts is what is there (a library, a module, a font), not how it came: nothing is installed twice.
set -eu

libraries=$( (/sbin/ldconfig -p || ldconfig -p) 2>/dev/null || true)

has_library() {
    case "$libraries" in *"$1 "*) return 0 ;; *) return 1 ;; esac
}

has_font() {
    [ -n "$(find /usr/share/fonts /usr/local/share/fonts -name 'DejaVuSans.ttf' 2>/dev/null | head -n 1)" ]
}

missing=""
need() { # package, then the command that succeeds when it is not needed
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

what=${1:-base}
case "$what" in
base)
    need python3-venv "${PYTHON:-python3}" -c 'import ensurepip, venv'
    need libpango-1.0-0 has_library libpango-1.0.so.0
    need libpangoft2-1.0-0 has_library libpangoft2-1.0.so.0
    need libharfbuzz-subset0 has_library libharfbuzz-subset.so.0
    need fonts-dejavu-core has_font
    ;;
browser)
    need chromium sh -c 'command -v chromium || command -v google-chrome'
    ;;
tests)
    need poppler-utils sh -c 'command -v pdfsig'
    need default-jdk-headless sh -c 'command -v javac'
    need libjaxb-java test -e /usr/share/java/jaxb-runtime.jar
    need softhsm2 sh -c 'command -v softhsm2-util'
    ;;
*)
    echo "Usage: $0 base|browser|tests" >&2
    exit 2
    ;;
esac
missing=${missing# }
[ -n "$missing" ] || exit 0

give_up() {
    echo "Il manque des paquets système. Tapez cette ligne, puis recommencez :" >&2
    echo "  sudo apt-get update && sudo apt-get install --yes --no-install-recommends $missing" >&2
    exit 1
}

command -v apt-get >/dev/null 2>&1 || give_up
if [ "$(id -u)" -eq 0 ]; then
    as_root="env"
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n env"
elif command -v sudo >/dev/null 2>&1 && [ "$what" = base ] && [ -t 0 ]; then
    as_root="sudo env"
else
    give_up
fi

echo "Paquets système à installer : $missing"
# $as_root and $missing are lists of words.
# shellcheck disable=SC2086
$as_root DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null || echo "apt-get update a échoué ; essai avec les listes présentes." >&2
# shellcheck disable=SC2086
$as_root DEBIAN_FRONTEND=noninteractive apt-get install --yes -qq --no-install-recommends $missing </dev/null || give_up
