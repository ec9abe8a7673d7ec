"""`run.sh` on a machine that lacks something: it says what, and how to get it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.samples.commands import ROOT

if TYPE_CHECKING:
    from pathlib import Path

#: what stands on a bare Debian beside a shell, as far as run.sh uses it
BARE_TOOLS = ("cat", "cksum", "cp", "dirname", "env", "mkdir", "rm", "sed", "tr", "uname")
#: a Python that notes what it is asked, and makes environments that hold nothing but itself
PYTHON = """\
[ "$1" = -c ] || echo "${0##*/} $*" >> {folder}/calls.log
[ "$1 ${2-}" != "-m venv" ] || { mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; }
"""


def bare_machine(folder: Path, user: int, *, has_apt: bool = True) -> dict[str, str]:
    """Make a machine without Python, Pango or sudo, where apt knows everything and installs nothing."""
    programs = folder / "bin"
    programs.mkdir()
    for tool in BARE_TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (programs / tool).symlink_to(found)
    scripts = {"id": f"echo {user}"}
    if has_apt:
        scripts |= {
            "dpkg-query": "exit 1",
            "apt-cache": "echo '  Candidate: 3.11.2-1'",
            "apt-get": f'echo "$@" >> {folder}/apt.log; [ "$1" = update ]',
        }
    for name, body in scripts.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    return {"PATH": str(programs), "LANG": "C"}


def run_script(
    folder: Path, environment: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    shell = shutil.which("sh")
    assert shell is not None
    shutil.copy(ROOT / "run.sh", folder)
    return subprocess.run(
        [shell, str(folder / "run.sh"), *arguments],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_run_asks_for_what_is_missing(tmp_path: Path) -> None:
    """As root, run.sh installs exactly the missing packages, and says which when apt cannot; status 3."""
    run = run_script(tmp_path, bare_machine(tmp_path, user=0))
    wanted = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 python3 python3-venv"
    assert (tmp_path / "apt.log").read_text().splitlines() == [
        "update -qq",
        f"install -y -qq --no-install-recommends {wanted}",
    ]
    assert run.returncode == 3
    assert run.stderr.splitlines()[-1] == f"these system packages could not be installed: {wanted}"


def test_run_names_the_command_without_root(tmp_path: Path) -> None:
    """Without root and sudo, run.sh says what root must type and touches nothing."""
    run = run_script(tmp_path, bare_machine(tmp_path, user=1000) | {"LANG": "fr_FR.UTF-8"}, "test")
    assert run.returncode == 3
    assert (
        "en tant que root, tapez « apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 qpdf "
        in run.stderr
    )
    assert not (tmp_path / "apt.log").exists()
    assert not (tmp_path / ".venv").exists()


def test_run_without_apt_says_what_python_is_needed(tmp_path: Path) -> None:
    """Where apt does not rule and no Python will do, run.sh says which one is needed; status 3."""
    run = run_script(tmp_path, bare_machine(tmp_path, user=0, has_apt=False))
    assert run.returncode == 3
    assert re.fullmatch(r"Python 3\.11 or later is needed.*\n", run.stderr), run.stderr


@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_run_installs_what_is_locked_once(tmp_path: Path, installer: str) -> None:
    """Packages come from the lock, by uv where it can be had, and once; the tool then has the arguments."""
    environment = bare_machine(tmp_path, user=1000, has_apt=False)
    scripts = {"python3": PYTHON} | (
        {"uv": 'echo "uv $*" >> {folder}/calls.log'} if installer == "uv" else {}
    )
    for name, body in scripts.items():
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n" + body.replace("{folder}", str(tmp_path)))
        (tmp_path / "bin" / name).chmod(0o755)
    for name in ("pyproject.toml", "requirements.lock", "requirements-test.lock"):
        shutil.copy(ROOT / name, tmp_path)
    for _ in range(2):
        run = run_script(tmp_path, environment, "costs", "--format", "json")
        assert (run.returncode, run.stdout) == (0, ""), run.stderr
    python = f"{tmp_path}/.venv/bin/python"
    pip = "python -m pip install"
    install = {"pip": f"{pip} --no-compile", "uv": f"uv pip install --python {python}"}[installer]
    first = [f"{pip} -q --only-binary :all: --require-hashes -r /dev/stdin"] if installer == "pip" else []
    work = f"python {tmp_path}/build.py costs --format json"
    assert (tmp_path / "calls.log").read_text().splitlines() == [
        f"python3 -m venv --clear {tmp_path}/.venv",
        *first,
        f"{install} --no-deps --require-hashes -r {tmp_path}/requirements.lock",
        f"{install} --no-deps --no-build-isolation -e {tmp_path}",
        work,
        work,
    ]


def test_run_explains_itself(tmp_path: Path) -> None:
    """`sh run.sh --help` names what it does besides the tool's commands, and installs nothing."""
    run = run_script(tmp_path, bare_machine(tmp_path, user=0), "--help")
    assert run.returncode == 0
    assert "sh run.sh test" in run.stdout and "sh run.sh setup" in run.stdout
    assert not (tmp_path / "apt.log").exists()


def test_scripts_are_executable_and_portable() -> None:
    """The scripts have no syntax fault, can be executed and keep LF line ends; the one that people read is short."""
    for name, shell in (("run.sh", "sh"), ("tests/run.sh", "sh"), (".ci/run", "bash")):
        path = ROOT / name
        assert os.access(path, os.X_OK)
        assert b"\r" not in path.read_bytes()
        assert subprocess.run([shell, "-n", str(path)], check=False).returncode == 0
    assert len((ROOT / "run.sh").read_text("utf-8").splitlines()) <= 120
