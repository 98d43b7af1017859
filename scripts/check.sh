#!/bin/sh
# « make check »: everything that reads the code without running the tests. Every check runs; one failure fails the whole.
set -u

cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
export PATH
state=$(mktemp -d)
chmod 711 "$state" # root's PostgreSQL runs under another account, which has to pass through
trap 'rm -rf "$state"' EXIT
failed=""

check() { # name, command…
    name=$1
    shift
    if "$@" >"$state/output" 2>&1; then
        echo "ok     $name"
    else
        echo "ÉCHEC  $name"
        sed 's/^/       /' "$state/output"
        failed="$failed $name"
    fi
}

# An environment of our own: a person's variables must not decide the result.
portal() {
    env -u DATABASE_URL -u CELERY_BROKER_URL -u PORTAL_DEMO -u PORTAL_ENV -u PORTAL_BASE_URL -u PORTAL_ALLOWED_HOSTS \
        -u PORTAL_SECRET_KEY PORTAL_VAR="$state/var" "$@"
}

as_in_production() {
    portal env PORTAL_ENV=production PORTAL_VAR="$state/production" \
        DATABASE_URL=postgresql://check:check@localhost:5432/check CELERY_BROKER_URL=redis://localhost:6379/0 \
        PORTAL_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
        PORTAL_ALLOWED_HOSTS=portail.example.fr PORTAL_BASE_URL=https://portail.example.fr \
        SEAL_BACKEND=pkcs12 SEAL_KEY="$state" SEAL_ROOTS="$state" "$@"
}

check ruff ruff check .
check ruff-format ruff format --check .
check mypy mypy .
check import-linter lint-imports
check djlint djlint --lint --quiet templates portal orders attestations homologation indicators
check deploy as_in_production python manage.py check --deploy --fail-level WARNING
check migrations portal python manage.py makemigrations --check --dry-run
check docs portal python manage.py generate_docs --check

[ -z "$failed" ] || {
    echo "À corriger :$failed" >&2
    exit 1
}
