"""A command → what it cost: wall time, processor time, memory of the largest process, bytes written. Linux only.

The command runs under a small process that adopts whatever it leaves behind (`PR_SET_CHILD_SUBREAPER`), so that the
kernel's own accounts of waited-for children hold every worker, however it was started. Nothing is sampled.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a run: seconds, and mebibytes of the largest process."""

    wall: float
    cpu: float
    memory: float
    written: int = 0


class CommandFailed(Exception):
    """A measured command failed; its output is the message."""


def measure(command: Sequence[str], folders: Iterable[Path] = ()) -> Cost:
    """Run a command to its end and return its cost; the bytes it writes are counted in the given folders."""
    started = time.time_ns()
    account = subprocess.run(
        [sys.executable, __file__, *command], capture_output=True, encoding="utf-8", check=False
    )
    if account.returncode:
        raise CommandFailed(f"{' '.join(command)}\n{account.stderr[-4000:]}")
    held = json.loads(account.stdout.splitlines()[-1])
    return Cost(held["wall"], held["cpu"], held["memory"], written_since(started, folders))


def account(command: Sequence[str], output: Path, seconds: float) -> tuple[int | None, Cost]:
    """Run a command, its output into a file, and return its status and cost; it is ended after some seconds (None)."""
    to_file = ("sh", "-c", f'exec "$@" > {shlex.quote(str(output))} 2>&1', "sh")
    process = subprocess.Popen(
        [sys.executable, __file__, *to_file, *command], stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        told, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None, Cost(seconds, seconds, 0)
    return process.returncode, Cost(**json.loads(told))


def written_since(nanoseconds: int, folders: Iterable[Path]) -> int:
    """Count the bytes of the files written since a moment; a file linked from an earlier one was not."""
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return sum(status.st_size for path in files if (status := path.stat()).st_mtime_ns >= nanoseconds)


def _account(command: Sequence[str]) -> int:
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    started = time.perf_counter()
    status = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
    wall = time.perf_counter() - started
    while True:  # workers and their servers that outlive the command
        try:
            os.wait()
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    print(json.dumps({"wall": wall, "cpu": cpu, "memory": memory}))
    return status


def fit_plane(points: Sequence[tuple[Sequence[float], float]]) -> tuple[float, ...]:
    """Fit value ≈ c·x by least squares: the normal equations, solved by elimination with the largest pivot."""
    size = len(points[0][0])
    rows = [
        [
            *(sum(x[i] * x[j] for x, _ in points) for j in range(size)),
            sum(x[i] * value for x, value in points),
        ]
        for i in range(size)
    ]
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        if not rows[column][column]:
            raise ValueError("the points do not tell the coefficients apart")
        for row in range(size):
            if row != column:
                factor = rows[row][column] / rows[column][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return tuple(rows[i][size] / rows[i][i] for i in range(size))


if __name__ == "__main__":
    raise SystemExit(_account(sys.argv[1:]))
