#!/bin/sh
# Lint, types and tests, with the programs of a folder; what follows goes to pytest: sh tests/run.sh .venv/bin [-k NAME]
# `sh run.sh test` installs what is missing, then calls this.

set -u
bin=$(CDPATH='' cd -- "$1" && pwd)
shift
cd -- "$(dirname -- "$0")/.." || exit
"$bin/python" -c '
import platform
from importlib.metadata import version
names = "weasyprint pydyf fonttools pikepdf pydantic pypdf ruff mypy pytest".split()
print("python", platform.python_version(), *(f"{name} {version(name)}" for name in names))'
failed=
"$bin/ruff" check . || failed="$failed ruff-check"
"$bin/ruff" format --check . || failed="$failed ruff-format"
"$bin/mypy" || failed="$failed mypy"
# pytest speaks last; the others are named again only if they failed.
"$bin/python" -m pytest --numprocesses auto --maxprocesses 4 "$@" || failed="$failed pytest"
[ -z "$failed" ] || { echo "failed:$failed" >&2 && exit 1; }
