"""The bibliography of the booklet: the sources that it cites, each with the pages that cite it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.chapters.index import french_key
from booklet.layout.page import fill_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.chapters.context import FillContext, PageNumbers
    from booklet.content.model.sources import Reference
    from booklet.content.part_ids import PartId

#: id of the part; its anchors are `sources:` and the id of a source
SOURCES: PartId = "sources"


def fill_sources(context: FillContext, numbers: PageNumbers) -> str:
    """Fill the bibliography, ordered by label and then by title; a source that no page cites is left out."""
    labels = context.source_labels
    cited = [(id, reference) for id, reference in context.references.items() if id in numbers.by_source]
    cited.sort(key=lambda item: (french_key(labels[item[0]]), french_key(item[1].title)))
    return fill_page(context.environment, "sources.html", sources=cited, cited_by=numbers.by_source)


def source_labels(references: Mapping[str, Reference]) -> dict[str, str]:
    """Return the short label by which each source is cited, "Batiweb, 2017", with a letter where two would be equal."""
    plain = {
        id: ", ".join(filter(None, [entry.publisher or entry.title, str(entry.year) if entry.year else ""]))
        for id, entry in references.items()
    }
    labels: dict[str, str] = {}
    for id, label in plain.items():
        alike = [other for other in plain if plain[other] == label]
        labels[id] = label if len(alike) == 1 else f"{label}{_letter(alike.index(id))}"
    return labels


def _letter(index: int) -> str:
    """Name a work among those of one label: a to z, then aa, ab…"""
    before, last = divmod(index, 26)
    return (_letter(before - 1) if before else "") + chr(ord("a") + last)
