"""A check that reads cached findings finds what a check of everything finds, whatever changed meanwhile."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from benchmarks.booklets import Size, write_workspace
from booklet.cache.store import Store
from booklet.checks.context import CheckedProposal
from booklet.checks.incremental import CachedProposal, pack, unpack
from booklet.commands.session import STORE_FOLDER
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.edits import Fix, Rename, TextEdit
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.positions import Position, Span
from booklet.diagnostics.report import FORMATS, render
from booklet.diagnostics.reporters.findings import Report
from booklet.money.calendar import Month
from booklet.money.euros import Euros
from booklet.pipeline.analysis import (
    EXAMINED,
    CheckedWorkspace,
    IncrementalCheck,
    analyse_workspace,
    check_incrementally,
)
from booklet.pipeline.inputs import fingerprint_rules
from booklet.text.language import ENGLISH, FRENCH
from tests.samples.commands import ROOT
from tests.samples.workspace import Sample, write_proposal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def texts_of(found: Diagnostic) -> object:
    """A diagnostic by what it says: a cached message reads as the one that was found, and may hold other values."""
    messages = [found.message, *found.hints, *(label.message for label in found.related)]
    spans = [found.span, *(label.span for label in found.related)]
    identity = (found.code, found.name, found.severity, found.waived, found.accepted)
    return identity, spans, [(str(message), message.text(FRENCH)) for message in messages]


def written(checked: CheckedWorkspace) -> dict[str, str]:
    """Write a check's report in every format and language."""
    workspace = checked.workspace
    report = Report.gather(
        checked.diagnostics,
        workspace.sources.values(),
        proposals=len(workspace.ready),
        drafts=len(workspace.drafts),
    )
    return {
        f"{format}/{language.code}": render(report, format, language, color=True, version="0")
        for format in FORMATS
        for language in (ENGLISH, FRENCH)
    }


def check_both(root: Path) -> tuple[IncrementalCheck, CheckedWorkspace]:
    """Check with the store and without it, and require the same findings and counts."""
    again, whole = check_incrementally(root, Store(root / STORE_FOLDER)), analyse_workspace(root)
    assert [*map(texts_of, again.diagnostics)] == [*map(texts_of, whole.diagnostics)]
    for proposals in ("ready", "drafts"):
        assert len(getattr(again.workspace, proposals)) == len(getattr(whole.workspace, proposals))
    return again, whole


def anew(root: Path) -> set[str]:
    """Check with the store and without it; returns the ids that were checked anew."""
    return {Path(path).stem for path in check_both(root)[0].anew}


# --- every kind of edit -------------------------------------------------------------------------------------------

RULES = ("C101", "C104", "C109", "F102", "F109", "N104", "S102", "S103", "T106")
#: what is written over a number, a word or a line: right, wrong, or no YAML at all
VALUES = (
    "0",
    "12 000 €",
    "-3",
    "2019",
    "2031-01",
    "2021-13",
    "80 %",
    "[",
    "'",
    "draft",
    "ready",
    "voirie",
    "",
)
LINES = (
    "links: {needs: [ID], overlaps: [ID]}",
    "links: {conflicts: [ID], needs: [nulle-part]}",
    'waivers: [{rule: RULE, because: "un essai"}, {rule: RULE, because: "un autre"}]',
    "impact_study: nulle-part",
    "promise: Votez pour [elle](proposal:ID), avec {name}",
    "problem: Un texte qui cite [@nulle-part] et [une autre](proposal:ID) et [rien](proposal:nulle-part).",
    "status: draft",
    "status: ready",
    "costs: []",
    "figures: [{file: schema.svg, alt: Un schéma}]",
    "total: {investissement: 1 €}",
    "\tx: y",
    "inconnu: 1",
)
COMMON = (
    ("edition.yaml", "guardrails: {total: {investissement: 1 €}, any_year: {fonctionnement: 1 000 €}}\n"),
    ("edition.yaml", "severities: {C104: {level: error, because: Un essai.}, T106: {level: information}}\n"),
    ("edition.yaml", "law_as_of: 2020-01-01\n"),
    ("lists.yaml", "- {id: autre, name: Sans attendre, head: Prénom Nouveau, commune: Une ville}\n"),
    ("sources.yaml", 'nouvelle: {title: Un titre, publisher: Une revue, year: 2001, url: "https://example.org"}\n'),
    ("parameters.yaml", "vat.essai: {values: {2020-01-01: {value: 20 %}}}\n"),
)  # fmt: skip


class Editor:
    """TextEdit a workspace at random, in ways that authors do: by hand, badly."""

    def __init__(self, root: Path, seed: int) -> None:
        self.folder, self.random = root / "proposals", Random(seed)
        self.kinds: tuple[Callable[[], None], ...] = (
            *(self.replace_word, self.add_line, self.delete_line, self.repeat_lines) * 3,
            *(self.add, self.remove, self.rename, self.move, self.twin, self.touch_image, self.change_common),
        )

    def edit(self) -> str:
        """Make one edit; returns its name."""
        kind = self.random.choice(self.kinds)
        kind()
        return kind.__name__

    def paths(self) -> list[Path]:
        return sorted(self.folder.glob("*/*.yaml"))

    def one(self) -> Path:
        return self.random.choice(self.paths())

    def replace_word(self) -> None:
        path = self.one()
        text = path.read_text("utf-8")
        word = self.random.choice(list(re.finditer(r"[\w€%-]+", text)) or [re.match("", text)])
        assert word is not None
        value = self.random.choice((*VALUES, self.one().stem))
        path.write_text(text[: word.start()] + value + text[word.end() :], "utf-8")

    def add_line(self) -> None:
        path = self.one()
        line = self.random.choice(LINES).replace("ID", self.one().stem)
        line = line.replace("RULE", self.random.choice(RULES))
        text = path.read_text("utf-8")
        key = line.partition(":")[0]
        kept = re.sub(rf"^{key}:.*\n(?:[ -].*\n|\n)*", "", text, flags=re.MULTILINE)
        path.write_text(f"{kept}{line}\n", "utf-8")

    def delete_line(self) -> None:
        path = self.one()
        lines = path.read_text("utf-8").splitlines(keepends=True)
        if lines:
            del lines[self.random.randrange(len(lines))]
        path.write_text("".join(lines), "utf-8")

    def repeat_lines(self) -> None:
        path = self.one()
        lines = path.read_text("utf-8").splitlines(keepends=True)
        first = self.random.randrange(len(lines) + 1)
        lines[first:first] = lines[first : first + self.random.randrange(1, 9)]
        path.write_text("".join(lines), "utf-8")

    def add(self) -> None:
        write_proposal(self.folder.parent, self.one().parent.name, f"ajout-{self.random.randrange(4)}")

    def remove(self) -> None:
        if len(self.paths()) > 4:
            self.one().unlink()

    def rename(self) -> None:
        path = self.one()
        path.rename(
            path.with_stem(self.random.choice(("autre", "Pas un id", "index", path.stem[:-1] or "a")))
        )

    def move(self) -> None:
        path, other = self.one(), self.random.choice((self.one().parent, self.folder / "nulle-part"))
        other.mkdir(exist_ok=True)
        path.rename(other / path.name)

    def twin(self) -> None:
        path, other = self.one(), self.one()
        (other.parent / self.random.choice((path.name, f"{path.stem}-bis.yaml"))).write_bytes(
            path.read_bytes()
        )

    def touch_image(self) -> None:
        folder = self.one().with_suffix("")
        folder.mkdir(exist_ok=True)
        image = folder / self.random.choice(("schema.svg", "autre.png"))
        kind = self.random.randrange(4)
        image.unlink(missing_ok=True)
        if kind == 1:
            image.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        elif kind == 2:
            image.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
        elif kind == 3:
            image.symlink_to(self.random.choice(("schema.svg", "../../edition.yaml", "/etc/hosts")))

    def change_common(self) -> None:
        name, line = self.random.choice(COMMON)
        path = self.folder / name
        text = path.read_text("utf-8") if path.exists() else ""
        match self.random.randrange(4):
            case 0 | 1:
                path.write_text(text + line, "utf-8")
            case 2:
                path.write_text(text.replace(line, ""), "utf-8")
            case 3:
                lines = text.splitlines(keepends=True)
                path.write_text("".join(lines[: self.random.randrange(len(lines) + 1)]), "utf-8")


@pytest.mark.long
def test_any_edits_of_a_generated_workspace(tmp_path: Path) -> None:
    """After each of many edits, one upon the other, the findings are those of a check of everything."""
    write_workspace(tmp_path, Size(14, 6))
    editor, done, least = Editor(tmp_path, 0), [], 14
    for _ in range(settings().max_examples):
        done.append(editor.edit())
        try:
            least = min(least, len(anew(tmp_path)))
        except AssertionError as error:
            raise AssertionError(f"after {done}") from error
    assert least <= 1, "the cache was never used"
    again, whole = check_both(tmp_path)
    assert written(again) == written(whole)


@pytest.mark.long
def test_any_edit_of_the_example(tmp_path: Path) -> None:
    """The same of what people wrote, where a rule is waived, an image is shown and the edition has much to say."""
    shutil.copytree(ROOT / "proposals", tmp_path / "proposals")
    editor, done = Editor(tmp_path, 0), []
    assert len(anew(tmp_path)) == len(editor.paths())
    for _ in range(settings().max_examples // 10):
        done.append(editor.edit())
        try:
            check_both(tmp_path)
        except AssertionError as error:
            raise AssertionError(f"after {done}") from error
    again, whole = check_both(tmp_path)
    assert written(again) == written(whole)


# --- what is checked anew -----------------------------------------------------------------------------------------


@pytest.fixture
def checked(unbuilt: Sample) -> Sample:
    """The small workspace with links, a draft, a waiver and an image, once checked."""
    unbuilt.edit("ecologie/arbres.yaml", "status: ready", "status: draft")
    with unbuilt.proposal("feux").open("a") as file:
        file.write(
            "links: {needs: [armoires], overlaps: [armoires]}\nfigures: [{file: a.svg, alt: Un feu}]\n"
        )
        file.write('waivers: [{rule: C104, because: "un essai"}]\n')
    unbuilt.proposal("feux").with_suffix("").mkdir()
    (unbuilt.proposal("feux").with_suffix("") / "a.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg'/>"
    )
    assert anew(unbuilt.root) == {"armoires", "feux", "arbres"}
    assert anew(unbuilt.root) == set()
    return unbuilt


def test_an_edited_proposal_alone_is_checked_anew(checked: Sample) -> None:
    """One that is edited, broken, renamed or mended is looked at; its neighbours are not, and hear of it."""
    one_way = "T106"
    assert one_way in codes(checked)
    checked.edit("mobilite/armoires.yaml", "funding: []", "funding: []\nlinks: {overlaps: [feux]}")
    assert anew(checked.root) == {"armoires"}
    assert one_way not in codes(checked)
    checked.edit("mobilite/armoires.yaml", "links: {overlaps: [feux]}", "links: {overlaps: [Des feux]}")
    assert anew(checked.root) == {"armoires"}
    assert anew(checked.root) == {"armoires"}  # its hint is made of the titles of all
    assert one_way not in codes(checked)  # a link that cannot be read may be the one
    checked.edit("mobilite/armoires.yaml", "links: {overlaps: [Des feux]}", "links: {overlaps: [feux]}")
    checked.edit("mobilite/armoires.yaml", "status: ready", "status: draft")
    assert anew(checked.root) == {"armoires"}
    assert "M106" in codes(checked)
    checked.edit("mobilite/armoires.yaml", "status: draft", "status: [ready")
    assert anew(checked.root) == {"armoires"}
    assert anew(checked.root) == set()
    assert codes(checked) & {"Y101", "M106"} == {"Y101"}
    checked.edit("mobilite/armoires.yaml", "status: [ready", "status: ready")
    assert anew(checked.root) == {"armoires"}
    checked.proposal("armoires").rename(checked.proposal("armoires").with_stem("placards"))
    assert anew(checked.root) == {"placards"}
    assert "M106" in codes(checked)
    checked.proposal("placards").unlink()
    assert anew(checked.root) == set()
    assert "M106" in codes(checked)


def codes(sample: Sample) -> set[str]:
    """The codes of the rules that find something."""
    return {
        found.code
        for found in check_incrementally(sample.root, Store(sample.root / STORE_FOLDER)).diagnostics
    }


def test_an_image_belongs_to_its_proposal(checked: Sample) -> None:
    """An image that changes, comes or goes has its proposal checked anew; a link there, at every check."""
    image = checked.proposal("feux").with_suffix("") / "a.svg"
    image.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")
    assert anew(checked.root) == {"feux"}
    assert "R103" in codes(checked)
    image.unlink()
    assert anew(checked.root) == {"feux"}
    (image.parent / "b.png").write_bytes(b"")
    assert anew(checked.root) == {"feux"}
    (image.parent / ".hidden.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    image.symlink_to(".hidden.svg")
    assert (anew(checked.root), anew(checked.root)) == ({"feux"}, {"feux"})
    (image.parent / ".hidden.svg").write_text("no image")
    assert anew(checked.root) == {"feux"}
    assert "R103" in codes(checked)


@pytest.mark.parametrize(("name", "line"), COMMON)
def test_what_stands_around_has_all_checked_anew(checked: Sample, name: str, line: str) -> None:
    """The edition, the lists, the sources and the parameters decide what is found in every proposal."""
    with (checked.root / "proposals" / name).open("a", encoding="utf-8") as file:
        file.write(line)
    assert anew(checked.root) == {"armoires", "feux", "arbres"}
    assert anew(checked.root) == set()


def test_another_tool_has_all_checked_anew(
    checked: Sample, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What another version of our code or of the law found is not told again."""
    toolkit = tmp_path / "toolkit"
    shutil.copytree(ROOT / "booklet", toolkit / "booklet", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr("booklet.pipeline.inputs.TOOLKIT", toolkit)
    fingerprint_rules.cache_clear()  # a process has one version of the code
    assert anew(checked.root) == set()
    for path in ("checks/costs.py", "law/fr/vat.yaml"):
        with (toolkit / "booklet" / path).open("a") as file:
            file.write("\n# a comment\n")
        fingerprint_rules.cache_clear()
        assert anew(checked.root) == {"armoires", "feux", "arbres"}
        assert anew(checked.root) == set()
    fingerprint_rules.cache_clear()


# --- the store ----------------------------------------------------------------------------------------------------


def entry(sample: Sample) -> Path:
    (found,) = (path for path in (sample.root / STORE_FOLDER / EXAMINED).rglob("*") if path.is_file())
    return found


def test_a_finding_comes_back_as_it_reads() -> None:
    """Every kind of value that a message holds is written alike, in both languages, after it was kept."""
    values = (
        ("amount", Euros(Fraction(10**7, 3))),
        ("units", Decimal("1234.50")),
        ("day", date(2021, 7, 14)),
        ("month", Month(2021, 7)),
        ("year", 2021),
        ("name", "\udc80 « é »"),
        ("verb", say("starts")),
    )
    message = Message(" ".join(f"{{{name}}}" for name, _ in values), values)
    span = Span("proposals/a/b.yaml", Position(1, 2), Position(3, 4))
    other = Span("proposals/sources.yaml", Position(5, 6), Position(7, 8))
    label = Label(other, message)
    finding = Diagnostic(
        "C101", "total-mismatch", Severity.WARNING, message, span, (message, message), (label,)
    )
    fixes = (
        Fix.of(message, TextEdit(span, "é: 1")),
        Fix.of(message, Rename(span.path, "proposals/a/c.yaml")),
    )
    finding = replace(finding, hints=(message, *fixes))
    kept = {span.path: CachedProposal("0", None, CheckedProposal((finding,)))}
    (back,) = unpack(pack("around", kept), "around", {span.path: "0"})[span.path].checked.findings
    for language in (ENGLISH, FRENCH):
        written = message.text(language)
        assert [one.text(language) for one in (back.message, *back.hints)] == [written] * 4
        assert back.related[0].message.text(language) == written
    assert [one.edit for one in back.hints if isinstance(one, Fix)] == [fix.edit for fix in fixes]
    assert (back.code, back.name, back.severity, back.span) == ("C101", "total-mismatch", "warning", span)
    assert back.related[0].span == other
    assert unpack(pack("around", kept), "other", {span.path: "0"}) == {}
    assert unpack(pack("around", kept), "around", {span.path: "1"}) == {}


def damaged(payload: bytes) -> Iterator[bytes]:
    """Entries that the store takes for whole, and that are not what `pack` writes."""
    frame, rows = json.loads(payload)
    path, (digest, references, checked) = next(iter(rows.items()))
    yield b""
    yield b"\xff"
    yield b"{}"
    yield b"null"
    for row in (None, [], [digest], [digest, references, []], [digest, [], checked], [digest, references[:-1], checked],
                [digest, references, [[["C101"]], [], None]], [digest, references, [[], [["x"]], None]],
                [digest, references, [[], [["1/0"]], None]], [digest, references, 3]):  # fmt: skip
        yield json.dumps([frame, {**rows, path: row}]).encode()


def test_a_damaged_entry_is_a_miss(checked: Sample) -> None:
    """What is not an entry as we write it, whole or in part, has all checked anew, and is written over."""
    whole, everything = entry(checked).read_bytes(), {"armoires", "feux", "arbres"}
    for torn in (b"", whole[:-1], whole + b" ", whole.replace(b"e", b"E")):
        entry(checked).write_bytes(torn)
        assert (anew(checked.root), anew(checked.root)) == (everything, set())
    store = Store(checked.root / STORE_FOLDER)
    name = "".join(entry(checked).parts[-2:])
    payload = store.get(EXAMINED, name)
    assert payload is not None
    for altered in damaged(payload):
        store.put(EXAMINED, name, altered)
        assert (anew(checked.root), anew(checked.root)) == (everything, set()), altered


def test_a_store_that_cannot_be_written_changes_nothing(checked: Sample) -> None:
    """Where nothing can be kept, everything is checked each time; so it is with `--no-store`, which keeps nothing."""
    shutil.rmtree(checked.root / STORE_FOLDER)
    (checked.root / STORE_FOLDER).write_text("no folder")
    assert anew(checked.root) == anew(checked.root) == {"armoires", "feux", "arbres"}
    (checked.root / STORE_FOLDER).unlink()
    ran = checked.run("check", "--no-store", "-v", "--lang", "en")
    assert ran.err == "proposals checked anew: 3\n"
    assert not (checked.root / STORE_FOLDER).exists()


@pytest.mark.parametrize(
    "arguments",
    [(), ("--strict", "--format", "json", "proposals/mobilite/feux.yaml")],
    ids=["plain", "options"],
)
def test_the_command_says_the_same(checked: Sample, arguments: tuple[str, ...]) -> None:
    """What is printed, and the exit status, do not depend on the store; `-v` says how much of it was used."""
    checked.edit("mobilite/armoires.yaml", "status: ready", "status: draft")
    first, again, whole = (
        checked.run("check", "-v", "--lang", "en", *arguments, *more) for more in ((), (), ("--no-store",))
    )
    assert first.out == again.out == whole.out
    assert first.status == again.status == whole.status == 1
    assert [ran.err.split()[-1] for ran in (first, again, whole)] == ["1", "0", "3"]


def test_checks_at_once_do_not_disturb_one_another(tmp_path: Path) -> None:
    """Checks of one workspace that run at the same time all find the same, and leave an entry that is whole."""
    write_workspace(tmp_path, Size(12, 4))
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            store = Store(tmp_path / STORE_FOLDER)
            right = all(len(check_incrementally(tmp_path, store).workspace.ready) == 12 for _ in range(5))
            os._exit(0 if right else 1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0, 0]
    assert anew(tmp_path) == set()
