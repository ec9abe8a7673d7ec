"""The processes that lay pages out, and how work is handed to them.

Work is a plain function of plain values (:mod:`booklet.pipeline.tasks`), run by any `concurrent.futures.Executor`, so
that another executor (a cluster) gives the same bytes. The default is a pool of processes: forked from a server that
has imported WeasyPrint on Linux, spawned elsewhere.
"""

from __future__ import annotations

import gc
import itertools
import os
import signal
import sys
import threading
import time
import traceback
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context, parent_process
from pickle import PicklingError
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import say
from booklet.installation import TOOLKIT
from booklet.pipeline.bounds import ENDINGS, WorkerEnded
from booklet.pipeline.interruption import BUILDER, delay_interrupt, end_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext

#: a page that takes longer is a fault of its template or of its content
SECONDS_PER_PAGE = 120
#: batch size: large enough to share fonts and picture, small enough for useful progress
MAX_BATCH = 32
#: batches waiting for a worker: enough for a cluster, few enough to bound memory
MAX_WAITING = 64
#: pages that are laid out by one process after an edit
_FEW = 3
Task = TypeVar("Task")
Shared = TypeVar("Shared")
Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")
#: seconds of `time.perf_counter`
Span = tuple[float, float]


def default_jobs() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Pool(ThreadPoolExecutor):
    """Threads that have processes do their work: a process that ends takes no other work with it."""

    def __init__(self, workers: int) -> None:
        self._context: BaseContext = get_context("forkserver" if sys.platform == "linux" else "spawn")
        begin_fork_server()
        super().__init__(workers)
        self.workers = workers
        #: how much work waits for the processes that there are, before one more is started
        self.patience = 0
        self._changed = threading.Condition()
        self._is_killed = False
        self.processes: dict[_Process, None] = {}
        #: those without work
        self._idle: list[_Process] = []
        #: pieces of work that no process has taken
        self._waiting = 0

    def submit(
        self, fn: Callable[Parameters, Result], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Future[Result]:
        """Have a function called by a process; the future of one that ends raises `WorkerEnded`."""
        with self._changed:
            self._waiting += 1
            self._changed.notify_all()
        return super().submit(self._have_done, partial(fn, *args, **kwargs))

    def _have_done(self, work: Callable[[], Result]) -> Result:
        process = self._take_process()
        try:
            return process.have_done(work)
        except ENDINGS as error:
            process.kill()
            self.processes.pop(process, None)
            raise WorkerEnded(error) from error
        finally:
            with self._changed:
                self._idle += [process] if process in self.processes else []
                self._changed.notify_all()

    def _take_process(self) -> _Process:
        """Wait for a process without work, or start one where too much work waits."""
        with self._changed:
            while not self._is_killed:
                if self._idle:
                    self._waiting -= 1
                    return self._idle.pop()
                is_due = not self.processes or self._waiting > self.patience
                if is_due and len(self.processes) < self.workers:
                    process = _Process(self._context)
                    self.processes[process] = None
                    self._waiting -= 1
                    return process
                self._changed.wait()
            raise CancelledError

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 (as declared)
        """Let the processes end once all work is done."""
        super().shutdown(wait, cancel_futures=cancel_futures)
        for process in tuple(self.processes) if wait else ():
            process.end()

    def kill(self) -> None:
        """End every process at once, including those that are still starting."""
        super().shutdown(wait=False, cancel_futures=True)
        with self._changed:
            self._is_killed = True
            self._changed.notify_all()
        for process in tuple(self.processes):
            process.kill()


class _Process:
    """A process and the pipe to it.

    A `ProcessPoolExecutor` has queues, whose semaphores have names: a thread of theirs that is stopped at exit between
    the end of a name and its report leaves a warning of `resource_tracker`.
    """

    def __init__(self, context: BaseContext) -> None:
        #: when it began and ended each piece of work
        self.spans: list[Span] = []
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,))  # type: ignore[attr-defined]
        try:
            self._process.start()
        finally:
            theirs.close()

    def have_done(self, work: Callable[[], Result]) -> Result:
        """Return the result of work; raises what it raises, `BrokenExecutor` where the process ends."""
        begun = time.perf_counter()
        try:
            self._pipe.send(work)
            answer: tuple[Result, BaseException | None] = self._pipe.recv()
        except (EOFError, OSError) as ended:
            raise BrokenExecutor from ended
        finally:
            self.spans.append((begun, time.perf_counter()))
        result, error = answer
        if error is not None:
            raise error
        return result

    def end(self) -> None:
        """Let the process end; it has no work."""
        self._pipe.close()
        self._process.join()

    def kill(self) -> None:
        """End the process at once; the thread that waits for it finds its pipe closed."""
        self._process.kill()
        self._process.join()


def _serve(pipe: Connection) -> None:
    """Do the work that comes through a pipe, until it is closed."""
    _begin_work()
    while True:
        outcome: tuple[Any, BaseException | None]
        try:
            outcome = (pipe.recv()(), None)
        except EOFError:
            return
        except BaseException as error:
            error.add_note("".join(traceback.format_exception(error)))
            outcome = (None, error)
        try:
            pipe.send(outcome)
        except (PicklingError, TypeError, AttributeError) as error:
            pipe.send((None, error))


def begin_fork_server() -> None:
    """Start the process that workers are forked from, which imports what they need; it takes half a second."""
    # by default, a new Python looks for modules in the current folder, which may hold anybody's files
    paths = [str(TOOLKIT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    os.environ |= {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
    if sys.platform != "linux":
        return
    from multiprocessing import forkserver, resource_tracker

    # the kernel ends a process with the thread that started it (`end_with`): only the main one lasts as long
    if threading.current_thread() is threading.main_thread():
        os.environ[BUILDER] = str(os.getpid())
    get_context("forkserver").set_forkserver_preload(["booklet.pipeline.preload"])
    resource_tracker.ensure_running()  # starting it would let Ctrl-C through again
    with delay_interrupt():
        forkserver.ensure_running()


@contextmanager
def pool(jobs: int) -> Iterator[Executor]:
    """Open a pool of processes; when the block fails or is interrupted, they end at once."""
    executor = _Pool(jobs)
    try:
        yield executor
    except BaseException:
        executor.kill()
        raise
    executor.shutdown()


def _begin_work() -> None:
    """Leave Ctrl-C and SIGTERM to the main process, which ends its workers itself; end with it when it is killed.

    Where the kernel tells of a parent's end, forked workers end with the fork server, which ends with the main process.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end_with(os.getppid())
    # imported objects stay alive: collecting through them again and again is a fifth of the time of a layout
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
    """Wait for all futures and call `step` with each as it completes; results keep the order of the futures.

    Raises `BuildError` when nothing completes for `seconds`, or when the system ends a worker.
    """
    futures = tuple(futures)
    pending = set(futures)
    while pending:
        for future in wait_for_some(pending, seconds):
            future.result()
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
    """Run `count` tasks in batches while later tasks are still being made; results keep the order of the tasks.

    `share` returns what the tasks of a batch have in common; `step` is called with the number of tasks done. A bounded
    number of batches waits for a worker, so that memory does not grow with `count`.
    """
    size = batch_size(count, workers_of(executor))
    tasks = iter(tasks)
    numbers: dict[Future[tuple[Result, ...]], int] = {}
    results: dict[int, tuple[Result, ...]] = {}
    pending: set[Future[tuple[Result, ...]]] = set()

    def collect() -> None:
        for future in wait_for_some(pending, SECONDS_PER_PAGE):
            results[numbers.pop(future)] = future.result()
        step(sum(map(len, results.values())))

    step(0)
    for number in itertools.count():
        batch = tuple(itertools.islice(tasks, size))
        if not batch:
            break
        while len(pending) >= MAX_WAITING:
            collect()
        future = executor.submit(work, batch, share(batch))
        numbers[future] = number
        pending.add(future)
    while pending:
        collect()
    return tuple(result for number in sorted(results) for result in results[number])


def batch_size(count: int, workers: int) -> int:
    """Compute the largest batch, up to `MAX_BATCH`, with which every worker gets about as many batches."""
    batches_each = -(-count // (MAX_BATCH * workers))
    return max(1, -(-count // (batches_each * workers))) if batches_each else 1


def expect_few_pages(executor: Executor) -> None:
    """Let a few pages wait for one process: to start another one takes as long as to lay out three."""
    if isinstance(executor, _Pool):
        executor.patience = _FEW


def spans_of(executor: Executor) -> tuple[tuple[Span, ...], ...]:
    """List when each process of a pool had work; of another executor nothing is known."""
    processes = executor.processes if isinstance(executor, _Pool) else ()
    return tuple(tuple(process.spans) for process in processes)


def workers_of(executor: Executor) -> int:
    """Count the workers of an executor that knows its size; any other counts as one."""
    return getattr(executor, "workers", 1)


def wait_for_some(pending: set[Future[Result]], seconds: float = SECONDS_PER_PAGE) -> set[Future[Result]]:
    """Wait until some futures complete, and take them out of `pending`."""
    done, _ = wait(pending, timeout=seconds, return_when=FIRST_COMPLETED)
    if not done:
        raise BuildError(say("a page takes too long to lay out: look at the longest texts and images"))
    pending -= done
    return done
