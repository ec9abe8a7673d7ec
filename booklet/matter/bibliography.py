"""The sources that the booklet cites, each with the pages that do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jinja2 import Environment

from booklet.fiche import Page
from booklet.matter import SOURCES
from booklet.matter.index import fold
from booklet.model import Reference
from booklet.page import Numbered, fill_page


def fill_sources(
    environment: Environment,
    references: Mapping[str, Reference],
    cited_by: Mapping[str, Sequence[Numbered]],
) -> Page:
    """Fill the bibliography, ordered by label and then by title; `cited_by` gives the pages that cite each source.

    A source that only drafts cite is left out: no page of the booklet rests on it.
    """
    labels: Mapping[str, str] = environment.globals["source_labels"]  # type: ignore[assignment]
    ordered = sorted(
        ((id, reference) for id, reference in references.items() if cited_by.get(id)),
        key=lambda item: (fold(labels[item[0]]), fold(item[1].title)),
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
