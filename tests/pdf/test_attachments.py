"""Files inside a body, and its colours, as PDF/A-3 wants them said, read back with independent readers."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import build_portfolio, finance_portfolio
from booklet.export.release_files import choose_attachments, make_files
from booklet.law.lookup import law_of
from booklet.layout.weasyprint import srgb_profile, versions
from booklet.pdf.attachments import Attachment
from booklet.pdf.body import link_body
from tests.samples import linked_parts as samples
from tests.samples.workspace import Sample, write_proposal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("pdf", [samples.body().pdf, samples.booklet()], ids=["body", "booklet"])
def test_files_come_out_as_they_went_in(pdf: bytes, tmp_path: Path) -> None:
    """Poppler and pypdf list the files by name and give their bytes back, from the body and from a booklet."""
    listed = samples.run(tmp_path, pdf, "pdfdetach", "-list", "FILE").splitlines()
    assert listed == ["2 embedded files", "1: lines.csv", "2: pistes.yaml"]
    expected = {attachment.name: [attachment.data] for attachment in samples.ATTACHMENTS}
    assert dict(PdfReader(io.BytesIO(pdf)).attachments) == expected


def test_files_say_what_they_are() -> None:
    """Each file gives its relation to the document, its type, size, digest and the edition's day, and no clock."""
    catalog: Any = PdfReader(io.BytesIO(samples.booklet())).root_object
    by_name = {file["/UF"]: file for file in (item.get_object() for item in catalog["/AF"])}
    assert set(by_name) == {"pistes.yaml", "lines.csv"}
    for attachment, media_type in zip(samples.ATTACHMENTS, ("/application/yaml", "/text/csv"), strict=True):
        file = by_name[attachment.name]
        assert file["/AFRelationship"] == f"/{attachment.relationship}"
        assert (file["/F"], file["/Desc"]) == (attachment.name, attachment.description)
        embedded = file["/EF"]["/F"].get_object()
        assert embedded["/Subtype"] == media_type
        assert embedded["/Params"]["/Size"] == len(attachment.data)
        checksum = embedded["/Params"]["/CheckSum"]
        assert checksum.original_bytes == hashlib.md5(attachment.data).digest()
        assert embedded["/Params"]["/ModDate"] == "D:20200227000000Z"


def test_order_of_files_changes_nothing() -> None:
    """Files are embedded in the order of their names, whatever the order in which they are given."""
    backwards = link_body(samples.parts(), samples.numbers(), samples.DESCRIPTION, samples.ATTACHMENTS[::-1])
    assert backwards.pdf == samples.body().pdf


def test_two_files_of_one_name_are_refused() -> None:
    """A name stands for one file; two under it are a fault of ours."""
    twice = (samples.ATTACHMENTS[0], Attachment("pistes.yaml", b"", "", "Data"))
    with pytest.raises(AssertionError, match="same name"):
        link_body(samples.parts(), samples.numbers(), samples.DESCRIPTION, twice)


def test_colours_are_measured() -> None:
    """The output intent holds the sRGB profile, whose digest is among the versions that decide a PDF's bytes."""
    catalog: Any = PdfReader(io.BytesIO(samples.booklet())).root_object
    (intent,) = catalog["/OutputIntents"]
    intent = intent.get_object()
    assert intent["/S"] == "/GTS_PDFA1"
    profile = intent["/DestOutputProfile"].get_object()
    assert profile["/N"] == 3 and profile.get_data() == srgb_profile()
    assert srgb_profile()[16:20] == b"RGB " and srgb_profile()[36:40] == b"acsp"
    assert versions()["srgb-profile"] == hashlib.sha256(srgb_profile()).hexdigest()


def test_what_is_chosen(unbuilt: Sample) -> None:
    """Printed proposals, edition and sources are inside; drafts and electoral lists are not; a clash is told apart."""
    unbuilt.edit("mobilite/feux.yaml", "status: ready", "status: draft")
    write_proposal(unbuilt.root, "ecologie", "edition")
    workspace = read_workspace(unbuilt.root)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None and workspace.edition is not None
    law = law_of(workspace)
    financings = finance_portfolio(portfolio, workspace.edition.value, law)
    chosen = choose_attachments(workspace, make_files(workspace, portfolio, financings, law))
    sources = {file.name: file.data for file in chosen if file.relationship == "Source"}
    folder = unbuilt.root / "proposals"
    assert sources == {
        "edition.yaml": (folder / "edition.yaml").read_bytes(),
        "sources.yaml": (folder / "sources.yaml").read_bytes(),
        "armoires.yaml": unbuilt.proposal("armoires").read_bytes(),
        "arbres.yaml": unbuilt.proposal("arbres").read_bytes(),
        "ecologie.edition.yaml": unbuilt.proposal("edition").read_bytes(),
    }
    assert {"budget.xlsx", "datapackage.json", "lines.csv"} <= {file.name for file in chosen}
