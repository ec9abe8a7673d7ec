#!/bin/sh
# One command on a fresh machine: install what is missing, then do the work.
#
#   sh run.sh                 build every booklet into dist/ (any command of `python build.py` may follow)
#   sh run.sh test [-k NAME]  lint, types and tests; what follows goes to pytest
#   sh run.sh setup [test]    install only
#
# System packages are asked for only when they are missing, and only on Debian and Ubuntu; Python packages go to
# .venv beside this file and nowhere else. PYTHON=/path/to/python3.12 chooses the interpreter. Exit status 3: the
# machine is not ready, and one sentence says what to do.

set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
environment=$root/.venv
stamp=$environment/.installed

case ${1-} in
    test) wanted=dev ;;
    setup) [ "${2-}" = test ] && wanted=dev || wanted=core ;;
    *) wanted=core ;;
esac

case ${LANGUAGE:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
    fr* | FR*) french=yes ;;
    *) french=no ;;
esac

# say ENGLISH FRENCH: one line on the error output, so that a command's own output stays clean.
say() {
    if [ "$french" = yes ]; then printf '%s\n' "$2" >&2; else printf '%s\n' "$1" >&2; fi
}

# refuse ENGLISH FRENCH: the machine is not ready.
refuse() {
    say "$1" "$2"
    exit 3
}

# --- system packages ---------------------------------------------------------------------------------------------

has_command() { command -v "$1" >/dev/null 2>&1; }

# The status word, not the exit code: a package that was removed but not purged is still known to dpkg.
has_package() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

can_be_installed() {
    apt-cache policy "$1" 2>/dev/null | grep -q '^  Candidate: [^(]'
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

# The validator of PDF/UA and PDF/A: your own, or the one that `install_verapdf` puts beside Python.
has_verapdf() {
    [ -n "${VERAPDF:-}" ] || has_command verapdf || { [ -x "$environment/bin/verapdf" ] && has_command java; }
}

# What WeasyPrint loads; and, for the tests, the readers that every booklet and the workbook are opened with.
missing_packages() {
    for package in libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; do
        has_package "$package" || echo "$package"
    done
    if [ "$wanted" = dev ]; then
        has_command qpdf || echo qpdf
        has_command pdfinfo || echo poppler-utils
        has_command mutool || echo mupdf-tools
        has_command soffice || echo libreoffice-calc-nogui
        if ! has_verapdf; then
            has_command java || echo default-jre-headless
            has_command mvn || echo maven
        fi
    fi
    # pyenv, conda or a CI image may have brought a Python of its own.
    [ -n "${PYTHON:-}" ] || find_python >/dev/null || echo python3 python3-venv
}

install_packages() {
    if ! has_command dpkg-query || ! has_command apt-get; then
        return 0  # macOS and the others: `advise` below, once we know what does not work
    fi
    packages=$(missing_packages | tr '\n' ' ')
    [ -n "$packages" ] || return 0
    say "installing: $packages" "installation : $packages"
    if [ "$(id -u)" -ne 0 ] && ! has_command sudo; then
        refuse "system packages are missing: as root, type \`apt-get install $packages\`" \
            "il manque des paquets du système : en tant que root, tapez « apt-get install $packages »"
    fi
    as_root apt-get update -qq >&2 || say "the package lists could not be refreshed" \
        "les listes de paquets n'ont pas pu être mises à jour"
    chosen=
    for package in $packages; do
        if can_be_installed "$package"; then
            chosen="$chosen $package"
        else
            say "this system has no package \`$package\`: going on without it" \
                "ce système n'a pas de paquet « $package » : on continue sans lui"
        fi
    done
    # An interpreter that is recent enough, where `python3` is not (Ubuntu 22.04).
    if [ -z "${PYTHON:-}" ] && ! find_python >/dev/null && ! default_python_is_recent; then
        for version in 3.13 3.12 3.11; do
            if can_be_installed "python$version-venv"; then
                chosen="$chosen python$version python$version-venv"
                break
            fi
        done
    fi
    [ -n "$chosen" ] || return 0
    # shellcheck disable=SC2086 # a list of words is meant
    as_root apt-get install -y -qq --no-install-recommends $chosen >&2 ||
        refuse "these system packages could not be installed:$chosen" \
            "ces paquets du système n'ont pas pu être installés :$chosen"
}

default_python_is_recent() {
    version=$(apt-cache policy python3 2>/dev/null | sed -n 's/^  Candidate: 3\.\([0-9]*\).*/\1/p')
    [ "${version:-0}" -ge 11 ]
}

# --- Python ------------------------------------------------------------------------------------------------------

# Recent enough, and able to make an environment (Debian ships `ensurepip` apart, in python3-venv).
is_usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if is_usable "$candidate"; then
            printf '%s\n' "$candidate"
            return 0
        fi
        # An interpreter that was asked for is used or refused, never replaced.
        [ "$candidate" != "${PYTHON:-}" ] || return 1
    done
    return 1
}

# Changes with what is declared, with the interpreter asked for, and with the folder: an editable installation holds
# its path.
fingerprint() {
    { cat "$root/pyproject.toml" && printf '%s' "$root" "${PYTHON:-}"; } | cksum
}

is_installed() {
    [ -f "$stamp" ] || return 1
    "$environment/bin/python" -c '' 2>/dev/null || return 1
    case $(cat "$stamp") in
        "$(fingerprint) dev") return 0 ;;
        "$(fingerprint) core") [ "$wanted" = core ] ;;
        *) return 1 ;;
    esac
}

install_project() {
    python=$(find_python) || advise_python
    if [ -n "${PYTHON:-}" ] || ! is_usable "$environment/bin/python"; then
        "$python" -m venv --clear "$environment" ||
            refuse "no Python environment could be made in .venv" \
                "l'environnement Python n'a pas pu être créé dans .venv"
    fi
    say "installing the Python packages into .venv" "installation des paquets Python dans .venv"
    rm -f "$stamp"
    extras=
    [ "$wanted" = core ] || extras="[$wanted]"
    "$environment/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
        --editable "$root$extras" >&2 ||
        refuse "the Python packages could not be installed: see above, and type the same command again" \
            "les paquets Python n'ont pas pu être installés : voir ci-dessus, puis retapez la même commande"
    echo "$(fingerprint) $wanted" >"$stamp"
}

# Without Java and Maven, on a system where apt does not rule, the test that needs it is skipped and says so.
install_verapdf() {
    ! has_verapdf && has_command java && has_command mvn || return 0
    say "installing veraPDF into .venv" "installation de veraPDF dans .venv"
    sh "$root/tests/verapdf/install.sh" "$environment/bin" ||
        refuse "veraPDF could not be installed: see above, and type the same command again" \
            "veraPDF n'a pas pu être installé : voir ci-dessus, puis retapez la même commande"
}

advise_python() {
    if [ -n "${PYTHON:-}" ]; then
        refuse "\`$PYTHON\` is not a Python 3.11 or later with venv" \
            "« $PYTHON » n'est pas un Python 3.11 ou plus récent, avec venv"
    elif [ "$(uname)" = Darwin ]; then
        refuse "Python 3.11 or later is needed: type \`brew install python pango\`" \
            "il faut Python 3.11 ou plus récent : tapez « brew install python pango »"
    fi
    refuse "Python 3.11 or later is needed, with its venv module: install it, then type the same command again" \
        "il faut Python 3.11 ou plus récent, avec venv : installez-le, puis retapez la même commande"
}

# Where apt does not rule, ask the library itself; a build without Pango would stop much later.
advise_pango() {
    if [ "$(uname)" = Darwin ]; then
        has_command pango-view || [ -e /opt/homebrew/lib/libpango-1.0.dylib ] ||
            [ -e /usr/local/lib/libpango-1.0.dylib ] ||
            refuse "Pango is missing: type \`brew install pango\`" "Pango manque : tapez « brew install pango »"
        # Homebrew's folder is not among those that Python searches.
        [ ! -d /opt/homebrew/lib ] ||
            export DYLD_FALLBACK_LIBRARY_PATH="/opt/homebrew/lib:${DYLD_FALLBACK_LIBRARY_PATH:-/usr/local/lib:/usr/lib}"
    elif ! has_command dpkg-query; then
        "$environment/bin/python" -c 'import ctypes; ctypes.CDLL("libpangoft2-1.0.so.0")' 2>/dev/null ||
            refuse "Pango is missing: install the package of your system that holds libpangoft2-1.0.so.0" \
                "Pango manque : installez le paquet de votre système qui contient libpangoft2-1.0.so.0"
    fi
}

# --- the work ----------------------------------------------------------------------------------------------------

run_tests() {
    cd "$root"
    bin=$environment/bin
    "$bin/python" --version
    "$bin/python" -m pip list --disable-pip-version-check --format freeze --exclude-editable |
        grep -iE '^(weasyprint|pydyf|fonttools|pikepdf|pydantic|pypdf|ruff|mypy|pytest)==' | tr '\n' ' '
    echo
    failed=
    "$bin/ruff" check . || failed="$failed ruff-check"
    "$bin/ruff" format --check . || failed="$failed ruff-format"
    "$bin/mypy" || failed="$failed mypy"
    # pytest speaks last; the others are named again only if they failed.
    "$bin/python" -m pytest --numprocesses auto --maxprocesses 4 "$@" || failed="$failed pytest"
    [ -z "$failed" ] || { echo "failed:$failed" >&2; exit 1; }
}

install_packages
is_installed || install_project
advise_pango
[ "$wanted" = core ] || install_verapdf

case ${1-} in
    setup) ;;
    test)
        shift
        run_tests "$@"
        ;;
    *) exec "$environment/bin/python" "$root/build.py" "$@" ;;
esac
