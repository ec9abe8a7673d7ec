"""The chapters of the body: one table, walked by whoever needs their order, sides, contents, templates or fills.

A chapter is a row here, a template, a module with the function that fills it, and an id in `booklet.content.part_ids`.
The domains stand between `BEFORE` and `AFTER`, each with the pages that open it and its fiches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING

from booklet.chapters.closing import fill_closing
from booklet.chapters.context import FillContext, PageNumbers
from booklet.chapters.domain_pages import fill_domain
from booklet.chapters.index import fill_index, gather_entries
from booklet.chapters.opening import fill_opening
from booklet.chapters.order import BodyPart
from booklet.chapters.portfolio_pages import fill_portfolio
from booklet.chapters.running_foot import fill_blank, fill_numbers
from booklet.chapters.sources import fill_sources
from booklet.content.part_ids import DomainPartId, PartId, domain_part_id
from booklet.diagnostics.message import Message, say
from booklet.layout.overflow_report import FICHE_PAGES
from booklet.layout.page import ContentsEntry
from booklet.text.stamps import Stamp

if TYPE_CHECKING:
    from booklet.text.language import Language

#: writes the HTML of a chapter
Fill = Callable[[FillContext, PageNumbers], str]


class Stage(IntEnum):
    """When a chapter is filled for the first time, in the order in which a body is made.

    It is filled again whenever a page number that it prints has changed, so a chapter may come as soon as its content
    is known and its page numbers are well guessed.
    """

    #: with the fiches: its content is known, and it prints numbers of pages before the portfolio at most
    FICHES = 0
    #: once the files attached to the body are made
    ATTACHMENTS = 1
    #: once the chapters after the fiches are filled: it lists their headings
    HEADINGS = 2
    #: once every part that may cite a source is laid out
    CITATIONS = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the contents, printed where the chapter has the anchor; without an anchor it is the whole chapter."""

    title: Message
    anchor: str = ""

    def target(self, part: str) -> str:
        """Return the target of a link to this heading of a part."""
        return f"{part}:{self.anchor}" if self.anchor else part


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter(BodyPart):
    """One row of the table: a part of the body that is no fiche."""

    id: PartId | DomainPartId
    fill: Fill
    stage: Stage
    #: name of its template, for messages about it
    template: str
    headings: tuple[Heading, ...] = ()
    #: whether it reads the texts of proposals, which an edit changes most often
    reads_texts: bool = False
    #: whether it is drawn over the pages of others, not one of the body's parts
    is_layer: bool = False
    #: whether there is anything to print
    has_content: Callable[[FillContext], bool] = lambda _: True


def _fill_opening(context: FillContext, numbers: PageNumbers) -> str:
    before, after = (list_headings(chapters, numbers, context.language) for chapters in (BEFORE, AFTER))
    return fill_opening(context, before, after)


BEFORE: tuple[Chapter, ...] = (
    Chapter(
        id="opening",
        template="opening.html",
        fill=_fill_opening,
        stage=Stage.HEADINGS,
        pages=7,
        headings=(
            Heading(say("The essentials"), "essentials"),
            Heading(say("The territory"), "territory"),
            Heading(say("Who is who"), "parties"),
            Heading(say("Ideas that were not costed"), "ideas"),
        ),
    ),
)
AFTER: tuple[Chapter, ...] = (
    Chapter(
        id="portfolio",
        template="portfolio.html",
        fill=fill_portfolio,
        stage=Stage.FICHES,
        pages=9,
        headings=(
            Heading(say("The whole in figures"), "figures"),
            Heading(say("Year after year"), "spending"),
            Heading(say("Who pays"), "net"),
            Heading(say("After the term"), "after"),
            Heading(say("Every proposal on one ruler"), "ranges"),
            Heading(say("How sure it is"), "certainty"),
        ),
    ),
    Chapter(
        id="closing",
        template="closing.html",
        fill=fill_closing,
        stage=Stage.ATTACHMENTS,
        headings=(
            Heading(say("Who decides what, and when"), "decides"),
            Heading(say("Method"), "method"),
            Heading(say("Parameters of the law"), "parameters"),
            Heading(say("Equal treatment"), "treatment"),
            Heading(say("Version, errata, licences"), "colophon"),
            Heading(say("Glossary"), "glossary"),
        ),
    ),
    Chapter(
        id="index",
        template="index.html",
        fill=fill_index,
        reads_texts=True,
        stage=Stage.HEADINGS,
        headings=(Heading(say("Index")),),
        has_content=lambda context: bool(gather_entries(context.edition, context.portfolio)),
    ),
    Chapter(
        id="sources",
        template="sources.html",
        fill=fill_sources,
        stage=Stage.CITATIONS,
        headings=(Heading(say("Sources")),),
        has_content=lambda context: bool(context.references),
    ),
)
#: documents whose pages are used all over the body
WITHOUT_PLACE: tuple[Chapter, ...] = (
    Chapter(id="numbers", template="numbers.html", fill=fill_numbers, stage=Stage.FICHES, is_layer=True),
    Chapter(id="blank", template="blank.html", fill=fill_blank, stage=Stage.FICHES),
)


def list_parts(context: FillContext) -> tuple[BodyPart, ...]:
    """List the parts of a body in their order, chapters without content left out."""
    before, after = ([row for row in rows if row.has_content(context)] for rows in (BEFORE, AFTER))
    return (*before, *_list_domains(context), *after)


def _list_domains(context: FillContext) -> Iterator[BodyPart]:
    for domain in context.edition.domains:
        fiches = [costed.id for costed in context.portfolio.in_domain(domain)]
        if fiches:
            yield Chapter(
                id=domain_part_id(domain),
                template="domain.html",
                fill=partial(fill_domain, domain=domain),
                stage=Stage.FICHES,
                pages=2,
                opens_left=True,
            )
            yield from (BodyPart(id=id, pages=FICHE_PAGES, opens_left=True) for id in fiches)


def list_headings(
    chapters: Iterable[Chapter], numbers: PageNumbers, language: Language
) -> tuple[ContentsEntry, ...]:
    """List the headings of chapters that stand in the body, as the contents print them."""
    targets = ((heading.target(row.id), heading.title) for row in chapters for heading in row.headings)
    return tuple(
        ContentsEntry(target, title.text(language), Stamp(target))
        for target, title in targets
        if target in numbers.by_target
    )
