"""Launch the tool: `python build.py …` in a checkout, `python -m booklet …` or `booklet …` where it is installed.

What belongs to the process is set here: output encoding, garbage collection, the exit status. A machine that is not
ready becomes exit status 3 and one sentence, never a traceback: Python is too old, a Python package is missing, or a
native library (Pango) cannot be loaded. Any Python from 3.7 on can read this file, in order to refuse politely, and
only the standard library is imported before `booklet.cli`.
"""

from __future__ import annotations

import gc
import os
import shlex
import signal
import sys
import traceback

OLDEST_PYTHON = (3, 11)
#: how cffi's `dlopen` begins its message when a native library cannot be found or opened
CANNOT_LOAD = "cannot load library"
CLEAN, NOT_READY, OURS, INTERRUPTED = 0, 3, 4, 130
#: what the user types: in a checkout, and where the tool is installed
CHECKOUT, INSTALLED, MODULE = "build.py", "booklet", "python -m booklet"


def main() -> int:
    """Run the installed command, `booklet`."""
    return run(sys.argv[1:], INSTALLED)


def run(arguments: list[str], program: str) -> int:  # noqa: PLR0911 (one return for each exit status)
    """Run one command as `program` and return the exit status of the process."""
    open_closed_streams()
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        return refuse(
            f"this is Python {found}, 3.11 or later is needed",
            f"ce Python est le {found}, il faut le 3.11 ou un plus récent",
            arguments,
            program,
        )
    # a run is short: looking for pydantic plug-ins and collecting garbage every few objects is a sixth of a check
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.set_threshold(200_000, 50, 50)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does: workers first
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        from booklet.cli import main

        status = main(arguments, program=program, tool="sh run.sh" if program == CHECKOUT else program)
        gc.freeze()  # what is left goes with the process: looking through it once more would take as long as reading it
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return CLEAN  # the reader of our output has seen enough
    except ImportError as error:
        package = missing_package(error)
        if package is None:
            traceback.print_exc()
            return OURS
        return refuse(
            f"the Python package `{package}` is missing",
            f"le paquet Python « {package} » manque",
            arguments,
            program,
        )
    except OSError as error:
        library = missing_library(error)
        if library is None:
            raise
        return refuse(
            f"the library `{library}` is missing",
            f"la bibliothèque « {library} » manque",
            arguments,
            program,
        )
    finally:
        drop_unwritten()


def open_closed_streams() -> None:
    """Connect to nothing what was closed before the start (`>&-`), so that no file takes the stream's number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115 (open until the process ends)
            os.set_inheritable(stream.fileno(), True)  # noqa: FBT003 (has no keyword)
            setattr(sys, name, stream)


def drop_unwritten() -> None:
    """Drop what cannot be written any more: Python would try again at its end, and complain."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def missing_package(error: ImportError) -> str | None:
    """Return the package that is not installed; None for a fault of our own imports, which keeps its traceback."""
    package = (error.name or "").partition(".")[0]
    return package if package not in ("", "booklet") else None


def missing_library(error: OSError) -> str | None:
    """Return the native library that cannot be loaded; None for any other failure of the system."""
    message = str(error)
    if not message.startswith(CANNOT_LOAD):
        return None
    return message[len(CANNOT_LOAD) :].strip().partition(":")[0].strip("'")


def refuse(english: str, french: str, arguments: list[str], program: str) -> int:
    """Print why the machine is not ready and the command that mends it, in the language of the environment."""
    if program == CHECKOUT:
        home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        words = ["sh", os.path.relpath(os.path.join(home, "run.sh")), *arguments]
        effect = "which installs what is needed and does the work"
        effet = "qui installe ce qu’il faut puis fait le travail"
    else:
        # no name to install is given: on a public index, it could be somebody else's
        words = [sys.executable, "-m", "pip", "check"]
        effect, effet = "which names every package to install", "qui nomme chaque paquet à installer"
    command = " ".join(map(shlex.quote, words))
    sentence = (
        f"{french} : tapez « {command} », {effet}"
        if speaks_french()
        else f"{english}: type `{command}`, {effect}"
    )
    encoding = sys.stderr.encoding or "ascii"
    try:
        sys.stderr.write(sentence.encode(encoding, "replace").decode(encoding) + "\n")
    except OSError:  # it is full
        drop_unwritten()
    return NOT_READY


def speaks_french() -> bool:
    """Check whether the first of the usual variables that is set asks for French."""
    names = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    return next((os.environ[name] for name in names if os.environ.get(name)), "").lower().startswith("fr")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], MODULE))
