"""Work that takes too much ends its worker, is told, and takes no other work with it."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from booklet.cli import main
from booklet.pipeline.bounds import TimePassed, WorkerEnded, bounded, in_child
from booklet.pipeline.pool import pool
from booklet.pipeline.tasks import render_fiche
from tests.pipeline.test_pool import end_abruptly, process_id
from tests.samples.commands import InProcessExecutor
from tests.samples.workspace import digests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor, Future

    from tests.samples.workspace import Sample

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows bounds neither")


def never_end() -> None:
    while True:
        pass


def never_end_in_bounds() -> None:
    with bounded(seconds=0.1):
        never_end()


def leave_out_what_never_ends() -> None:
    with bounded(seconds=0.1), suppress(BaseException):
        never_end()


def never_end_in_c() -> None:
    with bounded(seconds=0.1, patience=0.1):
        sum(range(10**12))


def take_memory() -> int:
    with bounded(megabytes=800):
        return len(bytearray(10**9))


def test_work_beyond_its_bounds_is_ended_alone() -> None:
    """Its future says why; what goes on beside it and what waits behind it is done, by as many workers as before."""
    hostile: dict[Callable[[], object], str] = {
        never_end_in_bounds: "takes more than 20 s of processor time",
        leave_out_what_never_ends: "takes more than 20 s of processor time",
        never_end_in_c: "ended its process",
        end_abruptly: "ended its process",
    }
    if sys.platform == "linux":  # elsewhere memory is not bounded
        hostile[take_memory] = "takes more than 1000 MB of memory"
    with pool(2) as executor:
        beside = executor.submit(process_id, 0.5)
        ended = [executor.submit(work) for work in hostile]
        behind = [executor.submit(process_id, 0.05) for _ in range(8)]
        for future, words in zip(ended, hostile.values(), strict=True):
            error = future.exception(timeout=60)
            assert isinstance(error, WorkerEnded) and words in str(error.reason)
        assert beside.result(timeout=60)
        assert len({one.result(timeout=60) for one in behind}) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="no copies of a process elsewhere")
def test_a_copy_of_a_process_is_ended_in_its_place() -> None:
    """What passes its bounds or ends in a copy is told to the process, which goes on; any other result is its own."""
    for work, words in (
        (never_end, "takes more than 20 s of processor time"),
        (partial(sum, range(10**12)), "ended its process"),
        (partial(bytearray, 10**9), "takes more than 1000 MB of memory"),
        (end_abruptly, "ended its process"),
    ):
        with pytest.raises(WorkerEnded) as ended:
            in_child(work, seconds=0.1, megabytes=800, patience=0.1)
        assert words in str(ended.value.reason)
    with pytest.raises(ZeroDivisionError):
        in_child(lambda: 1 // 0)
    assert in_child(os.getpid) != os.getpid()


def test_outside_a_worker_nothing_is_bounded() -> None:
    """A process that is no worker, as that of a test, is not ended."""
    with bounded(seconds=0.01, megabytes=1):
        assert len(bytearray(5_000_000)) == sum(1 for _ in range(5_000_000))


class _OneEnds(InProcessExecutor):
    """The fiche of `feux` takes too long."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(lambda: None)
        if fn is render_fiche and args[0].id == "feux":
            future = type(future)()
            future.set_exception(WorkerEnded(TimePassed()))
            return future
        return super().submit(fn, *args, **kwargs)


@contextmanager
def _one_ends(_jobs: int) -> Iterator[Executor]:
    yield _OneEnds()


def test_a_proposal_whose_layout_ends_is_named_and_the_others_are_told(
    small: Sample, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named at its longest key, another's fault of layout is told in the same run, and nothing is released."""
    before = digests(small.dist)
    for id in ("feux", "arbres"):
        path = small.proposal(id)
        path.write_text(path.read_text("utf-8").replace("un mot", "deux mots \N{BUS}"), "utf-8")
    status = main(["-C", str(small.root), "build", "--lang", "en"], workers=_one_ends)
    said = capsys.readouterr().err
    assert status == 1
    ended = (
        "feux.yaml:13:1: error[R112] laying it out takes more than 20 s of processor time: look at `costs`"
    )
    assert ended in said
    assert "arbres.yaml" in said and "error[R107]" in said
    assert digests(small.dist) == before


def test_preview_of_a_proposal_whose_layout_ends_is_removed(
    small: Sample, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are written, and the page that an earlier preview left of it goes."""
    folder = small.root / "preview"
    folder.mkdir()
    (folder / "feux.pdf").touch()
    for id in ("feux", "arbres"):
        path = small.proposal(id)
        path.write_text(path.read_text("utf-8").replace("un mot", "deux mots"), "utf-8")
    status = main(
        ["-C", str(small.root), "build", "--preview", "feux", "arbres", "--lang", "en"], workers=_one_ends
    )
    assert (status, sorted(path.name for path in folder.iterdir())) == (1, ["arbres.pdf"])
    assert "error[R112]" in capsys.readouterr().err
