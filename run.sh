#!/bin/sh
# One command on a fresh machine: it installs what is missing, then does the work.
# Une commande sur une machine neuve : elle installe ce qui manque, puis fait le travail.
#
#   sh run.sh [COMMAND …]     every booklet into dist/, or what COMMAND does · tous les livrets, ou COMMAND
#   sh run.sh test [-k NAME]  lint, types and tests · vérifier l'outil lui-même
#   sh run.sh setup [test]    install only · installer seulement
#
# System packages are installed where they are missing, on Debian and Ubuntu only; Python packages go to .venv beside this
# file, in the versions of requirements*.lock, by uv. PYTHON=/path/to/python3.12 chooses the interpreter. Status 3: not ready.

set -eu
unset PYTHONDONTWRITEBYTECODE # each module is compiled once, not in every process
root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
bin=$root/.venv/bin
stamp=$root/.venv/.installed
case "${1-} ${2-}" in "test "* | "setup test") lock=requirements-test.lock ;; *) lock=requirements.lock ;; esac

has() { command -v "$1" >/dev/null 2>&1; }
say() { # say ENGLISH FRENCH: one line on the error output, so that a command's own output stays clean
    case ${LANGUAGE:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
        [fF][rR]*) printf '%s\n' "$2" >&2 ;;
        *) printf '%s\n' "$1" >&2 ;;
    esac
}
refuse() { say "$1" "$2" && exit 3; }

# The status word, not the exit code: a package that was removed but not purged is still known to dpkg.
has_package() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: \([^(]*\)$/\1/p'; }
as_root() { if [ "$(id -u)" -eq 0 ]; then env "$@"; else sudo env "$@"; fi; }
has_verapdf() { [ -n "${VERAPDF:-}" ] || has verapdf || { [ -x "$bin/verapdf" ] && has java; }; }

# What WeasyPrint loads; for the tests, the readers of booklets and workbook; Python.
missing_packages() {
    for package in libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; do has_package "$package" || echo "$package"; done
    if [ "$lock" = requirements-test.lock ]; then
        for pair in qpdf:qpdf pdfinfo:poppler-utils mutool:mupdf-tools soffice:libreoffice-calc-nogui; do
            has "${pair%:*}" || echo "${pair#*:}"
        done
        has_verapdf || { has java || echo default-jre-headless; has mvn || echo maven; }
    fi
    [ -n "${PYTHON:-}" ] || find_python || echo python3 python3-venv
}
install_packages() {
    missing=$(missing_packages | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    say "installing: $missing" "installation : $missing"
    [ "$(id -u)" -eq 0 ] || has sudo ||
        refuse "system packages are missing: as root, type \`apt-get install $missing\`" \
            "il manque des paquets du système : en tant que root, tapez « apt-get install $missing »"
    as_root apt-get update -qq >&2 || : # older lists may do
    case $missing$(candidate python3) in # Ubuntu 22.04 has a newer one beside its own
        *"python3-venv 3.10."*) missing="$missing python3.11-venv" ;;
    esac
    packages= # those that this system has: what is still lacking is seen later
    for package in $missing; do [ -z "$(candidate "$package")" ] || packages="$packages $package"; done
    # shellcheck disable=SC2086 # a list of words is meant
    as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >&2 ||
        refuse "these system packages could not be installed:$packages" \
            "ces paquets du système n'ont pas pu être installés :$packages"
}

# Recent enough, and able to make an environment (Debian ships `ensurepip` apart, in python3-venv).
is_usable() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
find_python() { # an interpreter that was asked for is used or refused, never replaced
    for python in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if is_usable "$python"; then return 0; elif [ -n "${PYTHON:-}" ]; then return 1; fi
    done
    return 1
}

# Changes with what is locked, with the interpreter asked for, and with the folder, whose path the environment holds.
fingerprint() { { cat "$root/pyproject.toml" "$root/$1" && printf '%s' "$root" "${PYTHON:-}"; } | cksum; }
is_installed() {
    [ -f "$stamp" ] && "$bin/python" -c '' 2>/dev/null || return 1
    installed=$(cat "$stamp")
    [ "$installed" = "$(fingerprint requirements-test.lock)" ] || [ "$installed" = "$(fingerprint "$lock")" ]
}
install_with() { "$@" --no-deps --require-hashes -r "$root/$lock" && "$@" --no-deps --no-build-isolation -e "$root"; }
install_project() {
    find_python || refuse "Python 3.11 or later is needed, with its venv module${PYTHON:+: \`$PYTHON\` is not one}" \
        "il faut Python 3.11 ou plus récent, avec son module venv${PYTHON:+ : « $PYTHON » n'en est pas un}"
    if [ -n "${PYTHON:-}" ] || ! is_usable "$bin/python"; then "$python" -m venv --clear "$root/.venv" || exit 3; fi
    rm -f "$stamp"
    say "installing the Python packages of $lock into .venv" "installation des paquets Python de $lock dans .venv"
    uv=$(command -v uv || echo "$bin/uv") # a second in place of a minute, where there is one and it finds the packages
    [ -x "$uv" ] || sed -n '/^uv==/,/[^\\]$/p' "$root/$lock" |
        "$bin/python" -m pip install -q --only-binary :all: --require-hashes -r /dev/stdin >&2 || :
    { { [ -x "$uv" ] && install_with "$uv" pip install --python "$bin/python"; } ||
        install_with "$bin/python" -m pip install --no-compile; } >&2 ||
        refuse "the Python packages could not be installed: see above, and type the same command again" \
            "les paquets Python n'ont pas pu être installés : voir ci-dessus, puis retapez la même commande"
    fingerprint "$lock" >"$stamp"
}

# Where apt does not rule, ask the library itself; a build without Pango would stop much later.
find_pango() {
    library=libpangoft2-1.0.so.0
    if [ "$(uname)" = Darwin ]; then
        library=libpangoft2-1.0.dylib # in Homebrew's folder, where Python does not look
        export DYLD_FALLBACK_LIBRARY_PATH="/opt/homebrew/lib:${DYLD_FALLBACK_LIBRARY_PATH:-/usr/local/lib:/usr/lib}"
    fi
    "$bin/python" -c "import ctypes; ctypes.CDLL('$library')" 2>/dev/null ||
        refuse "Pango is missing ($library): type \`brew install pango\`, or install your system's package" \
            "Pango manque ($library) : tapez « brew install pango », ou installez le paquet de votre système"
}

case ${1-} in
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0" && [ ! -f "$stamp" ] || exec "$bin/python" "$root/build.py" -h; exit ;;
esac
if has dpkg-query && has apt-get; then install_packages; fi
is_installed || install_project
has dpkg-query || find_pango
[ "$lock" = requirements.lock ] || has_verapdf || ! has mvn || sh "$root/tests/verapdf/install.sh" "$bin" || exit 3
case ${1-} in
    setup) ;;
    test) shift && exec sh "$root/tests/run.sh" "$bin" "$@" ;;
    *) exec "$bin/python" "$root/build.py" "$@" ;;
esac
