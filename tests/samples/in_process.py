"""The command line called in this process, its output captured and its pages laid out here: no process is started."""

from __future__ import annotations

import io
import os
import threading
from concurrent.futures import Executor, Future
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from unittest.mock import patch

from booklet.cli import main
from tests.samples.workspace import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

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


def call(*arguments: str, environment: Mapping[str, str] | None = None) -> Run:
    """Run a command as `build.py` would, with nothing of this terminal's settings."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "FONTCONFIG_FILE") if name in os.environ}
    settings = {**kept, "LANG": "C.UTF-8", **(environment or {})}
    with patch.dict(os.environ, settings, clear=True), redirect_stdout(out), redirect_stderr(err):
        status = main(arguments, workers=in_process)
        fonts = os.environ.get("FONTCONFIG_FILE")
    if fonts:  # WeasyPrint has read them: they are this process's from now on
        os.environ["FONTCONFIG_FILE"] = fonts
    out.flush()
    return Run(status, _text(out), _text(err))


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
