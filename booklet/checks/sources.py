"""Family S: every figure says where it comes from, and every source is used and not too old."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from booklet.checks.context import Context, completeness
from booklet.checks.places import is_attempted, place
from booklet.content.model.edition import Territory, TerritoryFigure
from booklet.content.model.fields import groups_in, keys_of
from booklet.content.model.proposal import Beneficiaries, Carbon, CostLine, Effect
from booklet.content.proposal_files import SOURCES, ProposalDocument
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from booklet.content.document import Document
    from booklet.content.model.base import Model
    from booklet.content.model.fields import KeyPath

#: a source older than that at the edition's price year is stale
FRESH_YEARS = 5
#: an id as a whole word: no letter, digit, nor hyphen between such, on either side
_WORD = r"(?<![a-z0-9])(?<![a-z0-9]-){}(?![a-z0-9])(?!-[a-z0-9])"


#: the keys that hold the figure of a group with a `source`, the first one written is meant; a precedent has none
_FIGURE_KEYS: Mapping[type[Model], tuple[str, ...]] = {
    CostLine: ("unit_cost",),
    Effect: ("target", "baseline"),
    Carbon: ("tonnes_per_year",),
    Beneficiaries: ("number",),
    Territory: ("yearly_investment", "population"),
    TerritoryFigure: ("value",),
}


class SourcedFigure(NamedTuple):
    """The path of one figure, and of the group that says what it rests on."""

    figure: KeyPath
    group: KeyPath
    model: type[Model]
    source: str | None
    assumption: str | None


def _figures(document: Document[Any]) -> Iterator[SourcedFigure]:
    for path, group in groups_in(document.value):
        keys = _FIGURE_KEYS.get(type(group))
        if keys is not None:
            key = next((key for key in keys if getattr(group, key) is not None), keys[0])
            source, assumption = getattr(group, "source", None), getattr(group, "assumption", None)
            yield SourcedFigure((*path, key), path, type(group), source, assumption)


@rule("S101", "unsourced-figure", Severity.ERROR)
def unsourced_figure(document: Document[Any], context: Context) -> Iterator[Diagnostic]:
    """A figure has neither a source nor an assumption.

    It is asked of cost and revenue lines, effects, carbon, the number of beneficiaries, and the figures of the
    territory. In a draft this is information.

    Why
        A reader must be able to check every figure. An assumption is honest: it says in words that the authors chose
        the figure, and why.

    Fails
        unit_cost: 12 000 €
        evidence: benchmark

    Passes
        unit_cost: 12 000 €
        evidence: benchmark
        source: batiweb-2017

    Source
        Australian PBO, costing minutes (assumptions and data sources of every figure).
    """
    severity = completeness(document) if isinstance(document, ProposalDocument) else None
    for found in _figures(document):
        if found.source is not None or found.assumption is not None or not document.has(*found.figure):
            continue
        if any(is_attempted(document, found.model, *found.group, key) for key in ("source", "assumption")):
            continue
        can_assume = "assumption" in keys_of(found.model)
        yield unsourced_figure.at(
            place(document, *found.figure),
            say("a figure without `source` or `assumption`")
            if can_assume
            else say("a figure without `source`"),
            say("add `source: ID` of `{path}`, or say in words what `assumption:` it rests on", path=SOURCES)
            if can_assume
            else say("add `source: ID` of `{path}`", path=SOURCES),
            severity=severity,
        )


@rule("S102", "stale-source", Severity.WARNING)
def stale_source(document: Document[Any], context: Context) -> Iterator[Diagnostic]:
    """A figure rests on a source published more than five years before the edition's price year.

    A source is told once per file that rests figures on it, at the first place. Texts may cite old sources, and so may
    precedents.

    Why
        Prices and uses change; a figure of ten years ago is not the cost of tomorrow.

    Fails
        # prices: {year: 2019}; in sources.yaml, etude-2012 has `year: 2012`
        source: etude-2012

    Passes
        # prices: {year: 2019}; in sources.yaml, etude-2016 has `year: 2016`
        source: etude-2016

    Source
        INSEE, TP01 and BT01 indices (the price of works moves every month); our own limit, in
        `booklet/checks/sources.py`.
    """
    bibliography, priced_in = context.workspace.bibliography, context.price_year
    if bibliography is None or priced_in is None:
        return
    groups_by_source: dict[str, list[KeyPath]] = {}
    for figure in _figures(document):
        cited = bibliography.value.root.get(figure.source or "")
        if figure.source is not None and cited and cited.year and cited.year < priced_in - FRESH_YEARS:
            groups_by_source.setdefault(figure.source, []).append((*figure.group, "source"))
    for source, (first, *others) in groups_by_source.items():
        yield stale_source.at(
            place(document, *first),
            say(
                "source of {year}, more than five years before the prices of {prices}",
                year=bibliography.value.root[source].year,
                prices=priced_in,
            ),
            related=(
                Label(place(bibliography, source, "year"), say("its year stands here")),
                *(Label(place(document, *other), say("cited here too")) for other in others),
            ),
        )


@rule("S104", "unused-source", Severity.INFORMATION)
def unused_source(context: Context) -> Iterator[Diagnostic]:
    """A source of the bibliography is cited nowhere.

    Why
        It would be printed as if the booklet rested on it.

    Fails
        # in sources.yaml; nothing cites it
        batiweb-2017: {title: Bilan Anah 2016}

    Passes
        # in sources.yaml; a proposal has `source: batiweb-2017`, or `[@batiweb-2017]` in a text
        batiweb-2017: {title: Bilan Anah 2016}

    Source
        FORMAT, "sources.yaml".
    """
    workspace = context.workspace
    if workspace.bibliography is None or workspace.edition is None or workspace.unread:
        return
    # any mention of the id counts, even in a comment or a field that could not be read: this rule never blames wrongly
    texts = [source.text for path, source in workspace.sources.items() if path != SOURCES]
    for key in workspace.bibliography.value.root:
        word = re.compile(_WORD.format(re.escape(key)))
        # looking for the bare letters first is many times faster than looking for a word
        if not any(key in text and word.search(text) for text in texts):
            yield unused_source.at(
                workspace.bibliography.key_span(key),
                say("source `{id}` is cited nowhere", id=key),
                say("cite it, or delete it"),
            )
