"""What a release is made from: every file that is read counts, and what changes meanwhile spoils nothing for later."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from booklet.cache.store import Store
from booklet.layout.styles import Styles
from booklet.pipeline.inputs import find_templates, read_digests
from tests.samples.commands import BUILD, ROOT
from tests.samples.workspace import Sample, digests, laid_out, png, write_photographed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def start(sample: Sample, *arguments: str, folder: Path = ROOT) -> subprocess.Popen[str]:
    """Start a command, as a terminal would: with a group of processes of its own."""
    return subprocess.Popen(
        [*BUILD, "-C", str(sample.root), "--lang", "en", *arguments],
        cwd=folder,
        # other tests of this process have chosen fonts
        env={name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def change_meanwhile(sample: Sample, command: str, staged: str, change: Callable[[], object]) -> None:
    """Change a file once a command has looked at its inputs, and require that it releases nothing of them."""
    with start(sample, *command.split()) as process:
        deadline = time.monotonic() + 60
        while not any(sample.root.glob(staged)):
            assert process.poll() is None and time.monotonic() < deadline, process.communicate()
            time.sleep(0.01)
        change()
        _, err = process.communicate(timeout=120)
    assert process.returncode == 3 and "build again" in err, err


@pytest.fixture
def own(unbuilt: Sample) -> Sample:
    """The small workspace with templates of its own, never built."""
    shutil.copytree(ROOT / "templates", unbuilt.root / "templates")
    return unbuilt


@pytest.mark.long
def test_stylesheet_changed_meanwhile_spoils_no_page(own: Sample, built_small: Sample) -> None:
    """A stylesheet saved while pages are laid out ends the build; put back, it gives what it always gave."""
    sheet = own.root / "templates" / "css" / "theme.css"
    before = sheet.read_text("utf-8")
    change_meanwhile(
        own,
        "build",
        ".dist-*.part",
        lambda: sheet.write_text(before + "body { letter-spacing: 2pt }\n", "utf-8"),
    )
    sheet.write_text(before, "utf-8")
    own.build()
    assert own.manifest["body"] == built_small.manifest["body"]


@pytest.mark.long
def test_photograph_changed_meanwhile_spoils_no_page(tmp_path: Path) -> None:
    """A photograph saved while pages are laid out ends the build; put back, it gives what it always gave."""
    own, clean = write_photographed(tmp_path / "own"), write_photographed(tmp_path / "clean")
    clean.build()
    photograph = own.proposal("feux").with_suffix("") / "photo.png"
    before = photograph.read_bytes()
    change_meanwhile(
        own, "build", ".booklet-store/page/*/*", lambda: photograph.write_bytes(png(1600, 200, (10, 200, 10)))
    )
    photograph.write_bytes(before)
    own.build()
    assert own.manifest["body"] == clean.manifest["body"]


@pytest.mark.long
def test_proposal_changed_meanwhile_is_not_printed(tmp_path: Path) -> None:
    """What is saved while `print` is at work is in no press file."""
    own = write_photographed(tmp_path / "own")
    change_meanwhile(
        own,
        "print --copies 5",
        ".print-*.part",
        lambda: own.edit("mobilite/feux.yaml", "tient en un mot", "tient en deux mots"),
    )
    assert not (own.root / "print").exists()


@pytest.mark.long
def test_picture_of_a_stylesheet_counts(own: Sample) -> None:
    """A picture that a stylesheet shows is laid out again when it changes, whatever kind of file it is."""
    css = own.root / "templates" / "css"
    (css / "mark.png").write_bytes(png(40, 40, (200, 0, 0)))
    with (css / "fiche.css").open("a", encoding="utf-8") as file:
        file.write("h1 { background: url(mark.png) }\n")
    own.build()
    before = own.manifest["body"]["sha256"]
    (css / "mark.png").write_bytes(png(40, 40, (0, 0, 200)))
    assert "feux" in laid_out(own.build())[0]
    assert own.manifest["body"]["sha256"] != before


@pytest.mark.long
def test_file_beside_the_stylesheets_is_not_shown(own: Sample) -> None:
    """A page may show what counts among its inputs, and nothing else of the templates."""
    (own.root / "templates" / "mark.png").write_bytes(png(40, 40, (200, 0, 0)))
    with (own.root / "templates" / "css" / "fiche.css").open("a", encoding="utf-8") as file:
        file.write("h1 { background: url(../mark.png) }\n")
    ran = own.run("--lang", "en", "build")
    assert ran.status == 1 and "R101" in ran.err and "mark.png" in ran.err


def test_what_a_link_leads_to_counts(small: Sample) -> None:
    """A proposal that is a link to a hidden file is read there: a change of that file is a change."""
    path, hidden = small.proposal("feux"), small.root / "proposals" / ".feux.yaml"
    path.rename(hidden)
    path.symlink_to("../.feux.yaml")
    small.build()
    hidden.write_text(hidden.read_text("utf-8").replace("tient en un mot", "tient en deux mots"), "utf-8")
    assert "feux" in laid_out(small.build())[0]
    hidden.write_text("title: [", "utf-8")
    assert small.run("build").status == 1


@pytest.mark.long
def test_templates_behind_a_link_count(own: Sample) -> None:
    """A folder of templates that is a link is read like any other, and a circle of links ends."""
    templates = own.root / "templates"
    (templates / "macros").rename(own.root / "elsewhere")
    (templates / "macros").symlink_to("../elsewhere")
    (own.root / "elsewhere" / "circle").symlink_to(".")
    own.build()
    with (own.root / "elsewhere" / "cover.html").open("a", encoding="utf-8") as file:
        file.write("{% broken")
    assert own.run("build").status == 1


def test_libraries_that_write_files_count() -> None:
    """Another version of what fills pages or writes the workbook is another input."""
    digests = read_digests(ROOT, Styles(find_templates(ROOT)))
    assert {"xlsxwriter", "jinja2", "babel", "markdown-it-py", "python"} <= set(digests.contents)


def test_link_in_the_release_is_no_file_of_it(small: Sample) -> None:
    """A file of `dist/` that was moved away and linked to is written again as a file."""
    register, away = small.dist / "register.pdf", small.root / "away.pdf"
    before = digests(small.dist)
    register.rename(away)
    register.symlink_to(away)
    small.build()
    assert not register.is_symlink() and digests(small.dist) == before


@pytest.mark.parametrize("has_store", [True, False])
@pytest.mark.parametrize("change", ["digest", "list", "kind"])
def test_altered_manifest_is_made_again(small: Sample, change: str, *, has_store: bool) -> None:
    """A manifest that says something else than the build did is not believed, and `verify` reads any in one piece."""
    before = digests(small.dist)
    held = small.manifest
    if change == "digest":
        held["body"]["sha256"] = "f" * 64
    elif change == "list":
        (small.dist / held["booklets"].pop()["path"]).unlink()
    else:
        held["booklets"][0]["length"], held["versions"] = "x", None
    (small.dist / "manifest.json").write_text(
        json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    verified = small.run("verify")
    assert verified.status == 1 and "Traceback" not in verified.err
    if not has_store:
        shutil.rmtree(small.root / ".booklet-store" / "stamps")
    ran = small.run("build")
    if change == "kind":  # whose files these are is not known any more
        assert ran.status == 3 and "Traceback" not in ran.err
        return
    assert ran.status == 0 and "up to date" not in ran.out and "à jour" not in ran.out
    assert digests(small.dist) == before


def test_store_that_cannot_be_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the time of use cannot be noted, what is held is given all the same."""
    store = Store(tmp_path)
    store.put("page", "0" * 64, b"held")

    def refuse(*_arguments: object) -> None:
        raise OSError(30, "read-only file system")

    monkeypatch.setattr(os, "utime", refuse)
    assert store.get("page", "0" * 64) == b"held"


def test_files_where_the_tool_is_started_are_not_run(unbuilt: Sample) -> None:
    """Modules in the folder that somebody builds in, which strangers send, are not imported, by workers either.

    With `-v` the build says when each worker had work.
    """
    ran = unbuilt.root / "ran"
    for name in ("weasyprint.py", "multiprocessing.py", "booklet/__init__.py"):
        path = unbuilt.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"open({str(ran)!r}, 'w')\nraise SystemExit(9)\n", "utf-8")
    with start(unbuilt, "build", "-v", folder=unbuilt.root) as process:
        _, err = process.communicate(timeout=120)
    assert process.returncode == 0 and "worker 1: from " in err, err
    assert not ran.exists() and unbuilt.manifest["booklets"]


@pytest.mark.parametrize("after", [0.4, 0.8])
def test_interruption_of_a_terminal_is_one_sentence(unbuilt: Sample, after: float) -> None:
    """Ctrl-C reaches every process of the group, those too that are just being started: nobody shows a traceback."""
    with start(unbuilt, "build") as process:
        time.sleep(after)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.count("\n") <= 1 and "Traceback" not in err, err


def test_compiled_catalogue_is_no_input() -> None:
    """The .po file is an input and the .mo, made of it by the first run, is not: a fresh clone has the same digest."""
    names = read_digests(ROOT, Styles(find_templates(ROOT))).contents
    assert "locale/fr/LC_MESSAGES/booklet.po" in names
    assert [name for name in names if name.endswith(".mo")] == []


def test_workers_are_of_the_same_code(tmp_path: Path) -> None:
    """A copy of the tool that is not the installed one has its pages laid out by its own code."""
    shutil.copytree(ROOT / "booklet", tmp_path / "booklet")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import booklet.pipeline.tasks as tasks, inspect\n"
        "from booklet.pipeline.pool import pool\n"
        "if __name__ == '__main__':\n"
        "    with pool(1) as executor: print(executor.submit(inspect.getfile, tasks.warm_up).result())\n"
    )
    (tmp_path / "which.py").write_text(code, "utf-8")
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "which.py"), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == str(tmp_path / "booklet" / "pipeline" / "tasks.py")
