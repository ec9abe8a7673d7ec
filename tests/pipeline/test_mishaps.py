"""Killed, out of room, read-only, two at once, by other clocks: `dist/` is the old or the new, the next build right.

A build runs in a child that has imported all it needs, and is disturbed at one of the changes that it makes to the
disk: the interpreter tells them before they happen (PEP 578). `.ci/long kills` takes each change in turn.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from itertools import count
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.samples.commands import BUILD, Run, run
from tests.samples.marks import long
from tests.samples.workspace import Sample, digests

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="no child has what its parent imported"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning"),
]
#: what changes a disk; the kernel's function that exchanges two names is looked up before it is called
CHANGES = re.compile(r"os\.(chmod|link|mkdir|remove|rename|rmdir|utime)|ctypes\.dlsym")
GROWTH = r"open|os\.(link|mkdir|rename)"
STEPS = {
    "starting": r"os\.mkdir .*/\.dist-",
    "laying out": r"os\.rename .*/page/",
    "linked": r"os\.rename .*/body/",
    "writing": r"open .*/\.dist-.*\.pdf",
    "replaced": r"os\.remove budget\.xlsx",
}
EDIT = ("mobilite/feux.yaml", "tient en un mot", "tient en deux mots")
NAMES = [".booklet-store", "dist", "proposals"]


def die() -> NoReturn:
    """End at once, as by `kill -9`."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def find_no_room() -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def find_read_only() -> NoReturn:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def _build_in_child(
    sending: Connection, root: Path, act: Callable[[], NoReturn], changes: str, first: int
) -> None:
    numbers, is_disturbed, is_running = count(1), False, True

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal is_disturbed
        if event == "open":
            if not (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
                return
        elif not CHANGES.fullmatch(event):
            return
        if (
            is_running
            and re.match(changes, " ".join(map(str, (event, *arguments))))
            and next(numbers) >= first
        ):
            is_disturbed = True
            act()

    sys.addaudithook(hear)
    ran = run("-C", str(root), "build", "--jobs", "1")
    is_running = False
    sending.send((ran, is_disturbed))


class Building:
    """A build in a child, disturbed by `act` at some of its changes, from the first, second … of them on."""

    def __init__(
        self, sample: Sample, act: Callable[[], NoReturn] = die, changes: str = "never", first: int = 1
    ) -> None:
        fork = multiprocessing.get_context("fork")
        self._receiving, sending = fork.Pipe(duplex=False)
        arguments = (sending, sample.root, act, changes, first)
        self._process = fork.Process(target=_build_in_child, args=arguments)
        self._process.start()
        sending.close()

    def wait(self) -> tuple[Run | None, bool]:
        """What was printed, and the status, None where the child was killed; and whether it was disturbed."""
        try:
            ran, is_disturbed = self._receiving.recv()
        except EOFError:
            ran, is_disturbed = None, True
        self._process.join()
        self._process.close()
        return ran, is_disturbed


def require_whole(sample: Sample) -> None:
    """Require that `dist/` is what its manifest says."""
    released = sample.manifest
    assert {path: sha256 for path, sha256 in digests(sample.dist).items() if path != "manifest.json"} == {
        one["path"]: one["sha256"] for one in (*released["booklets"], *released["files"])
    }


@pytest.fixture(scope="module")
def edited(built_small: Sample, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The release of the small workspace after an edit, undisturbed."""
    sample = Sample(tmp_path_factory.mktemp("edited") / "workspace")
    shutil.copytree(built_small.root, sample.root)
    sample.edit(*EDIT)
    sample.build()
    return digests(sample.dist)


def test_builds_killed_at_every_step_lose_nothing(small: Sample) -> None:
    """Builds, each killed at another step, leave a whole release, and a store that is right."""
    before = digests(small.dist)
    file = small.proposal("feux")
    text = file.read_text("utf-8")
    for number, step in enumerate(STEPS.values()):
        file.write_text(text.replace("en un mot", f"en {number + 2} mots"), "utf-8")
        assert Building(small, die, step).wait() == (None, True)
        require_whole(small)
    file.write_text(text, "utf-8")
    shutil.rmtree(small.dist)
    small.build()
    assert digests(small.dist) == before
    assert sorted(path.name for path in small.root.iterdir()) == NAMES


@pytest.mark.long
@pytest.mark.parametrize("left_out", ["nothing", "dist"], ids=["an edit", "the first"])
@pytest.mark.parametrize(
    ("act", "changes"),
    [(die, ""), (find_no_room, GROWTH), (find_read_only, "")],
    ids=["killed", "full", "read-only"],
)
def test_builds_disturbed_at_any_change_lose_nothing(
    built_small: Sample,
    edited: dict[str, str],
    tmp_path: Path,
    act: Callable[[], NoReturn],
    changes: str,
    left_out: str,
) -> None:
    """Whichever change of a build is its last, the release is the old or the new, and the next build is right."""
    for first in count(1):
        sample = Sample(tmp_path / str(first))
        shutil.copytree(built_small.root, sample.root, ignore=shutil.ignore_patterns(left_out))
        sample.edit(*EDIT)
        before = digests(sample.dist)
        ran, is_disturbed = Building(sample, act, changes, first).wait()
        after = digests(sample.dist)
        if ran is None:
            assert after in (before, edited)
        else:
            assert (ran.status, ran.err.count("\n"), after) in ((0, 0, edited), (3, 1, before)), ran.err
        sample.build()
        assert digests(sample.dist) == edited
        assert sorted(path.name for path in sample.root.iterdir()) == NAMES
        shutil.rmtree(sample.root)
        if not is_disturbed:
            break
    assert first > 20


def test_one_of_two_builds_is_made(small: Sample, edited: dict[str, str]) -> None:
    """Of builds at once in one workspace, one makes the release and the others are refused in one sentence."""
    small.edit(*EDIT)
    ran = [building.wait()[0] for building in [Building(small) for _ in range(3)]]
    assert {(one.status, one.err.count("\n")) for one in ran if one} == {(0, 0), (3, 1)}, ran
    assert digests(small.dist) == edited
    assert sorted(path.name for path in small.root.iterdir()) == NAMES


@pytest.mark.parametrize("years", [30, long(-30)])
def test_clocks_decide_nothing(small: Sample, edited: dict[str, str], years: int) -> None:
    """Files that seem of long ago or of the future, and edits that leave the times as they were, are built aright."""
    then = time.time_ns() + years * 31_557_600 * 10**9
    paths = [path for path in small.root.rglob("*") if path.is_file()]
    for path in paths:
        os.utime(path, ns=(then, then))
    small.edit(*EDIT)
    booklet = next(small.dist.rglob("*liste.pdf"))
    booklet.write_bytes(booklet.read_bytes()[:-1] + b"?")
    for path in (small.proposal("feux"), booklet):
        os.utime(path, ns=(then, then))
    small.build()
    assert digests(small.dist) == edited


def may_mount() -> bool:
    """Whether this user may mount a file system that only a child sees."""
    mounts = ["unshare", "--user", "--map-root-user", "--mount", "true"]
    return shutil.which("unshare") is not None and subprocess.run(mounts, check=False).returncode == 0


#: kilobytes that a disk has left: none, a page, a body, two booklets
ROOM = (0, 8, 100, 400, 900)
FILL = """
mount -t tmpfs -o size="$SIZE"k none "$DISK" && cp -a "$BEFORE" "$DISK/workspace" || exit 99
cat /dev/zero > "$DISK/ballast" 2>&-
truncate --size=-"$ROOM"k "$DISK/ballast"
"$@" -C "$DISK/workspace" build --jobs 1
status=$?
cp -a "$DISK/workspace" "$AFTER"
exit $status
"""


@pytest.mark.long
@pytest.mark.skipif(not may_mount(), reason="this user may mount no file system")
@pytest.mark.parametrize("room", ROOM)
def test_full_disk_loses_nothing(small: Sample, edited: dict[str, str], room: int) -> None:
    """On a disk that is full, however early, a build is one sentence and status 3, and the release stays as it was."""
    before = digests(small.dist)
    small.edit(*EDIT)
    disk, after = small.root.parent / "disk", Sample(small.root.parent / "after")
    disk.mkdir()
    sizes = {"SIZE": "20000", "ROOM": str(room)}
    paths = {"DISK": str(disk), "BEFORE": str(small.root), "AFTER": str(after.root)}
    ran = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", FILL, "sh", *BUILD],
        env={**os.environ, **sizes, **paths},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (ran.returncode, ran.stderr.count("\n"), digests(after.dist)) == (3, 1, before), ran.stderr
    after.build()
    assert digests(after.dist) == edited
