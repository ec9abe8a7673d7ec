"""`outputs-that-act`: no text of a contributor acts in any output, of whatever command and format.

Commands, formats and arguments are found in the parser, so that a new one is tested without being named here.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from booklet.cli import COMMANDS
from booklet.commands.arguments import Commands, Parser
from booklet.text.language import ENGLISH
from tests.samples.workspace import Sample, write_small

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Workspaces = Callable[[str], tuple[Sample, Sample]]

REST = (
    " ##[error]z ##vso[task.x]y ##teamcity[x] x; =2+2 [a[b](https:x) "
    "\u202e\u200b https://x www.x a@b.fr @someone #1"
)
COMMAND, FORMULA = "::error file=app.js::x\n::error file=app.js::y" + REST, "=1+1" + REST
#: what moves, hides or begins something; a line break of ours is none
ACTING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
    "|##(?:vso|teamcity)?\\["
)
OWN_COMMAND = re.compile(r"::(?:error|warning|notice)(?: file=proposals/|::)")
LIVE = re.compile(r"https://x|www\.x|a@b\.fr|@someone|#1")
#: what is typed for an argument that has to be, by the name that the help gives it
TYPED = {"REV": "before.json", "REF": "total", "TITLE": "Un essai", "D": "mobilite"}
#: they lay pages out, which no text of a terminal depends on: here they only report faults
LAYING_OUT = {"build", "print"}
#: formats whose readers compute
SHEETS = {"csv", "xlsx"}


@dataclass(frozen=True)
class Invocation:
    """A command line, and the format that it asks for."""

    words: tuple[str, ...]
    format: str = ""


def find_invocations() -> Iterator[Invocation]:
    """Every command, plain and with every choice of every argument that has choices, as its parser knows them."""
    commands = Commands(Parser(), ENGLISH)
    for command in COMMANDS:
        command.add_parser(commands)
    for name, parser in commands._parsers.choices.items():
        actions = [action for action in parser._actions if action.dest != "lang"]
        needed = [name, "-v"]
        for action in actions:
            if action.required and action.nargs != "*":
                needed += [*action.option_strings[:1], TYPED[str(action.metavar)]]
        yield Invocation(tuple(needed))
        for action in actions:
            for choice in action.choices or ():
                yield Invocation((*needed, *action.option_strings[:1], str(choice)), str(choice))


def write_hostile(root: Path, text: str) -> Sample:
    """Write a workspace without errors in which every text that may be anything is the same one."""
    sample = write_small(root)
    typed = json.dumps(text)
    for path, old in (
        ("edition.yaml", "Essais pour une ville"),
        ("edition.yaml", "Mobilité"),
        ("edition.yaml", "Trois idées, trois listes"),
        ("sources.yaml", "Bilan de l’an passé"),
        ("sources.yaml", "Une revue"),
        ("mobilite/feux.yaml", "Essayer les feux dans chaque rue"),
        ("mobilite/feux.yaml", "Des feux pour tous."),
        ("mobilite/feux.yaml", "Pose"),
        ("mobilite/feux.yaml", "Armoire"),
        ("mobilite/feux.yaml", "unit: armoire"),
        ("mobilite/feux.yaml", "rien ne revient, c'est un essai"),
        ("mobilite/feux.yaml", "Groupe d'essai"),
        ("ecologie/arbres.yaml", "Essayer les arbres dans chaque rue"),
    ):
        new = f"unit: {typed}" if old.startswith("unit") else typed
        sample.edit(
            path, f'"{old}"' if f'"{old}"' in (root / "proposals" / path).read_text("utf-8") else old, new
        )
    sample.edit("edition.yaml", "{name: Une ville, kind", f"{{name: {typed}, kind")
    sample.edit(
        "edition.yaml", "organisations:", f"ideas: [{{title: {typed}, why: {typed}}}]\norganisations:"
    )
    sample.edit("ecologie/arbres.yaml", "status: ready", "status: draft")
    return sample


def require_inert(text: str) -> None:
    """Require that a text neither moves the terminal nor commands the runner that prints it."""
    shown = text.replace("\r\n", "\n")
    assert ACTING.findall(shown) == [], shown
    for line in shown.splitlines():
        assert not line.lstrip().startswith("::") or OWN_COMMAND.match(line), line


def require_inert_format(data: bytes, format: str) -> None:
    """Require what a format asks besides."""
    if data.startswith(b"PK"):
        for sheet in load_workbook(io.BytesIO(data)).worksheets:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                assert cell.data_type != "f" or not re.search(r"1\+1|app\.js", str(cell.value)), cell
        return
    text = data.decode()
    require_inert(text)
    if text.startswith(("{", "[")):
        json.loads(text)
        assert format != "sarif" or not re.search(r"(?<!\\)\[a\\\\\[b\]\(", text), text
    elif "markdown" in format:
        assert not LIVE.search(text), LIVE.findall(text)
    elif "csv" in format:
        for value in (value for row in csv.reader(io.StringIO(text)) for value in row):
            assert re.fullmatch(r"-?[\d.]+", value) or not value.startswith(tuple("=+-@\t\r:")), value
            assert not re.search(r";\s*[=+@-]", value), value


def save_states(sample: Sample, text: str) -> None:
    """Save the costs before and after a change, with controls that no YAML lets in."""
    saved = json.loads(sample.run("costs", "--format", "json").out)
    (sample.root / "after.json").write_text(json.dumps(saved), "utf-8")
    for proposal in saved["proposals"]:
        proposal |= {"id": f"{text}\x9b{proposal['id']}", "title": f"{text}\x9b", "lines": None}
    saved["funding_base"] = text
    (sample.root / "before.json").write_text(json.dumps(saved), "utf-8")


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory: pytest.TempPathFactory) -> Workspaces:
    """Text → a workspace without errors, and one whose faults quote the text."""

    @functools.cache
    def write(text: str) -> tuple[Sample, Sample]:
        typed = json.dumps(text)
        sound, faulty = (write_hostile(tmp_path_factory.mktemp(name), text) for name in ("sound", "faulty"))
        assert sound.run("check").status == 0
        save_states(sound, text)
        for name in ("before.json", "after.json"):
            (faulty.root / name).write_bytes((sound.root / name).read_bytes())
        faulty.edit("lists.yaml", "name: Une liste", f"name: {typed}")
        faulty.edit("mobilite/armoires.yaml", "quantity: 10", f"quantity: {typed}\n    {typed}: 1")
        faulty.edit("mobilite/armoires.yaml", "spread: pose", f"spread: {typed}")
        waivers = f"waivers: [{{rule: F101, because: {typed}}}]"
        faulty.edit("ecologie/arbres.yaml", "status: draft", f"status: draft\n{waivers}")
        folder = faulty.root / "proposals" / "::error file=app.js::\u202e"
        folder.mkdir()
        (folder / "::error file=app.js::x.yaml").write_text("title: x\x9b\x9b: y\n\x9b2J: 3\n", "utf-8")
        return sound, faulty

    return write


@pytest.mark.parametrize(
    ("text", "invocation"),
    [
        *((COMMAND, found) for found in find_invocations()),
        *((FORMULA, found) for found in find_invocations() if found.format in SHEETS),
    ],
    ids=lambda given: given[:9] if isinstance(given, str) else " ".join(given.words),
)
def test_no_text_acts_in_any_output(
    workspaces: Workspaces, text: str, invocation: Invocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a command prints of hostile texts, nothing acts on a terminal, a runner, a page or a spreadsheet."""
    for sample in workspaces(text)[invocation.words[0] in LAYING_OUT :]:
        monkeypatch.chdir(sample.root)
        summary, file = sample.root / "summary.md", sample.root / "out"
        summary.unlink(missing_ok=True)
        to_file = ("-o", str(file)) if invocation.format == "xlsx" else ()
        job = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
        ran = sample.run(*invocation.words, *to_file, "--lang", "en", environment=job)
        assert ran.status < 4, ran.err
        require_inert(ran.err)
        require_inert_format(file.read_bytes() if file.exists() else ran.out.encode(), invocation.format)
        file.unlink(missing_ok=True)
        if summary.exists():
            require_inert_format(summary.read_bytes(), "markdown")


def test_a_tree_begins_with_a_mark(workspaces: Workspaces) -> None:
    """Every line of every tree of `why` begins with a mark, whatever figure is asked."""
    sound, _ = workspaces(COMMAND)
    for reference in ("total", "feux", "feux.line1", "feux.funding", "feux.net", "arbres", "total.p80"):
        ran = sound.run("why", reference, "--lang", "en")
        require_inert(ran.out + ran.err)
        assert all(line.lstrip()[0] in "•│├└·" for line in ran.out.splitlines()), ran.out
