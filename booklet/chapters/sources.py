"""The sources that the booklet cites, each with the pages that do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.chapters.fiche import Page
from booklet.chapters.index import french_key
from booklet.chapters.parts import SOURCES
from booklet.layout.page import Numbered, fill_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment

    from booklet.content.model.sources import Reference


def fill_sources(
    environment: Environment,
    references: Mapping[str, Reference],
    cited_by: Mapping[str, Sequence[Numbered]],
) -> Page:
    """Fill the bibliography, ordered by label and then by title; `cited_by` gives the pages that cite each source.

    A source that no page cites, as one of a draft, is left out.
    """
    labels: Mapping[str, str] = environment.globals["source_labels"]  # type: ignore[assignment]
    ordered = sorted(
        (item for item in references.items() if item[0] in cited_by),
        key=lambda item: (french_key(labels[item[0]]), french_key(item[1].title)),
    )
    return Page(SOURCES, fill_page(environment, "sources.html", sources=ordered, cited_by=cited_by))


def source_labels(references: Mapping[str, Reference]) -> dict[str, str]:
    """Give each source the short label of its citations, "Batiweb, 2017", with a letter where two would be alike."""
    plain = {
        id: ", ".join(filter(None, [entry.publisher or entry.title, str(entry.year) if entry.year else ""]))
        for id, entry in references.items()
    }
    labels: dict[str, str] = {}
    for id, label in plain.items():
        alike = [other for other in plain if plain[other] == label]
        labels[id] = label if len(alike) == 1 else f"{label}{chr(ord('a') + alike.index(id))}"
    return labels
