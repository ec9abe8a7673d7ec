"""Keywords and terms of the glossary → the index: words in French order, with the proposals where they stand.

Keywords that differ by case or accents only are one entry, in the form that is typed most. A term of the glossary that
more than half of the proposals use leads to the glossary alone: a list of every page leads nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from booklet.chapters.fiche import Page
from booklet.chapters.parts import CLOSING, INDEX
from booklet.layout.page import Numbered, fill_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jinja2 import Environment

    from booklet.content.model.edition import Edition
    from booklet.content.model.proposal import Proposal
    from booklet.costs.portfolio import Portfolio

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "OE", "Æ": "AE"})
GLOSSARY = f"{CLOSING}:glossary"


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """Hold one word of the index, and the proposals it leads to, in the booklet's order."""

    word: str
    proposals: tuple[str, ...]
    is_in_glossary: bool = False


def fill_index(
    environment: Environment, edition: Edition, portfolio: Portfolio, page_by_target: Mapping[str, int]
) -> Page:
    """Fill the index, letter by letter."""
    titles = {costed.id: costed.document.value.title or "" for costed in portfolio.ready}

    def refer(entry: IndexEntry) -> list[Numbered]:
        return [Numbered(id, page_by_target[id], titles[id]) for id in entry.proposals]

    letters = [
        (letter, [(entry, refer(entry)) for entry in entries])
        for letter, entries in group_by_letter(gather_entries(edition, portfolio))
    ]
    glossary = page_by_target.get(GLOSSARY, 0)
    return Page(INDEX, fill_page(environment, "index.html", letters=letters, glossary=glossary))


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
    """Group sorted entries under their first letter; figures and signs come first, under none."""

    def letter(entry: IndexEntry) -> str:
        first = fold(entry.word)[:1].upper()
        return first if first.isalpha() else ""

    return ((head, list(group)) for head, group in groupby(entries, key=letter))


def fold(text: str) -> str:
    """Write a text without case and accents, its signs as spaces."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    letters = "".join(character for character in plain if not unicodedata.combining(character)).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", letters).split())


def french_key(text: str) -> tuple[str, tuple[int, ...], str]:
    """Order words as a French dictionary does: by letters, then by accents from the end (cote, côte, coté, côté)."""
    accents = [
        sum(map(ord, filter(unicodedata.combining, unicodedata.normalize("NFD", character))))
        for character in text
    ]
    return fold(text), tuple(reversed(accents)), text


def _best(counted: Counter[str]) -> str:
    """Choose the form that is typed most; of equal ones the one with most accents, then the first in order."""
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
    """Put end to end what a fiche says in its author's words, and the names of who pays."""
    paying = [edition.organisations.get(funding.funder or "") for funding in proposal.funding]
    names: Sequence[str | None] = [
        *(proposal.title, proposal.promise, proposal.problem, proposal.solution, proposal.uncertainty),
        *(line.label for line in (*proposal.costs, *proposal.revenues)),
        *(line.unit for line in (*proposal.costs, *proposal.revenues)),
        *(risk.risk for risk in proposal.risks),
        *(risk.answer for risk in proposal.risks),
        *(precedent.what for precedent in proposal.precedents),
        *(organisation.name for organisation in paying if organisation),
    ]
    return "\n".join(filter(None, names)).replace("’", "'")
