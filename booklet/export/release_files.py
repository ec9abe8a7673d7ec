"""Portfolio → the files released beside the booklets (workbook, data), and the attachments of every booklet."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING

from booklet.content.paths import EDITION, PARAMETERS, SOURCES
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.positions import read_bytes
from booklet.export.datapackage import DESCRIPTOR, write_datapackage
from booklet.export.json import write_costs
from booklet.pdf.attachments import Attachment
from booklet.text.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.content.workspace import Workspace
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import Portfolio
    from booklet.law.lookup import Law

WORKBOOK = "budget.xlsx"
DATA = "data"
COSTS = "costs.json"


def make_files(
    workspace: Workspace, portfolio: Portfolio, financings: Financings, law: Law
) -> dict[str, bytes]:
    """Make every released file other than booklets, by its path in `dist/`; the same inputs give the same bytes."""
    from booklet.export.xlsx.workbook import (
        fill_workbook,  # XlsxWriter, which only the worker needs that makes them
    )

    assert workspace.edition is not None, "a workspace with errors is never released"
    edition = workspace.edition.value
    references = workspace.bibliography.value.root if workspace.bibliography else {}
    language = LANGUAGES[edition.lang]
    package = write_datapackage(portfolio, edition, references, language, financings, law)
    return {
        WORKBOOK: fill_workbook(portfolio, edition, references, language, financings, law).close(),
        f"{DATA}/{COSTS}": write_costs(portfolio, workspace).encode(),
        **{f"{DATA}/{name}": data for name, data in package.items()},
    }


def make_pickled_files(pickled: bytes) -> dict[str, bytes]:
    """Do the same in a worker, with the arguments of `make_files` as they were pickled here."""
    files: dict[str, bytes] = make_files(*pickle.loads(pickled))
    return files


def choose_attachments(workspace: Workspace, files: Mapping[str, bytes]) -> tuple[Attachment, ...]:
    """Choose the attachments of every booklet: the released files, and the YAML as it was typed.

    `files` are those of :func:`make_files`. Drafts are left out, as in the pages; so are the electoral lists, since the
    body does not depend on them. A proposal whose file name is taken gets its domain as a prefix.
    """
    assert workspace.edition is not None, "a workspace with errors is never released"
    language = LANGUAGES[workspace.edition.value.lang]
    descriptor = f"{DATA}/{DESCRIPTOR}"
    found = [
        Attachment(WORKBOOK, files[WORKBOOK], say("The budget, with live formulas").text(language), "Data"),
        Attachment(DESCRIPTOR, files[descriptor], say("What the data hold").text(language), "Data"),
    ]
    for resource in json.loads(files[descriptor])["resources"]:
        path, title = resource["path"], resource["title"]
        found.append(Attachment(path, files[f"{DATA}/{path}"], title, "Data"))
    inputs: tuple[tuple[str, Message], ...] = (
        (EDITION, say("What the booklet was made from: the edition")),
        (SOURCES, say("What the booklet was made from: the sources")),
        (PARAMETERS, say("What the booklet was made from: the parameters")),
    )
    for path, description in inputs:
        if path in workspace.sources:
            name = path.rpartition("/")[2]
            found.append(_source(workspace, path, name, description.text(language)))
    taken = {attachment.name for attachment in found}
    for document in workspace.ready:
        name = f"{document.id}.yaml"
        if name in taken:
            name = f"{document.domain}.{name}"
        found.append(_source(workspace, document.source.path, name, document.value.title or ""))
    return tuple(found)


def _source(workspace: Workspace, path: str, name: str, description: str) -> Attachment:
    return Attachment(name, read_bytes(workspace.root, path), description, "Source")
