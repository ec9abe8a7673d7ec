"""The same work on many machines: an executor whose workers are those of a Dask scheduler.

Machines share no files. A filled page is sent with its pictures; stylesheets and fonts are sent once to each worker.
Results come back as bytes, and booklets are linked and written here. The functions are those of `tasks`, and so are
the bytes: a worker with other libraries, code or processor is refused before any work, or before its first page where
it joins later.

Dask reassigns the tasks of a worker that dies. The files that all tasks share are therefore the result of a task of
their own, which the scheduler can run again, and not data that would be lost with the last worker that has it.
"""

from __future__ import annotations

import logging
import shlex
import sys
from concurrent.futures import CancelledError, Executor, Future, wait
from contextlib import contextmanager, suppress
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from booklet.cache.links import resolve_links
from booklet.cache.store import inputs_changed
from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import Message, quote_all, say
from booklet.installation import IS_CHECKOUT, TOOLKIT
from booklet.layout.styles import Styles, digest_styles
from booklet.pipeline.cluster.worker import (
    Parcel,
    describe_machine,
    fingerprint_worker,
    get_ready_there,
    has_worked,
    hold,
    lay_out_front_matter_there,
    render_page_there,
)
from booklet.pipeline.tasks import (
    BookletsTask,
    FrontMatterResult,
    FrontMatterTask,
    find_front_matter,
    get_ready,
    make_booklets,
    render_fiche,
    render_page,
    write_booklets,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from distributed import Client

    from booklet.chapters.page import Page, Rendered

#: to reach the scheduler, and to find one worker
SECONDS_TO_CONNECT = 10
#: to restart the process of a worker
SECONDS_TO_RESTART = 60
#: to cancel pending tasks
SECONDS_TO_LEAVE = 5
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Sent = TypeVar("Sent")


class Cluster(Executor):
    """An executor that sends the tasks of a build to the workers of a scheduler."""

    def __init__(self, client: Client) -> None:
        self.client = client
        #: Dask's futures that have not completed → ours
        self._sent: dict[Any, Future[Any]] = {}
        #: locked while a result is written, so that none is after `close`
        self._lock = Lock()
        #: locked while a task is sent: `warm_up` sends from another thread, and nothing is sent after `close`
        self._sending = RLock()
        self._is_closed = False
        self._machines: dict[Styles, str] = {}
        self._shared: dict[str, Any] = {}

    @property
    def workers(self) -> int:
        """The number of workers now connected."""
        return max(1, len(self.client.nthreads()))

    def submit(
        self,
        fn: Callable[Parameters, Result],
        /,
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Future[Result]:
        """Send a function of `tasks` with the files that its arguments name."""
        ways: dict[object, Callable[..., Future[Any]]] = {
            get_ready: self._send_ready,
            render_page: self._send_page,
            render_fiche: self._send_page,
            make_booklets: self._send_lists,
        }
        assert fn in ways, f"{fn} is not known to work without the files of this machine"
        return ways[fn](*args, **kwargs)

    def _send_ready(self, styles: Styles) -> Future[None]:
        return self.call(hold, get_ready_there, *self._send_styles(styles))

    def _send_page(self, page: Page, styles: Styles) -> Future[Rendered]:
        return self.call(hold, render_page_there, page, _pack_pictures(page), *self._send_styles(styles))

    def _send_lists(
        self, tasks: tuple[FrontMatterTask, ...], shared: BookletsTask
    ) -> Future[tuple[FrontMatterResult, ...]]:
        cached = find_front_matter(tasks, shared)
        missing = tuple(
            task.page for task, front_matter in zip(tasks, cached, strict=True) if front_matter is None
        )
        if not missing:
            ours: Future[tuple[FrontMatterResult, ...]] = Future()
            ours.set_result(write_booklets(tasks, cached, (), shared))
            return ours

        def keep(made: tuple[Rendered, ...]) -> tuple[FrontMatterResult, ...]:
            return write_booklets(tasks, cached, made, shared)

        styles = self._send_styles(shared.styles)
        return self.call(keep, lay_out_front_matter_there, missing, *styles)

    def _send_styles(self, styles: Styles) -> tuple[Any, str]:
        """Send stylesheets and fonts, once; return their future and the fingerprint that workers check."""
        with self._sending:
            if styles not in self._machines:
                if styles.digest and styles.digest != digest_styles(styles):
                    raise inputs_changed()
                self._machines[styles] = fingerprint_worker(styles)
            machine = self._machines[styles]
            if machine not in self._shared:
                parcel = Parcel.pack(styles.templates, styles.files)
                self._shared[machine] = self.client.submit(hold, parcel, key=f"booklet-{machine}")
            return self._shared[machine], machine

    def call(
        self, keep: Callable[[Sent], Result], function: Callable[..., Sent], *arguments: object
    ) -> Future[Result]:
        """Submit a function to a worker; `keep` turns its result into ours before our future completes."""
        ours: Future[Result] = Future()

        def receive(theirs: Any) -> None:
            try:
                sent = theirs.result()
                with self._lock:
                    result = None if self._is_closed else keep(sent)
                theirs.release()
            except BaseException as error:
                ours.set_exception(_explain(error))
            else:
                ours.set_result(result)  # type: ignore[arg-type]  # nobody waits for it once we are closed
            with self._sending:
                self._sent.pop(theirs, None)

        with self._sending:
            if self._is_closed:
                raise RuntimeError("the cluster takes no more work")
            theirs = self.client.submit(function, *arguments, pure=False)
            self._sent[theirs] = ours
            theirs.add_done_callback(receive)
        return ours

    def close(self) -> None:
        """Write no further result: the folder of the booklets may be removed."""
        with self._sending, self._lock:
            self._is_closed = True

    def leave(self) -> None:
        """Cancel pending tasks and close the connection.

        When Python ends, it waits for the thread that receives results, and Dask never answers a request made while
        the connection closes: every pending future is completed before.
        """
        self.close()
        with self._sending:
            sent = dict(self._sent)
        if self.client.status == "running" and sent:
            self.client.cancel(list(sent))
            wait(sent.values(), timeout=SECONDS_TO_LEAVE)
        self.client.close(timeout=SECONDS_TO_LEAVE)

    def give_up(self) -> None:
        """Cancel the tasks that are not done, and restart the workers that are running them."""
        if self.client.status != "running":
            return
        with self._sending:
            sent = list(self._sent)
        keys = {future.key for future in sent}
        busy = [worker for worker, doing in self.client.processing().items() if keys & set(doing)]
        self.client.cancel(sent, force=True)
        if busy:
            _restart(self.client, busy)


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """Connect to the workers of a scheduler, each of which makes the same bytes as this machine.

    Raises `BuildError` when Dask is not installed, nobody answers, or a worker differs from this machine.
    """
    client = _connect(address)
    executor = Cluster(client)
    try:
        _refresh(client)
        _check_workers(client, address)
        yield executor
    except BaseException as error:
        executor.close()
        is_left_alone = isinstance(error, BuildError) and client.status == "running" and not client.nthreads()
        if isinstance(error, BuildError):
            executor.give_up()
        if is_left_alone:
            raise BuildError(say("no worker is left at {address}", address=address)) from error
        raise
    finally:
        executor.leave()


def write_install_command(*, is_checkout: bool = IS_CHECKOUT) -> str:
    """Write the command that installs Dask: as our extra in a checkout, by its own name beside a wheel.

    On an index, our own name could be somebody else's.
    """
    wanted = ("--editable", f"{TOOLKIT}[cluster]") if is_checkout else ("distributed",)
    return shlex.join((sys.executable, "-m", "pip", "install", *wanted))


def _connect(address: str) -> Client:
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        raise BuildError(
            say(
                "`--cluster` needs Dask, which is not installed: type `{command}`",
                command=write_install_command(),
            )
        ) from error
    # the fonts are large, on purpose; lost connections are reported in our own words
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "10GB"})
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        return Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise BuildError(
            say("no scheduler answers at {address}: start one with `dask scheduler`", address=address)
        ) from error


def _refresh(client: Client) -> None:
    """Restart the idle workers that an earlier build has used: one process renders with one set of fonts."""
    answers = client.run(has_worked, on_error="ignore")
    busy = {worker for worker, doing in client.processing().items() if doing}
    worn = [worker for worker, has_worked in answers.items() if has_worked and worker not in busy]
    if worn:
        _restart(client, worn)


def _restart(client: Client, workers: list[str]) -> None:
    # a worker without a nanny cannot be restarted; one that another build restarts at the same time is gone
    with suppress(ValueError, KeyError):
        client.restart_workers(workers, timeout=SECONDS_TO_RESTART, raise_for_error=False)


def _check_workers(client: Client, address: str) -> None:
    """Refuse a cluster with a worker that makes other bytes, or lays out two pages in one process."""
    from distributed.comm import CommClosedError

    advice = f"dask worker {address} --nworkers -1 --nthreads 1"
    try:
        client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
    except TimeoutError as error:
        raise BuildError(
            say("no worker at {address}: start some with `{command}`", address=address, command=advice)
        ) from error
    for worker, threads in sorted(client.nthreads().items()):
        if threads != 1:
            raise BuildError(
                say(
                    "worker {worker} would lay out several pages in one process: start it with `{command}`",
                    worker=worker,
                    command=advice,
                )
            )
    ours = describe_machine()
    for worker, theirs in sorted(client.run(describe_machine, on_error="return").items()):
        if isinstance(theirs, CommClosedError):
            continue  # it has just ended; its successor is checked before its first page
        if isinstance(theirs, BaseException):
            raise BuildError(
                say(
                    "worker {worker} does not have this tool: install it there ({error})",
                    worker=worker,
                    error=theirs,
                )
            )
        if theirs != ours:
            raise BuildError(refuse(worker, theirs, ours))


def refuse(worker: str, theirs: Mapping[str, str], ours: Mapping[str, str]) -> Message:
    """Name the differences between a worker and this machine."""
    names = [name for name in {**ours, **theirs} if theirs.get(name) != ours.get(name)]
    there, here = (quote_all(f"{name} {has.get(name, '-')}" for name in names) for has in (theirs, ours))
    return say(
        "worker {worker} would not give the same bytes: it has {there}, this machine {here}",
        worker=worker,
        there=there,
        here=here,
    )


def _pack_pictures(page: Page) -> Parcel:
    """Pack the files of a page's own folder that it shows, except links to files outside."""
    if page.folder is None:
        return Parcel(())
    home = resolve_links(page.folder)
    shown = (
        path for path in map(page.folder.joinpath, page.files) if resolve_links(path).is_relative_to(home)
    )
    return Parcel.pack(page.folder, tuple(shown))


def _explain(error: BaseException) -> BaseException:
    """Translate failures of the cluster; return every other error unchanged."""
    from distributed.scheduler import KilledWorker

    if isinstance(error, KilledWorker):
        return BuildError(
            say("several workers ended while they laid out the same page, for want of memory perhaps")
        )
    if isinstance(error, CancelledError):
        return BuildError(say("the scheduler went away: start it again, then type the same command"))
    return error
