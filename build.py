"""Run `python build.py …`: hand over to `booklet.cli`; where the machine is not ready, say the one command to type.

Exit status 3 and one sentence, never a traceback, when Python is too old, a Python package is missing or a native
library (Pango) cannot be loaded. Any Python from 3.7 on can read this file, in order to refuse politely.
"""

from __future__ import annotations

import gc
import os
import shlex
import sys

OLDEST_PYTHON = (3, 11)
#: how cffi's `dlopen` begins its message when a native library cannot be found or opened
CANNOT_LOAD = "cannot load library"
NOT_READY = 3
INTERRUPTED = 130


def hand_over(arguments: list[str]) -> int:
    """Run the tool and give its exit status; a machine that is not ready becomes one sentence and status 3."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        return refuse(
            f"this is Python {found}, 3.11 or later is needed",
            f"ce Python est le {found}, il faut le 3.11 ou un plus récent",
            arguments,
        )
    # a run is short: looking for pydantic plug-ins and collecting garbage every few objects is a sixth of a check
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.set_threshold(200_000, 50, 50)
    try:
        from booklet.cli import main

        status = main(arguments)
        gc.freeze()  # what is left goes with the process: looking through it once more would take as long as reading it
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except ImportError as error:
        package = missing_package(error)
        if package is None:
            raise
        return refuse(
            f"the Python package `{package}` is missing", f"le paquet Python « {package} » manque", arguments
        )
    except OSError as error:
        library = missing_library(error)
        if library is None:
            raise
        return refuse(
            f"the library `{library}` is missing", f"la bibliothèque « {library} » manque", arguments
        )


def missing_package(error: ImportError) -> str | None:
    """Name the package that is not installed; None for a fault of our own imports, which keeps its traceback."""
    package = (error.name or "").partition(".")[0]
    return package if package not in ("", "booklet") else None


def missing_library(error: OSError) -> str | None:
    """Name the native library that cannot be loaded; None for any other failure of the system."""
    message = str(error)
    if not message.startswith(CANNOT_LOAD):
        return None
    return message[len(CANNOT_LOAD) :].strip().partition(":")[0].strip("'")


def refuse(english: str, french: str, arguments: list[str]) -> int:
    """Say why the machine is not ready and the command that makes it so, in the language of the environment."""
    script = os.path.relpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "run.sh"))
    command = " ".join(shlex.quote(word) for word in ["sh", script, *arguments])
    if speaks_french():
        sentence = f"{french} : tapez « {command} », qui installe ce qu’il faut puis fait le travail"
    else:
        sentence = f"{english}: type `{command}`, which installs what is needed and does the work"
    encoding = sys.stderr.encoding or "ascii"
    sys.stderr.write(sentence.encode(encoding, "replace").decode(encoding) + "\n")
    return NOT_READY


def speaks_french() -> bool:
    """Tell whether the first of the usual variables that is set asks for French."""
    names = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    return next((os.environ[name] for name in names if os.environ.get(name)), "").lower().startswith("fr")


if __name__ == "__main__":
    raise SystemExit(hand_over(sys.argv[1:]))
