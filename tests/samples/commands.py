"""Commands, run in this process (pages are laid out here too, which saves seconds) or in one of their own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from concurrent.futures import Executor, Future
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from unittest.mock import patch

from booklet.cache.store_key import VARIABLE
from booklet.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
BUILD = (sys.executable, str(ROOT / "build.py"))
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class InProcessExecutor(Executor):
    """Do each piece of work when it is given, in the thread that gives it."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def submit(
        self, fn: Callable[Parameters, Result], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Future[Result]:
        """Return finished work; the thread that lets workers get ready is refused: there is nobody to get ready."""
        if threading.get_ident() != self._thread:
            raise RuntimeError("work is done in the thread that made the executor")
        future: Future[Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def in_process(_jobs: int) -> Iterator[Executor]:
    """Yield an executor for `main(arguments, workers=in_process)`."""
    yield InProcessExecutor()


@dataclass(frozen=True)
class Run:
    """What a command printed, and the status it ended with."""

    status: int
    out: str
    err: str


def require_refusal(ran: Run, *words: str) -> None:
    """Require wrong usage: status 2, nothing on the standard output, and some words on the other."""
    assert (ran.status, ran.out) == (2, ""), ran.err
    assert ran.err.startswith("build.py: ") and "Traceback" not in ran.err
    assert all(word in ran.err for word in words), ran.err


def _settings(environment: Mapping[str, str] | None) -> dict[str, str]:
    """What a command knows of the machine: nothing of this terminal's settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", VARIABLE) if name in os.environ}
    return {"LANG": "C.UTF-8", "COLUMNS": "80", "LINES": "24", **kept, **(environment or {})}


def run(*arguments: str, environment: Mapping[str, str] | None = None, cwd: Path | None = None) -> Run:
    """Run a command as `build.py` would, in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    fonts = {name: os.environ[name] for name in ("FONTCONFIG_FILE",) if name in os.environ}
    settings = _settings(environment) | fonts
    with (
        chdir(cwd or Path.cwd()),
        patch.dict(os.environ, settings, clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        status = main(arguments, workers=in_process)
        chosen = os.environ.get("FONTCONFIG_FILE")
    if chosen:  # WeasyPrint has read them: they are this process's from now on
        os.environ["FONTCONFIG_FILE"] = chosen
    out.flush()
    return Run(status, _text(out), _text(err))


def run_process(*arguments: str, environment: Mapping[str, str] | None = None, **options: Any) -> Run:
    """Run `build.py` in a process of its own."""
    process = subprocess.run(
        [*BUILD, *arguments],
        env=_settings(environment),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=900,
        **options,
    )
    return Run(process.returncode, process.stdout, process.stderr)


def _text(stream: io.TextIOWrapper) -> str:
    """What was written, with line ends as a process's output is read."""
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return io.TextIOWrapper(io.BytesIO(buffer.getvalue()), "utf-8").read()
