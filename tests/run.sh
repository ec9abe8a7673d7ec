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
# One core checks types while the others collect and run the tests; pytest speaks last if nothing failed.
types=$(mktemp) && trap 'rm -f "$types"' EXIT
"$bin/mypy" >"$types" 2>&1 &
# To explain asserts, pytest would compile every test file anew in every process: what failed is run again for that.
"$bin/python" -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --assert plain "$@" || {
    failed="$failed pytest"
    "$bin/python" -m pytest --last-failed --last-failed-no-failures none "$@"
}
wait $! || { cat "$types" && failed="$failed mypy"; }
[ -z "$failed" ] || { echo "failed:$failed" >&2 && exit 1; }
