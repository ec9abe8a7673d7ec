"""Many machines give the bytes that one gives: a real scheduler and real workers, one of which is killed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from booklet.diagnostics.diagnostic import BuildError
from booklet.pipeline.bounds import WorkerEnded, in_child
from booklet.pipeline.cluster.executor import cluster, refuse, write_install_command
from booklet.pipeline.cluster.worker import describe_machine, hold
from booklet.pipeline.pool import finish
from tests.pipeline.test_bounds import never_end
from tests.samples.commands import BUILD, ROOT
from tests.samples.workspace import Sample, digests, laid_out, png, write_small

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

distributed = pytest.importorskip("distributed", reason="`distributed` is not installed (extra `cluster`)")

LISTS = 20


def nothing(_: object) -> None:
    """Hear of a piece that ended and do nothing."""


def wait_until(
    is_so: Callable[[], Any], what: str, build: subprocess.Popen[str] | None = None, seconds: float = 90
) -> None:
    """Wait for something that must happen soon, and before a build ends."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert build is None or build.poll() is None, build.communicate()
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(0.01)


@contextmanager
def processes(*commands: tuple[str, ...], tool: Path = ROOT) -> Iterator[None]:
    """Run programs of Dask, each with what it starts, until the block ends."""
    environment = {**os.environ, "PYTHONPATH": str(tool)}
    environment.pop("FONTCONFIG_FILE", None)
    started = [
        subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{name}", *arguments],
            env=environment,
            cwd=tool,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for name, *arguments in commands
    ]
    try:
        yield
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def scheduler(folder: Path) -> Iterator[str]:
    """Start a scheduler on a port of this machine that is free, and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    command = ("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show")
    with processes(command):
        wait_until(lambda: answers(port), "a scheduler")
        yield address


def answers(port: int) -> bool:
    """Check whether something listens at a port of this machine."""
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def worker(address: str, folder: Path, *options: str, threads: int = 1) -> tuple[str, ...]:
    """Word the command of a worker that has a folder and no file of ours."""
    return (
        *("dask_worker", address, "--host", "127.0.0.1", "--no-dashboard", "--nthreads", str(threads)),
        *("--local-directory", str(folder), *options),
    )


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A scheduler with two workers."""
    folder = tmp_path_factory.mktemp("workers")
    with scheduler(folder) as address, processes(worker(address, folder), worker(address, folder)):
        with distributed.Client(address, timeout=90, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=90)
        yield address


@pytest.fixture
def many(tmp_path: Path) -> Sample:
    """The small workspace with twenty lists and a photograph."""
    many = write_small(tmp_path / "many")
    many.proposal("feux").with_suffix("").mkdir()
    (many.proposal("feux").with_suffix("") / "photo d'été.png").write_bytes(png(1600, 200, (90, 90, 90)))
    figures = 'figures: [{file: "photo d\'été.png", alt: Une photographie}]\n'
    many.proposal("feux").write_text(many.proposal("feux").read_text("utf-8") + figures, "utf-8")
    lists = (
        f"- {{id: l{n}, name: Liste {n}, head: Prénom Nom, commune: Ville {n % 3}}}\n" for n in range(LISTS)
    )
    (many.root / "proposals" / "lists.yaml").write_text("".join(lists), "utf-8")
    return many


def build_meanwhile(sample: Sample, address: str) -> subprocess.Popen[str]:
    """Start a build on a cluster."""
    return subprocess.Popen(
        [*BUILD, "-C", str(sample.root), "--lang", "en", "build", "-v", "--cluster", address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def process_ids(client: Any) -> dict[str, int]:
    """Ask every worker for its process; one that has just ended does not answer."""
    ids: dict[str, int] = client.run(os.getpid, on_error="ignore")
    return ids


def find_busy(client: Any, function: str) -> str | None:
    """Find a worker that is at a function."""
    return next(
        (at for at, keys in client.processing().items() if any(key.startswith(function) for key in keys)),
        None,
    )


def kill_worker_at(client: Any, function: str, build: subprocess.Popen[str]) -> None:
    """Kill a worker that is at a function of a build, and wait until the scheduler knows."""
    wait_until(partial(find_busy, client, function), f"a worker at {function}", build)
    ids = process_ids(client)
    killed = ids[find_busy(client, function) or next(iter(ids))]
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: killed not in process_ids(client).values(), "it left")


@pytest.mark.long
def test_worker_changes_no_byte(small: Sample, built_small: Sample, tmp_path: Path) -> None:
    """What a worker of another machine lays out is what this one does, to the byte."""
    shutil.rmtree(small.dist)
    next((small.root / ".booklet-store" / "page").glob("*/*")).unlink()
    with scheduler(tmp_path) as address, processes(worker(address, tmp_path, "--no-nanny")):
        ran = small.run("build", "-v", "--cluster", address)
    assert ran.status == 0, ran.err
    assert laid_out(ran) != (set(), 0) and digests(small.dist) == digests(built_small.dist)


@pytest.mark.long
def test_killed_worker_changes_no_byte(small: Sample, built_small: Sample, address: str) -> None:
    """A release made by two workers, one of which is killed at a page, is that of a local build, to the byte."""
    shutil.rmtree(small.dist)
    for page in sorted((small.root / ".booklet-store" / "page").glob("*/*"))[::4]:
        page.unlink()
    with distributed.Client(address, timeout=90, set_as_default=False) as client:
        build = build_meanwhile(small, address)
        kill_worker_at(client, "render_page_there", build)
        out, err = build.communicate(timeout=240)
    assert build.returncode == 0, out + err
    assert digests(small.dist) == digests(built_small.dist)

    # what the workers laid out came back into the store of this machine
    shutil.rmtree(small.dist)
    again = small.run("build", "-v", "--cluster", address)
    assert again.status == 0, again.err
    assert laid_out(again) == (set(), 0) and digests(small.dist) == digests(built_small.dist)


@pytest.mark.long
def test_workers_killed_at_each_step_change_no_byte(many: Sample, address: str) -> None:
    """Twenty lists on two workers, killed at a page and at front matter, are the release of a local build."""
    assert many.run("build").status == 0
    local = digests(many.dist)
    shutil.rmtree(many.dist)
    shutil.rmtree(many.root / ".booklet-store")
    with distributed.Client(address, timeout=90, set_as_default=False) as client:
        build = build_meanwhile(many, address)
        for function in ("render_page_there", "lay_out_front_matter_there"):
            kill_worker_at(client, function, build)
        out, err = build.communicate(timeout=240)
    assert build.returncode == 0, out + err
    assert digests(many.dist) == local
    assert len([path for path in local if path.endswith(".pdf")]) == LISTS + 1


@pytest.mark.long
def test_interrupted_build_leaves_the_release(many: Sample, address: str) -> None:
    """Ctrl-C while a cluster is at work leaves the release of before whole, and no stray folder."""
    assert many.run("build").status == 0
    before = digests(many.dist)
    with (many.root / "proposals" / "lists.yaml").open(
        "a", encoding="utf-8"
    ) as file:  # enough to take a while
        file.writelines(
            f"- {{id: m{n}, name: Liste {n} bis, head: Prénom Nom, commune: Ville}}\n" for n in range(200)
        )
    build = build_meanwhile(many, address)
    wait_until(lambda: any(many.root.glob(".dist-*.part/*/*.pdf")), "a booklet", build)
    build.send_signal(signal.SIGINT)
    _, err = build.communicate(timeout=60)
    assert build.returncode == 130, err
    assert "Traceback" not in err and "interrupted" in err
    assert digests(many.dist) == before and not list(many.root.glob(".dist-*"))


@pytest.mark.long
def test_work_that_never_ends_is_ended(address: str) -> None:
    """When the time for a page is over, one sentence says so, and the process that was at it has ended."""
    with distributed.Client(address, timeout=90, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=90)
        before = set(process_ids(client).values())
        with pytest.raises(BuildError, match="too long"), cluster(address) as executor:
            finish([executor.call(hold, time.sleep, 3600)], nothing, seconds=5)  # type: ignore[attr-defined]
        wait_until(lambda: len(client.nthreads()) == 2, "both workers")
        assert set(process_ids(client).values()) != before
        assert not any(client.processing().values())


@pytest.mark.long
def test_a_fiche_is_bounded_in_a_worker(address: str) -> None:
    """What passes its bounds in a copy of a worker is told as on this machine, and the workers go on."""
    with (
        distributed.Client(address, timeout=90, set_as_default=False) as client,
        cluster(address) as executor,
    ):
        before = process_ids(client)
        error = executor.call(hold, in_child, never_end, 0.1).exception(timeout=60)  # type: ignore[attr-defined]
        assert isinstance(error, WorkerEnded) and "20 s of processor time" in str(error.reason)
        assert process_ids(client) == before


@pytest.mark.long
def test_work_nobody_waits_for_keeps_no_process(address: str) -> None:
    """A build that ends before its workers are all ready ends: nothing waits for what nobody wants any more."""
    code = (
        "import sys, time; from booklet.pipeline.cluster.executor import cluster\n"
        "from booklet.pipeline.cluster.worker import hold\n"
        "with cluster(sys.argv[1]) as executor: calls = [executor.call(hold, time.sleep, 3) for _ in range(40)]\n"
        "assert all(call.done() for call in calls)"
    )
    subprocess.run([sys.executable, "-c", code, address], cwd=ROOT, check=True, timeout=60)


@pytest.mark.long
def test_worker_with_other_code_is_refused(many: Sample, tmp_path: Path) -> None:
    """A worker that runs another version of the tool is refused before any work, with what it has and we have."""
    other = tmp_path / "other"
    shutil.copytree(ROOT / "booklet", other / "booklet")
    with (other / "booklet" / "fiche.py").open("a") as file:
        file.write("# another version\n")
    with scheduler(tmp_path) as address, processes(worker(address, tmp_path), tool=other):
        ran = many.run("--lang", "en", "build", "--cluster", address)
    assert ran.status == 3 and "Traceback" not in ran.err
    assert "would not give the same bytes" in ran.err
    assert ran.err.count("`booklet 0.1.0-") == 2 and "weasyprint" not in ran.err
    assert not many.dist.exists() and not (many.root / ".booklet-store" / "page").exists()


@pytest.mark.long
def test_worker_with_threads_is_refused(many: Sample, tmp_path: Path) -> None:
    """WeasyPrint lays out one page at a time in a process: a worker with two threads is told how to start."""
    with scheduler(tmp_path) as address, processes(worker(address, tmp_path, "--no-nanny", threads=2)):
        ran = many.run("--lang", "en", "build", "--cluster", address)
    assert ran.status == 3 and f"dask worker {address} --nworkers -1 --nthreads 1" in ran.err


def test_difference_is_named() -> None:
    """A refusal names each version that differs, on both sides, and none that does not."""
    ours = describe_machine()
    theirs = {**ours, "pango": "1.48.0", "processor": "riscv64"}
    words = str(refuse("tcp://10.0.0.7:3000", theirs, ours))
    assert "it has `processor riscv64`, `pango 1.48.0`, this machine" in words
    assert f"`pango {ours['pango']}`" in words and "weasyprint" not in words


@pytest.mark.long
def test_absent_scheduler_is_status_3(many: Sample) -> None:
    """Where no scheduler listens, one sentence says how to start one."""
    ran = many.run("--lang", "en", "build", "--cluster", "tcp://127.0.0.1:9")
    assert ran.status == 3 and "`dask scheduler`" in ran.err and "Traceback" not in ran.err


def test_dask_is_installed_by_its_own_name_beside_a_wheel() -> None:
    """Without a checkout there is no folder to install the extra from: the command names the library."""
    assert write_install_command(is_checkout=False).endswith("-m pip install distributed")
    assert write_install_command(is_checkout=True).endswith(f"--editable '{ROOT}[cluster]'")


def test_missing_dask_is_status_3(many: Sample) -> None:
    """Without Dask, one sentence gives the command that installs the extra."""
    code = "import sys; sys.modules['distributed'] = None; from booklet.cli import main; sys.exit(main(sys.argv[1:]))"
    command = ("-C", str(many.root), "--lang", "en", "build", "--cluster", "tcp://127.0.0.1:9")
    ran = subprocess.run(
        [sys.executable, "-c", code, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 3 and ran.stderr.count("\n") == 1
    assert "-m pip install --editable" in ran.stderr and "[cluster]" in ran.stderr
