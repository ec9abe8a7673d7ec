"""Keywords and terms of the glossary → the index: words in French order, with the pages of the proposals that use them.

Keywords that differ by case or accents only are one entry, in the form that is typed most often. A term of the glossary
that more than half of the proposals use leads to the glossary alone: a list of nearly every page is of no use.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING

from booklet.charts.lettering import text_width, wrap_text
from booklet.layout.page import Numbered, fill_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from booklet.chapters.context import FillContext, PageNumbers
    from booklet.content.model.edition import Edition
    from booklet.content.model.proposal import Proposal
    from booklet.costs.portfolio import Portfolio

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "OE", "Æ": "AE"})
#: the columns of a page, in points (`closing.css`): how many and how wide, and what they hold, less a line to be safe
_COLUMNS, _WIDTH, _FIRST, _FURTHER = 3, 142, 670, 730
_SIZE, _LINE, _LETTER = 8.8, 11.8, 22
#: target of the glossary, a chapter of the closing pages
GLOSSARY = "closing:glossary"


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One word of the index, and the ids of the proposals that it leads to, in the order of the booklet."""

    word: str
    proposals: tuple[str, ...]
    is_in_glossary: bool = False


def fill_index(context: FillContext, numbers: PageNumbers) -> str:
    """Fill the index, letter by letter."""

    def refer(entry: IndexEntry) -> list[Numbered]:
        return [Numbered(id, numbers.stamp(id), context.titles[id]) for id in entry.proposals]

    glossary = numbers.stamp(GLOSSARY) if GLOSSARY in numbers.by_target else None
    words, heights = [], []
    for letter, entries in group_by_letter(gather_entries(context.edition, context.portfolio)):
        for index, entry in enumerate(entries):
            pages = refer(entry)
            stamps = [
                *(one.page for one in pages),
                *([glossary] if glossary and entry.is_in_glossary else []),
            ]
            printed = [entry.word, *("0" * stamp.digits for stamp in stamps)]
            words.append(("" if index else letter, entry, pages))
            heights.append(_LINE * _count_lines(", ".join(printed)) + (0 if index else _LETTER))
    columns = [[words[column] for column in page] for page in set_columns(heights)]
    return fill_page(context.environment, "index.html", pages=columns, glossary=glossary)


def set_columns(heights: Sequence[float]) -> list[list[slice]]:
    """Set words, of heights in points, in columns of pages: all are full but those of the last page, which end alike.

    WeasyPrint would lay the columns out again and again to balance them.
    """
    pages: list[list[slice]] = []
    first = 0
    while first < len(heights) or not pages:
        capacity = _FURTHER if pages else _FIRST
        columns = _fill_columns(heights, first, capacity)
        if len(columns) <= _COLUMNS:
            lower = (_LINE * lines for lines in range(1, ceil(capacity / _LINE)))
            balanced = (_fill_columns(heights, first, height) for height in lower)
            columns = next((found for found in balanced if len(found) <= _COLUMNS), columns)
        pages.append(columns[:_COLUMNS])
        first = pages[-1][-1].stop
    return pages


def _fill_columns(heights: Sequence[float], first: int, capacity: float) -> list[slice]:
    """Fill columns with the words from the first on; one that is higher than a column has one of its own."""
    columns, filled = [], 0.0
    for index in range(first, len(heights)):
        if filled and filled + heights[index] > capacity:
            columns.append(slice(first, index))
            first, filled = index, 0.0
        filled += heights[index]
    return [*columns, slice(first, len(heights))]


def _count_lines(text: str) -> int:
    return max(len(wrap_text(text, _WIDTH, _SIZE, lines=1_000)), ceil(text_width(text, _SIZE) / _WIDTH))


def gather_entries(edition: Edition, portfolio: Portfolio) -> tuple[IndexEntry, ...]:
    """Merge keywords and terms of the glossary, in French order."""
    forms: dict[str, Counter[str]] = {}
    proposals: dict[str, dict[str, None]] = {}
    for costed in portfolio.ready:
        for keyword in costed.document.value.keywords:
            folded = fold(keyword)
            forms.setdefault(folded, Counter())[keyword] += 1
            proposals.setdefault(folded, {})[costed.id] = None
    terms = {fold(entry.term): entry.term for entry in edition.glossary}
    texts = {costed.id: _text(costed.document.value, edition) for costed in portfolio.ready}
    for folded, term in terms.items():
        found = [id for id, text in texts.items() if _pattern(term).search(text)]
        forms[folded] = Counter({term: 1})
        if 2 * len(found) <= len(texts):
            proposals.setdefault(folded, {}).update(dict.fromkeys(found))
    order = {costed.id: index for index, costed in enumerate(portfolio.ready)}
    entries = [
        IndexEntry(
            _best(counted), tuple(sorted(proposals.get(folded, ()), key=order.__getitem__)), folded in terms
        )
        for folded, counted in forms.items()
    ]
    return tuple(sorted(entries, key=lambda entry: french_key(entry.word)))


def group_by_letter(entries: Iterable[IndexEntry]) -> Iterator[tuple[str, list[IndexEntry]]]:
    """Group sorted entries under their first letter; those that begin with a digit or a sign come first, under ""."""

    def letter(entry: IndexEntry) -> str:
        first = fold(entry.word)[:1].upper()
        return first if first.isalpha() else ""

    return ((head, list(group)) for head, group in groupby(entries, key=letter))


def fold(text: str) -> str:
    """Fold case and accents, and turn signs into single spaces: texts that fold alike are one word of the index."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    letters = "".join(character for character in plain if not unicodedata.combining(character)).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", letters).split())


def french_key(text: str) -> tuple[str, tuple[int, ...], str]:
    """Return the sort key of French dictionaries: letters, then accents from the end (cote, côte, coté, côté)."""
    accents = [
        sum(map(ord, filter(unicodedata.combining, unicodedata.normalize("NFD", character))))
        for character in text
    ]
    return fold(text), tuple(reversed(accents)), text


def _best(counted: Counter[str]) -> str:
    """Choose the form that is typed most often; of equally frequent ones the one with most accents, then the first."""
    return min(
        counted, key=lambda form: (-counted[form], form.isascii(), [-a for a in french_key(form)[1]], form)
    )


def _pattern(term: str) -> re.Pattern[str]:
    """Match a term as a word; an acronym as it is written, another word in any case and in the plural."""
    if term.upper() == term:
        return re.compile(rf"(?<!\w){re.escape(term)}(?!\w)")
    words = r"\s+".join(rf"{re.escape(word)}[sx]?" for word in term.replace("’", "'").split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _text(proposal: Proposal, edition: Edition) -> str:
    """Join the texts of a fiche that its authors wrote, and the names of its funders."""
    paying = [edition.organisations.get(funding.funder or "") for funding in proposal.funding]
    names: Sequence[str | None] = [
        *(proposal.title, proposal.promise, proposal.problem, proposal.solution, proposal.uncertainty),
        *(line.label for line in proposal.all_lines),
        *(line.unit for line in proposal.all_lines),
        *(risk.risk for risk in proposal.risks),
        *(risk.answer for risk in proposal.risks),
        *(precedent.what for precedent in proposal.precedents),
        *(organisation.name for organisation in paying if organisation),
    ]
    return "\n".join(filter(None, names)).replace("’", "'")
