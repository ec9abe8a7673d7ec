"""A preview is one proposal's pages, drafts too, whatever stands in the other files; it never touches a release."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from pypdf import PdfReader

from tests.samples.commands import run
from tests.samples.page_texts import page_texts
from tests.samples.workspace import PROPOSAL, Sample, digests, write_proposal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.commands import Run

#: what the word across a draft is filled with (templates/css/draft-fr.svg)
WATERMARK = bytes((0xE7, 0xEA, 0xEC))
DRAFT = PROPOSAL.replace("status: ready", "status: draft")
BARE = "title: Une idée\nstatus: draft\n"


def is_watermarked(pdf: Path) -> bool:
    """Check whether a page holds enough of the watermark's colour, which no style of ours has."""
    pages = pypdfium2.PdfDocument(pdf)
    pictures = [page.render(scale=0.5, rev_byteorder=True) for page in pages]
    counts = [
        sum(data[at : at + 3] == WATERMARK for at in range(0, len(data), picture.n_channels))
        for picture in pictures
        for data in (bytes(picture.buffer),)
    ]
    assert all(count > 1000 for count in counts) or not any(counts)
    return counts[0] > 0


def preview(sample: Sample, *ids: str) -> Run:
    return sample.run("build", "--preview", *ids, "--jobs", "1", "--lang", "en", "-v")


def pages(sample: Sample) -> set[str]:
    return {path.name for path in (sample.root / "preview").iterdir()}


def test_preview_lays_out_the_named_proposal_alone(small: Sample) -> None:
    """The named proposal's pages are written, nothing else is laid out, and the release stays as it is."""
    before = digests(small.dist)
    ran = preview(small, "feux")
    assert (ran.status, ran.out) == (0, "preview/feux.pdf: 2 pages\n"), ran.err
    assert "laid out: feux\n" in ran.err
    assert pages(small) == {"feux.pdf"} and digests(small.dist) == before
    text = page_texts(small.root / "preview" / "feux.pdf")[0]
    assert "Essayer les feux" in text.replace("\u00a0", " ")
    assert "laid out: -\n" in preview(small, "feux").err  # from the store


def test_every_proposal_is_previewed_by_default(small: Sample) -> None:
    """Without a name every proposal is previewed, drafts and ready ones."""
    write_proposal(small.root, "mobilite", "idee", BARE)
    ran = preview(small)
    assert ran.status == 0, ran.err
    assert pages(small) == {"armoires.pdf", "arbres.pdf", "feux.pdf", "idee.pdf"}


def test_only_drafts_are_watermarked(small: Sample) -> None:
    """A draft's preview bears the word across its pages, drawn, not written; a ready proposal's does not."""
    write_proposal(small.root, "mobilite", "idee", DRAFT)
    assert preview(small, "idee", "feux").status == 0
    draft, ready = (small.root / "preview" / f"{id}.pdf" for id in ("idee", "feux"))
    assert is_watermarked(draft) and not is_watermarked(ready)
    text = [page_texts(path)[0].upper() for path in (draft, ready)]
    assert [one.count("BROUILLON") for one in text] == [1, 0]  # the word beside the domain


def test_draft_with_holes_is_previewed(unbuilt: Sample) -> None:
    """A draft that says nothing but its title has a page, which says what is missing."""
    write_proposal(unbuilt.root, "mobilite", "idee", BARE)
    assert preview(unbuilt, "idee").status == 0
    text = page_texts(unbuilt.root / "preview" / "idee.pdf")[0]
    assert "Une idée" in text.replace("\u00a0", " ") and "à écrire" in text
    assert not unbuilt.dist.exists()


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("mobilite/armoires.yaml", "quantity: 10", "quantity: dix"),
        ("lists.yaml", "name: Une liste", "nom: {}"),
        ("sources.yaml", "title: Bilan de l’an passé, ", ""),
        ("edition.yaml", "licence: CC BY-SA 4.0", "delivery_rule: aucune"),
    ],
)
def test_errors_elsewhere_do_not_stop_a_preview(unbuilt: Sample, path: str, old: str, new: str) -> None:
    """A fault of another file is left to `check`; one that makes the edition unreadable is told."""
    unbuilt.edit(path, old, new)
    ran = preview(unbuilt, "feux")
    if path == "edition.yaml":
        assert ran.status == 1 and "edition.yaml" in ran.err and "[M101]" in ran.err
    else:
        assert (ran.status, pages(unbuilt)) == (0, {"feux.pdf"}), ran.err
        assert "error" not in ran.err


def test_errors_of_the_proposal_are_told(unbuilt: Sample) -> None:
    """A proposal with errors is not laid out, and its page of before is removed; the others are made."""
    assert preview(unbuilt, "feux").status == 0
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    ran = preview(unbuilt, "feux", "arbres")
    assert ran.status == 1
    assert ran.err.startswith("proposals/mobilite/feux.yaml:17:15: error[M103]") and ran.err.count("[") == 1
    assert pages(unbuilt) == {"arbres.pdf"}


def test_layout_faults_of_the_proposal_are_told(unbuilt: Sample) -> None:
    """What only layout shows is told of a preview as of a release, and the page is not written."""
    unbuilt.edit("mobilite/feux.yaml", "Des feux pour tous", "Des 🚌 pour tous")
    ran = preview(unbuilt, "feux")
    assert ran.status == 1 and "proposals/mobilite/feux.yaml:3:14: error[R107]" in ran.err
    assert pages(unbuilt) == set()


def test_report_that_was_asked_for_has_the_output_for_itself(unbuilt: Sample) -> None:
    """With `--format`, what `check` finds and what layout found are one report; what was made is told beside it."""
    ran = unbuilt.run("build", "--preview", "feux", "--format", "json")
    assert (ran.status, json.loads(ran.out)["diagnostics"]) == (0, [])
    assert "preview/feux.pdf" in ran.err
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    for command in ("build --preview feux", "build", "check"):
        ran = unbuilt.run(*command.split(), "--format", "json")
        told = [found["code"] for found in json.loads(ran.out)["diagnostics"]]
        assert (ran.status, told, ran.err) == (1, ["M103"], "")


def test_proposals_are_named_by_path_too(unbuilt: Sample) -> None:
    """A file, from where one stands, and a folder name proposals as their ids do; none is laid out twice."""
    write_proposal(unbuilt.root, "mobilite", "idee", BARE)
    folder = unbuilt.root / "proposals" / "mobilite"
    ran = run("build", "--preview", "idee.yaml", "../ecologie", "idee", cwd=folder)
    assert ran.status == 0, ran.err
    assert pages(unbuilt) == {"idee.pdf", "arbres.pdf"}


def test_unreadable_proposal_is_told(unbuilt: Sample) -> None:
    """A proposal that is no YAML is named with its fault, not called unknown."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: [10")
    ran = preview(unbuilt, "feux")
    assert ran.status == 1 and "feux.yaml" in ran.err and "error[Y101]" in ran.err
    assert not (unbuilt.root / "preview").exists()


def test_unknown_proposal_is_wrong_usage(unbuilt: Sample) -> None:
    """A name that is no proposal's ends with status 2 and the nearest name."""
    ran = preview(unbuilt, "feu")
    assert ran.status == 2 and "did you mean `feux`?" in ran.err
    assert not (unbuilt.root / "preview").exists()


def test_preview_holds_no_dead_link(unbuilt: Sample) -> None:
    """A preview has no link to what it does not hold, a source or another proposal; its other links stay."""
    unbuilt.edit(
        "mobilite/feux.yaml",
        "tient en un mot",
        "tient en [arbres](proposal:arbres) et [un mot](https://example.org/)",
    )
    assert preview(unbuilt, "feux").status == 0
    notes = [
        note.get_object()["/A"]["/URI"]
        for page in PdfReader(unbuilt.root / "preview" / "feux.pdf").pages
        for note in page.get("/Annots", ())
    ]
    assert notes == ["https://example.org/"]
