#!/bin/sh
# Makes .venv and installs the pinned dependencies of requirements/$1.txt (base or dev).
# The installed list is kept in .venv: a second call compares two files and is done.
set -eu

cd "$(dirname "$0")/.."
pins=requirements/$1.txt
stamp=.venv/installed-$1.txt
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Python 3.11 ou plus récent est nécessaire (« $python » ne l'est pas) : PYTHON=/chemin/vers/python3.11 make …" >&2
    exit 1
}

exec 9<"$pins"
flock 9 # two « make » at once: the second waits and finds everything installed

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    echo "Environnement Python (.venv)…"
    "$python" -m venv --clear .venv
fi

cmp -s "$pins" "$stamp" && exit 0
echo "Dépendances Python ($pins)…"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$pins"
cp "$pins" "$stamp"
