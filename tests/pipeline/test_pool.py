"""Workers give the same bytes whoever runs them, and end with the process that they work for."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from booklet.chapters.page import Page
from booklet.diagnostics.diagnostic import BuildError
from booklet.layout.styles import Styles
from booklet.pipeline.bounds import WorkerEnded
from booklet.pipeline.interruption import BUILDER
from booklet.pipeline.pool import (
    batch_size,
    default_jobs,
    expect_few_pages,
    finish,
    pool,
    spans_of,
    workers_of,
)
from booklet.pipeline.tasks import render_page
from tests.samples.commands import BUILD, ROOT
from tests.samples.workspace import Sample, digests

if TYPE_CHECKING:
    from collections.abc import Callable

STYLES = Styles(ROOT / "templates")
PAGE = Page(
    "essai", "<!DOCTYPE html><html lang='fr'><head><title>Essai</title></head><body><p>Un.</p></body></html>"
)


def nothing(_: object) -> None:
    """Hear of a piece that ended and do nothing."""


def end_abruptly() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def process_id(seconds: float = 0) -> int:
    time.sleep(seconds)
    return os.getpid()


def is_running(id: int) -> bool:
    try:
        os.kill(id, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that must happen soon."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)


def test_any_executor_gives_the_same_bytes() -> None:
    """A page laid out here, by a thread and by another process is the same page, to the byte."""
    with ThreadPoolExecutor(1) as threads, pool(1) as processes:
        others = [executor.submit(render_page, PAGE, STYLES).result() for executor in (threads, processes)]
    assert others == [render_page(PAGE, STYLES)] * 2


def refuse(reason: str) -> None:
    raise ValueError(reason)


def make_lock() -> object:
    return threading.Lock()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel lists the semaphores of a process")
def test_a_process_has_no_named_semaphore() -> None:
    """Nothing of a pool outlives a process that is killed; what work raises comes back, with where it was raised."""
    with pool(1) as executor:
        first = executor.submit(process_id).result()
        with pytest.raises(ValueError, match="zut") as raised:
            executor.submit(refuse, "zut").result()
        with pytest.raises(TypeError, match="pickle"):
            executor.submit(make_lock).result()
        assert executor.submit(process_id).result() == first
        with pytest.raises(WorkerEnded):
            executor.submit(end_abruptly).result()
        assert executor.submit(process_id).result() != first
        assert "sem.mp-" not in Path("/proc/self/maps").read_text()
    assert "in refuse" in raised.value.__notes__[0]


def test_a_few_pages_are_laid_out_by_one_process() -> None:
    """After an edit a second process starts when more work waits than a few pages, and all of it is done."""
    with pool(2) as executor:
        expect_few_pages(executor)
        few = [executor.submit(process_id, 0.01) for _ in range(3)]
        assert len({one.result() for one in few}) == 1
        many = [executor.submit(process_id, 0.05) for _ in range(12)]
        assert len({one.result() for one in many}) == 2


def test_results_keep_their_order() -> None:
    """Results come in the order the work was given, whatever ends first; each end is told."""
    steps: list[int] = []

    def wait_and_tell(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    with ThreadPoolExecutor(3) as executor:
        futures = [executor.submit(wait_and_tell, seconds) for seconds in (0.2, 0.0, 0.1)]
        assert finish(futures, lambda _: steps.append(1)) == (0.2, 0.0, 0.1)
    assert len(steps) == 3


def test_work_that_never_ends_is_told() -> None:
    """When no piece of work ends in time, one sentence says so."""
    with pytest.raises(BuildError, match="too long"):
        finish([Future[int]()], nothing, seconds=0.01)


def test_worker_that_the_system_ends_is_told() -> None:
    """A worker that is killed, as when memory is short, is one sentence and no traceback of ours."""
    with pytest.raises(BuildError, match="--jobs 1"), pool(1) as executor:
        finish([executor.submit(end_abruptly)], nothing)


def test_failure_ends_the_workers() -> None:
    """When the block fails, its processes have ended before the failure is seen outside."""
    ids: list[int] = []
    with pytest.raises(KeyboardInterrupt), pool(2) as executor:  # noqa: PT012 - it fails half-way
        ids.append(executor.submit(process_id).result())
        executor.submit(process_id, 60)
        raise KeyboardInterrupt
    wait_until(lambda: not any(is_running(id) for id in ids), 5)


def test_default_is_the_processors_we_may_use() -> None:
    """Without `--jobs`, there are as many processes as processors that this process may use."""
    assert default_jobs() == len(os.sched_getaffinity(0))


def session_of(id: str) -> int:
    """Read the session of a process, 0 when it has ended or is a zombie (proc(5), field 6 of stat)."""
    try:
        state, _, _, session = Path("/proc", id, "stat").read_text().rpartition(")")[2].split()[:4]
    except OSError:
        return 0
    return 0 if state == "Z" else int(session)


def processes_of(session: int) -> list[str]:
    return [path.name for path in Path("/proc").glob("[0-9]*") if session_of(path.name) == session]


#: what shows that a build has come to a step
MOMENTS = {
    "starting": ".dist-*.part",
    "laying-out": ".booklet-store/page/*/*",
    "linked": ".booklet-store/body/*/*",
    "writing": ".dist-*.part/*/*.pdf",
}


def traces(root: Path, moment: str) -> set[str]:
    """Return what shows that a build has come to a step; a folder may vanish meanwhile."""
    return set(glob(MOMENTS[moment], root_dir=root))


def begin_build(sample: Sample) -> subprocess.Popen[str]:
    """Start a build in a session of its own."""
    return subprocess.Popen(
        [*BUILD, "-C", str(sample.root), "build", "--jobs", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        # a shell that runs the tests in the background has SIGINT ignored, in what it starts too
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no fork server")
def test_fork_server_without_its_builder_ends_before_it_imports() -> None:
    """A fork server whose builder was killed while it started does not go on to import WeasyPrint for nobody."""
    code = "import sys\nimport booklet.pipeline.preload\nprint('weasyprint' in sys.modules)"
    for builder, status, out in ((os.getpid(), 0, "True\n"), (1, 1, "")):
        ran = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, BUILDER: str(builder)},
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (ran.returncode, ran.stdout) == (status, out), ran.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent ended")
def test_process_ends_with_its_parent() -> None:
    """A process that is busy, and watches nothing, is ended by the kernel when its parent is killed."""
    child = (
        "import os, time; from booklet.pipeline.interruption import end_with; end_with(os.getppid());"
        "print(os.getpid(), flush=True); time.sleep(60)"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    command = [sys.executable, "-c", parent]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        id = process.stdout.readline().strip()
        process.kill()
        wait_until(lambda: session_of(id) == 0, 10)


@pytest.mark.long
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("moment", MOMENTS)
def test_interrupted_build_leaves_the_release(small: Sample, moment: str, sent: signal.Signals) -> None:
    """Stopped at any step, a build leaves the release whole and no process; the next one leaves no stray folder."""
    before = digests(small.dist)
    small.edit("mobilite/feux.yaml", "tient en un mot", "tient en deux mots")
    store, aside = small.root / ".booklet-store", small.root.parent / "store"
    store.rename(aside)
    with (small.root / "proposals" / "lists.yaml").open("a", encoding="utf-8") as file:
        file.writelines(
            f"- {{id: l-{n}, name: Liste {n}, head: Prénom Nom, commune: Une ville}}\n" for n in range(12)
        )
    with begin_build(small) as building:
        wait_until(lambda: bool(traces(small.root, moment)))
        assert building.poll() is None
        building.send_signal(sent)
        _, complaint = building.communicate(timeout=30)
    assert building.returncode == (-sent if sent is signal.SIGKILL else 130)
    assert digests(small.dist) == before
    if sent is not signal.SIGKILL:
        assert complaint.count("\n") == 1, complaint
        assert not list(small.root.glob(".dist-*"))
    wait_until(lambda: not processes_of(building.pid), 10)
    shutil.copytree(aside, store, dirs_exist_ok=True)
    ran = small.run("build", "--jobs", "2")
    assert ran.status == 0, ran.err
    assert len(small.manifest["booklets"]) == 15
    assert sorted(path.name for path in small.root.iterdir()) == [".booklet-store", "dist", "proposals"]


@pytest.mark.parametrize(
    ("count", "workers", "size"), [(0, 2, 1), (1, 2, 1), (12, 2, 6), (322, 2, 27), (322, 20, 17), (5, 8, 1)]
)
def test_all_workers_have_as_much_to_do(count: int, workers: int, size: int) -> None:
    """Tasks are cut so that each worker has as many pieces, of 32 at most, however many workers there are."""
    assert batch_size(count, workers) == size


def test_pool_says_how_many_it_has_and_when_they_had_work() -> None:
    """Work is cut by the workers that there are; `-v` says from when each had work, of other executors nothing."""
    with pool(3) as executor:
        assert workers_of(executor) == 3
        begun = time.perf_counter()
        executor.submit(process_id).result()
        ((first, last),) = spans_of(executor)[0]
        assert begun <= first <= last <= time.perf_counter()
    with ThreadPoolExecutor() as threads:
        assert spans_of(threads) == ()


@pytest.mark.long
def test_any_amount_of_work_given_at_once_is_done() -> None:
    """A pool does all that it is given at once, however much more than one process does in a build."""
    with pool(2) as executor:
        futures = [executor.submit(default_jobs) for _ in range(1_500)]
        assert len(finish(futures, nothing, seconds=20)) == 1_500
