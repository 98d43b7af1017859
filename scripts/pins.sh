#!/bin/sh
# Compiles the pins from pyproject.toml: hashes in, index addresses out. The header of each file repeats its command.
set -eu

cd "$(dirname "$0")/.."
compile() { # file, extras…
    output=$1
    shift
    .venv/bin/python -m uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
        --python-version 3.11 "$@" pyproject.toml -o "$output"
}
compile requirements/base.txt --extra embedded
compile requirements/dev.txt --extra embedded --extra dev
