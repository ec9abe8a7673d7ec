"""The file that `new` writes is a draft without a fault, and a proposal once its comments are taken away."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.checks.engine import check_workspace
from booklet.content.decode import decode
from booklet.content.model.proposal import Proposal
from booklet.content.scalars import is_slug
from booklet.content.template import proposal_path, short_ids, uncomment, write_skeleton
from booklet.content.workspace import read_workspace
from booklet.content.yaml.parse import parse
from booklet.costs.portfolio import build_portfolio
from booklet.diagnostics.diagnostic import Severity
from booklet.text.language import LANGUAGES, Language
from tests.samples.commands import ROOT, require_refusal
from tests.samples.workspace import Sample, write_small

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from booklet.content.model.edition import Edition

TEMPLATES = ROOT / "templates"
TITLES = [
    "Donner la priorité aux bus",
    '« L\'été » : "deux" idées',
    "Bus : priorité # et ordre",
    "{title} {0} {{x}} %s",
    r"C:\dossier\nouveau",
    "😀 & *vite* !",
    "- tiret",
    "on",
    "2021-07",
    "[a, b]",
    "&ancre <<: *a",
    "œ" * 300,
]


@cache
def edition() -> Edition:
    found = read_workspace(ROOT).edition
    assert found is not None
    return found.value


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
@pytest.mark.parametrize("known", [True, False], ids=["edition", "alone"])
def test_any_title_makes_a_draft_without_a_fault(title: str, language: Language, known: bool) -> None:
    """The title reads back character by character, and all that is said of the file is what remains to be written."""
    text = write_skeleton(title, edition() if known else None, TEMPLATES, language)
    parsed = parse("p.yaml", text.encode())
    assert parsed.root is not None and parsed.diagnostics == ()
    document, diagnostics = decode(Proposal, parsed.source, parsed.root)
    assert (document.value.title, document.value.status) == (title, "draft")
    assert {d.severity for d in diagnostics} == {Severity.INFORMATION}


def take_away(text: str) -> str:
    """Take away the `#` of every key, and the space after it where there is one, as editors do."""
    head, _, body = text.partition("\nstatus:")
    return f"{head}\nstatus:{re.sub(r'^# ?', '', body, flags=re.MULTILINE)}"


@pytest.mark.parametrize("uncomment", [uncomment, take_away])
@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_the_comments_are_a_proposal_of_examples(
    language: Language, uncomment: Callable[[str], str], tmp_path: Path
) -> None:
    """With its comments taken away and marked ready, the file is whole, and refused: every word and figure is told."""
    sample = write_small(tmp_path)
    workspace = read_workspace(sample.root)
    assert workspace.edition is not None
    text = uncomment(write_skeleton("Un essai", workspace.edition.value, TEMPLATES, language))
    path = sample.root / proposal_path("ecologie", "un-essai")
    path.write_text(text.replace("status: draft", "status: ready"), "utf-8")
    workspace = read_workspace(sample.root)
    found = check_workspace(workspace, build_portfolio(workspace))
    errors = [d for d in found if d.span.path.endswith("un-essai.yaml") and d.severity is Severity.ERROR]
    examples = {d.span.start.line for d in errors if d.code == "M110"}
    invented = {"id-de-la-source", "its-id", "son-id", "id-of-the-source", "Prénom Nom"}
    others = [str(d.message) for d in errors if d.code != "M110"]
    assert all(any(name in message for name in invented) for message in others), others
    lines = text.split("\n")
    told = "\n".join(lines[line - 1] for line in sorted(examples))
    for key in (
        "promise",
        "who",
        "number",
        "low",
        "share",
        "baseline",
        "name",
        "place",
        "field",
        "assumption",
    ):
        assert f"{key}:" in told, told


def test_keys_that_a_page_misses_are_in_the_file() -> None:
    """What the fiche prints as not known, where nobody wrote it, is asked for."""
    for language in LANGUAGES.values():
        keys = set(
            re.findall(r"^#? *(?:- )?(\w+):", write_skeleton("", None, TEMPLATES, language), re.MULTILINE)
        )
        assert {"vat_regime", "field", "beneficiaries", "number", "funding", "share", "low", "high"} <= keys


@pytest.mark.parametrize(
    ("title", "ids"),
    [
        ("Installer des capteurs de qualité de l'eau dans 12 fontaines", ["installer-capteurs-qualite-eau"]),
        ("Planter 400 arbres", ["planter-arbres"]),
        ("« 100 % vélo » en 2030", ["velo"]),
        ("L'œuvre d'été", ["oeuvre-ete"]),
        ("La", ["la"]),
        ("2030", [""]),
        ("日本語", [""]),
        ("a" * 300, ["a" * 50]),
    ],
)
def test_an_id_is_a_few_words_of_the_title(title: str, ids: list[str]) -> None:
    """Figures and small words are left out: a number in a title changes, and the id stays."""
    assert list(short_ids(title))[:1] == ids


@given(st.text(max_size=200))
def test_any_title_makes_ids_that_can_be_read(title: str) -> None:
    """Whatever the title, an id made of it is one, is short, and has no figure."""
    for id in short_ids(title):
        assert not id or (is_slug(id) and len(id) <= 50 and not re.search(r"\d", id))


@pytest.mark.parametrize("domain", ["mobilite", "ecologie"])
def test_new_writes_a_draft_that_passes(tmp_path: Path, domain: str) -> None:
    """In every domain the command names the file it wrote, in which `check` finds no error and no warning."""
    sample: Sample = write_small(tmp_path)
    made = sample.run("new", "L'été : « deux » idées", "--domain", domain)
    assert (made.status, made.out) == (0, f"proposals/{domain}/ete-deux-idees.yaml\n")
    checked = sample.run("check", "--format", "json")
    assert checked.status == 0
    found = json.loads(checked.out)["diagnostics"]
    ours = [d for d in found if d["path"].endswith("ete-deux-idees.yaml")]
    assert ours and {d["severity"] for d in ours} == {"information"}
    again = sample.run("new", "L'été : « deux » idées", "--domain", domain)
    assert again.status == 2


def test_new_takes_an_id_and_the_title_of_a_domain(bare: Sample) -> None:
    """A domain may be named by its title, a file by its id; what no file can be called is refused with what to type."""
    made = bare.run("new", "Des bancs", "--domain", "Mobilité", "--id", "bancs-2")
    assert (made.status, made.out) == (0, "proposals/mobilite/bancs-2.yaml\n")
    titles = (f"Poser des bancs publics neufs {where}" for where in ("ici", "ailleurs"))
    names = [bare.run("new", title, "-d", "mobilite").out.split("/")[-1] for title in titles]
    assert names == ["poser-bancs-publics-neufs.yaml\n", "poser-bancs-publics-neufs-ailleurs.yaml\n"]
    for id, words in (
        ("Été", "is not an id"),
        ("index", "id of a part"),
        ("nul", "on Windows"),
        ("feux", "already"),
    ):
        require_refusal(bare.run("--lang", "en", "new", "Un titre", "-d", "mobilite", "--id", id), words)
    require_refusal(
        bare.run("--lang", "en", "new", "Un titre", "-d", "mobilités"), "did you mean `mobilite`?"
    )
