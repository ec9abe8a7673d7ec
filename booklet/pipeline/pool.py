"""The processes that lay pages out, and the work they are given.

Work is a plain function of plain values, run by any `concurrent.futures.Executor`, so that another one (many
machines) gives the same bytes. The default is a pool of `forkserver` processes, each of which imports WeasyPrint and
parses the stylesheets once.
"""

from __future__ import annotations

import gc
import itertools
import os
import signal
import sys
import threading
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing import forkserver, get_context, parent_process, resource_tracker
from typing import TYPE_CHECKING, TypeVar

from booklet.cache.digests import fingerprint
from booklet.cache.store import FRONT, Store
from booklet.chapters.page import Page, Rendered, render
from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import say
from booklet.installation import TOOLKIT
from booklet.layout.overflow_report import UNMEASURED, Layout
from booklet.layout.weasyprint import prepare
from booklet.pdf.front_matter import fits, lay_out_fronts, link_front
from booklet.pdf.incremental_update import OpenBody
from booklet.pipeline import interruption
from booklet.pipeline.release import BodyFile, OldRelease, write_booklet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from booklet.layout.styles import Styles

#: a page that takes longer than this is a fault of its template or of its content
SECONDS_PER_PAGE = 120
#: lists that a worker is given at a time: enough to share fonts and picture, few enough to be told of
MOST_TASKS_AT_A_TIME = 32
#: pieces of work that wait for a worker: enough for many machines
MOST_WAITING = 64
Task = TypeVar("Task")
Shared = TypeVar("Shared")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FrontTask:
    """Ask for one booklet: the list's page, and where the booklet goes."""

    page: Page
    title: str
    path: str


@dataclass(frozen=True, slots=True)
class FrontResult:
    """Tell what became of one booklet; without a digest it was not written, because its front matter does not fit."""

    list: str
    path: str
    pages: int
    missing_characters: tuple[str, ...]
    complaints: tuple[str, ...]
    #: of what does not fit
    layout: Layout
    length: int = 0
    sha256: str = ""
    was_rendered: bool = False


def start(executor: Executor, styles: Styles) -> None:
    """Let the workers get ready in the meantime; whether they did is seen when the first page comes.

    A pool starts its processes in the thread that first gives it work, which then waits for their imports.
    """

    def give() -> None:
        # the pool was shut down meanwhile, or cannot be started: whoever next gives it work is told
        with suppress(RuntimeError, OSError, EOFError):
            for _ in range(workers_of(executor)):
                executor.submit(get_ready, styles)

    threading.Thread(target=give, daemon=True).start()


def get_ready(styles: Styles) -> None:
    """Import WeasyPrint and parse the stylesheets before the first page comes."""
    prepare(styles)


def render_page(page: Page, styles: Styles) -> Rendered:
    """Lay out one page of the body."""
    return render(page, styles)


@dataclass(frozen=True, slots=True)
class BookletsTask:
    """Hold what the booklets of all lists are made with."""

    styles: Styles
    machine: str
    store: Store
    #: its name is the digest of its content
    body: Path
    #: what takes the place of the stand-ins in the letters
    words: Mapping[str, str]
    folder: Path
    #: the release that these booklets will replace
    before: OldRelease


def make_booklets(tasks: tuple[FrontTask, ...], shared: BookletsTask) -> tuple[FrontResult, ...]:
    """Lay out the front matter of some lists, put it before the body, and write each booklet."""
    held = find_fronts(tasks, shared)
    missing = tuple(task.page for task, front in zip(tasks, held, strict=True) if front is None)
    return write_booklets(tasks, held, render_fronts(missing, tuple(shared.words), shared.styles), shared)


def find_fronts(tasks: tuple[FrontTask, ...], shared: BookletsTask) -> tuple[Rendered | None, ...]:
    """Take from the store what was laid out before."""
    held = (shared.store.get(FRONT, _name(task, shared)) for task in tasks)
    return tuple(Rendered.unpack(payload) if payload else None for payload in held)


def render_fronts(
    pages: tuple[Page, ...], stand_ins: tuple[str, ...], styles: Styles
) -> tuple[Rendered, ...]:
    """Lay out the front matter of some lists, whatever body it will be put before."""
    return lay_out_fronts(pages, stand_ins, styles) if pages else ()


def write_booklets(
    tasks: tuple[FrontTask, ...],
    held: tuple[Rendered | None, ...],
    made: tuple[Rendered, ...],
    shared: BookletsTask,
) -> tuple[FrontResult, ...]:
    """Write the booklets whose front matter fits; keep in the store what was `made`, for those that were not held."""
    left = iter(made)
    results = []
    for task, front in zip(tasks, held, strict=True):
        now = front or next(left)
        if front is None:
            shared.store.put(FRONT, _name(task, shared), now.pack())
        results.append(_write(task, now, shared, was_rendered=front is None))
    return tuple(results)


def _name(task: FrontTask, shared: BookletsTask) -> str:
    return fingerprint("front", task.page.fingerprint(shared.machine), sorted(shared.words))


def _write(task: FrontTask, front: Rendered, shared: BookletsTask, *, was_rendered: bool) -> FrontResult:
    length, sha256 = 0, ""
    linked = link_front(front, task.page, task.title, shared.words, shared.styles, _open_body(shared.body))
    if fits(linked):
        length, sha256 = write_booklet(
            shared.folder, task.path, _open_file(shared.body), linked.pdf, shared.before
        )
    return FrontResult(
        task.page.id,
        task.path,
        linked.pages,
        linked.missing_characters,
        linked.complaints,
        linked.layout if length == 0 else UNMEASURED,
        length,
        sha256,
        was_rendered=was_rendered,
    )


@cache
def _open_body(path: Path) -> OpenBody:
    """Open the body once per worker; its file's name is the digest of its content."""
    return OpenBody(path.read_bytes())


@cache
def _open_file(path: Path) -> BodyFile:
    return BodyFile.open(path)


def default_jobs() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Pool(ProcessPoolExecutor):
    """Processes of this machine, which say how many they are."""

    def __init__(self, workers: int) -> None:
        context = get_context("forkserver" if sys.platform == "linux" else "spawn")
        # a new Python looks for modules where it is started, which is a folder of strangers' files
        paths = [str(TOOLKIT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        os.environ |= {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
        if sys.platform == "linux":
            context.set_forkserver_preload(["booklet.pipeline.preload"])  # imported once, for every worker
            resource_tracker.ensure_running()  # it lets Ctrl-C through again when it starts
            with interruption.held():
                forkserver.ensure_running()
        # no `max_tasks_per_child`: where all work is given at once, Python 3.11 does not replace a worker that ended
        super().__init__(workers, mp_context=context, initializer=_begin_work)
        self.workers = workers

    def kill(self) -> None:
        """End every process at once, those too that were just being started."""
        processes = self._processes or {}
        self.shutdown(wait=False, cancel_futures=True)
        for process in list(processes.values()):
            process.kill()
        for process in list(processes.values()):
            process.join()


@contextmanager
def pool(jobs: int) -> Iterator[Executor]:
    """Give a pool of processes; when the block fails or is interrupted, its processes end at once."""
    executor = _Pool(jobs)
    try:
        yield executor
    except BaseException:
        executor.kill()
        raise
    executor.shutdown()


def _begin_work() -> None:
    """Leave Ctrl-C to the main process, which ends its workers itself; should it be killed, end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # what was imported stays: looking through it again and again for garbage is a fifth of the time of a layout
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def finish(
    futures: Iterable[Future[Result]],
    step: Callable[[Future[Result]], object],
    seconds: float = SECONDS_PER_PAGE,
) -> tuple[Result, ...]:
    """Wait for work, giving `step` each piece that ends; results come in the order the work was given.

    Raises `BuildError` when nothing ends for `seconds`, or when the system ends a worker.
    """
    futures = tuple(futures)
    pending = set(futures)
    while pending:
        for future in _wait_for_some(pending, seconds):
            step(future)
    return tuple(future.result() for future in futures)


def work_through(
    executor: Executor,
    work: Callable[[tuple[Task, ...], Shared], tuple[Result, ...]],
    tasks: Iterable[Task],
    count: int,
    share: Callable[[tuple[Task, ...]], Shared],
    step: Callable[[int], object],
) -> tuple[Result, ...]:
    """Have `count` tasks done, some at a time, while others are still made; `step` hears how many are done.

    `share` gives what some tasks are done with. Only so many wait for a worker at once, so that memory does not grow
    with their number.
    """
    size = tasks_at_a_time(count, workers_of(executor))
    tasks = iter(tasks)
    numbers: dict[Future[tuple[Result, ...]], int] = {}
    results: dict[int, tuple[Result, ...]] = {}
    pending: set[Future[tuple[Result, ...]]] = set()

    def take_some() -> None:
        for future in _wait_for_some(pending, SECONDS_PER_PAGE):
            results[numbers.pop(future)] = future.result()
        step(sum(map(len, results.values())))

    step(0)
    for number in itertools.count():
        chunk = tuple(itertools.islice(tasks, size))
        if not chunk:
            break
        while len(pending) >= MOST_WAITING:
            take_some()
        future = executor.submit(work, chunk, share(chunk))
        numbers[future] = number
        pending.add(future)
    while pending:
        take_some()
    return tuple(result for number in sorted(results) for result in results[number])


def tasks_at_a_time(count: int, workers: int) -> int:
    """Say how many tasks a worker is given at a time: all workers are given as many times as many, or nearly."""
    times = -(-count // (MOST_TASKS_AT_A_TIME * workers))
    return max(1, -(-count // (times * workers))) if times else 1


def workers_of(executor: Executor) -> int:
    """Count the workers of an executor that says how many it has; another is taken to have one."""
    return getattr(executor, "workers", 1)


def _wait_for_some(pending: set[Future[Result]], seconds: float) -> set[Future[Result]]:
    """Take out what has ended, once something has; raises the fault of whatever failed."""
    done, _ = wait(pending, timeout=seconds, return_when=FIRST_COMPLETED)
    if not done:
        raise BuildError(say("a page takes too long to lay out: look at the longest texts and images"))
    for future in done:
        try:
            future.result()
        except BrokenExecutor as error:
            raise BuildError(
                say(
                    "the system ended a process that lays pages out, for want of memory perhaps: try `--jobs 1`"
                )
            ) from error
    pending -= done
    return done
