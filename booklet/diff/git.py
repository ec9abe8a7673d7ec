"""The one place that asks git: about a checkout that may come from a stranger, so nothing in it may run a command.

Settings of the machine and of the user are left out. Those of the repository cannot be: the ones that would run a
command when objects are read are overruled (git-config; git, "Environment Variables"), and git reads objects only, with
`ls-tree` and `cat-file`, which know no filter, text conversion or hook.
"""

from __future__ import annotations

import os
import subprocess
from decimal import Decimal
from tempfile import TemporaryFile
from threading import Timer
from typing import TYPE_CHECKING

from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.limits import REVISION_NAMES
from booklet.diagnostics.message import say

if TYPE_CHECKING:
    from pathlib import Path

#: a configuration can include a pipe that nobody writes into
_SECONDS = 120
#: bytes of an error output of which the first line is reported
_COMPLAINT = 10_000
_OPTIONS = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "protocol.allow=never"),
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    # none; unlike `protocol.allow`, a repository cannot make exceptions to it
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "LANGUAGE": "C",
}
#: the only variable of git's that can do nothing but restrict
_KEPT = "GIT_CEILING_DIRECTORIES"


class GitRefused(Exception):
    """The first line of git's error output."""


def run_git(root: Path, *arguments: str, given: bytes = b"", most: int = REVISION_NAMES) -> bytes:
    """Run git in a folder and return what it prints, bounded; raises `GitRefused`, or `BuildError` without git."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name == _KEPT
    }
    with TemporaryFile() as asked, TemporaryFile() as complaint:
        asked.write(given)
        asked.seek(0)
        try:
            git = subprocess.Popen(
                [_find_git(), "-C", str(root), *_OPTIONS, *arguments],
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=complaint,
                env=inherited | _ENVIRONMENT,
            )
        except FileNotFoundError:
            raise BuildError(
                say("git is not installed: install it, or compare two saved files of `costs --format json`")
            ) from None
        clock = Timer(_SECONDS, git.kill)
        clock.start()
        with git:
            assert git.stdout is not None
            answer = git.stdout.read(most + 1)
            if len(answer) > most:
                git.kill()
        clock.cancel()
        if len(answer) > most:
            raise BuildError(
                say(
                    "git answers with more than {limit} bytes: compare two saved files of `costs --format json`",
                    limit=Decimal(most),
                )
            )
        if git.returncode < 0:
            raise BuildError(say("git did not answer for {seconds} s", seconds=_SECONDS))
        if git.returncode:
            complaint.seek(0)
            lines = complaint.read(_COMPLAINT).decode("utf-8", "replace").strip().splitlines()
            raise GitRefused(lines[0] if lines else f"status {git.returncode}")
    return answer


def _find_git() -> str:
    """Find git by the absolute folders of `PATH`: Windows would look into the current folder first, a stranger's."""
    name = "git.exe" if os.name == "nt" else "git"
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder, name)
        if os.path.isabs(folder) and os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    raise FileNotFoundError(name)


def require_repository(root: Path) -> None:
    """Raise `BuildError` where a folder is in no repository, or in one that git does not trust."""
    try:
        run_git(root, "rev-parse", "--git-dir")
    except GitRefused as refusal:
        reason = str(refusal)
        if "not a git repository" in reason:
            message = say(
                "this folder is in no git repository: compare two saved files of `costs --format json`"
            )
        elif "dubious ownership" in reason:
            message = say(
                "this repository belongs to another user: compare two saved files of `costs --format json`"
            )
        else:
            message = say("git refused: {reason}", reason=reason)
        raise BuildError(message) from None
