"""The file that `new` writes is a draft without a fault, and a proposal once its comments are taken away."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from booklet.checks.engine import check_workspace
from booklet.content.decode import decode
from booklet.content.model.proposal import Proposal
from booklet.content.template import proposal_path, write_skeleton
from booklet.content.workspace import read_workspace
from booklet.content.yaml.parse import parse
from booklet.costs.portfolio import build_portfolio
from booklet.diagnostics.diagnostic import Severity
from booklet.text.language import LANGUAGES, Language
from tests.samples.commands import ROOT
from tests.samples.workspace import Sample, write_small

if TYPE_CHECKING:
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


def uncomment(text: str) -> str:
    """Take away the `# ` before every key of the file, as its head tells the author to do."""
    head, _, body = text.partition("\nstatus:")
    return f"{head}\nstatus:{re.sub(r'^# ', '', body, flags=re.MULTILINE)}"


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_the_comments_are_a_proposal(language: Language, tmp_path: Path) -> None:
    """With its comments taken away and marked ready, the file is complete: only the names it invents are unknown."""
    sample = write_small(tmp_path)
    workspace = read_workspace(sample.root)
    assert workspace.edition is not None
    text = uncomment(write_skeleton("Un essai", workspace.edition.value, TEMPLATES, language))
    path = sample.root / proposal_path("ecologie", "un-essai")
    path.write_text(
        text.replace("status: draft", "status: ready").replace("Prénom Nom", "Une Autrice"), "utf-8"
    )
    workspace = read_workspace(sample.root)
    found = check_workspace(workspace, build_portfolio(workspace))
    errors = [d for d in found if d.span.path.endswith("un-essai.yaml") and d.severity is Severity.ERROR]
    invented = {"id-de-la-source", "its-id", "son-id", "id-of-the-source"}
    assert all(any(name in str(d.message) for name in invented) for d in errors), [
        str(d.message) for d in errors
    ]


@pytest.mark.parametrize("domain", ["mobilite", "ecologie"])
def test_new_writes_a_draft_that_passes(tmp_path: Path, domain: str) -> None:
    """In every domain the command names the file it wrote, in which `check` finds no error and no warning."""
    sample: Sample = write_small(tmp_path)
    made = sample.run("new", "L'été : « deux » idées", "--domain", domain)
    assert (made.status, made.out) == (0, f"proposals/{domain}/l-ete-deux-idees.yaml\n")
    checked = sample.run("check", "--format", "json")
    assert checked.status == 0
    found = json.loads(checked.out)["diagnostics"]
    ours = [d for d in found if d["path"].endswith("l-ete-deux-idees.yaml")]
    assert ours and {d["severity"] for d in ours} == {"information"}
    again = sample.run("new", "L'été : « deux » idées", "--domain", domain)
    assert again.status == 2
