"""Family S: every figure has a source or an assumption; every source is cited, and is not too old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from booklet.checks.context import Context, severity_if_missing
from booklet.checks.scopes import for_each_document, for_workspace
from booklet.checks.spans import is_attempted, span_of
from booklet.content.model.cost_line import Earning, LostRevenue
from booklet.content.model.description import Beneficiaries, Carbon, Effect
from booklet.content.model.edition import Territory, TerritoryFigure
from booklet.content.model.proposal import CostLine
from booklet.content.paths import LISTS, SOURCES
from booklet.content.proposal_files import ProposalDocument
from booklet.content.scalars import SLUG
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from booklet.content.document import Document
    from booklet.content.model.base import Model
    from booklet.content.model.fields import KeyPath

#: a source published earlier, counted back from the edition's price year, is stale
FRESH_YEARS = 5


#: the keys that hold the figure of a group with a `source`: the first one written counts; a precedent has none
_FIGURE_KEYS: Mapping[type[Model], tuple[str, ...]] = {
    **dict.fromkeys((CostLine, Earning, LostRevenue), ("unit_cost",)),
    Effect: ("target", "baseline"),
    Carbon: ("tonnes_per_year",),
    Beneficiaries: ("number",),
    Territory: ("yearly_investment", "population"),
    TerritoryFigure: ("value",),
}


class SourcedFigure(NamedTuple):
    """A figure that needs a source or an assumption."""

    figure: KeyPath
    #: of the mapping with the keys `source` and `assumption`, and its model
    group: KeyPath
    model: type[Model]
    source: str | None
    assumption: str | None
    #: in the prices of a year that it names
    is_indexed: bool


def _figures(document: Document[Any], context: Context) -> Iterator[SourcedFigure]:
    for path, group in context.groups(document):
        keys = _FIGURE_KEYS.get(type(group))
        if keys is not None:
            key = next((key for key in keys if getattr(group, key) is not None), keys[0])
            source, assumption = getattr(group, "source", None), getattr(group, "assumption", None)
            is_indexed = getattr(group, "price_year", None) is not None
            yield SourcedFigure((*path, key), path, type(group), source, assumption, is_indexed)


@for_each_document
@rule("S101", "unsourced-figure", Severity.ERROR)
def unsourced_figure(document: Document[Any], context: Context) -> Iterator[Diagnostic]:
    """A figure has neither a source nor an assumption.

    It is asked of lines of costs, revenues, savings and lost revenue, effects, carbon, the number of beneficiaries, and
    the figures of the territory. In a draft this is information.

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
    severity = severity_if_missing(document) if isinstance(document, ProposalDocument) else None
    for found in _figures(document, context):
        if found.source is not None or found.assumption is not None or not document.has(*found.figure):
            continue
        if any(is_attempted(document, found.model, *found.group, key) for key in ("source", "assumption")):
            continue
        can_assume = "assumption" in found.model.model_fields
        yield unsourced_figure.at(
            span_of(document, *found.figure),
            say("a figure without `source` or `assumption`")
            if can_assume
            else say("a figure without `source`"),
            say(
                "add `source` with an id of `{path}`, or say under `assumption` what it rests on",
                path=SOURCES,
            )
            if can_assume
            else say("add `source` with an id of `{path}`", path=SOURCES),
            severity=severity,
        )


@for_each_document
@rule("S102", "stale-source", Severity.WARNING)
def stale_source(document: Document[Any], context: Context) -> Iterator[Diagnostic]:
    """A figure rests on a source published more than five years before the edition's price year.

    A source is told once per file that rests figures on it, at the first place. Texts may cite old sources, and so may
    precedents, and lines whose `price_year` an index brings to the edition's.

    Why
        Prices and uses change; a figure of ten years ago is not the cost of tomorrow.

    Fails
        # `prices: {year: 2019}`; in sources.yaml, etude-2012 has `year: 2012`
        source: etude-2012

    Passes
        # `prices: {year: 2019}`; in sources.yaml, etude-2016 has `year: 2016`
        source: etude-2016

    Source
        INSEE, TP01 and BT01 indices (the price of works moves every month); our own limit, in
        `booklet/checks/sources.py`.
    """
    bibliography, priced_in = context.workspace.bibliography, context.price_year
    if bibliography is None or priced_in is None:
        return
    groups_by_source: dict[str, list[KeyPath]] = {}
    for figure in _figures(document, context):
        if figure.is_indexed:
            continue
        cited = bibliography.value.root.get(figure.source or "")
        if figure.source is not None and cited and cited.year and cited.year < priced_in - FRESH_YEARS:
            groups_by_source.setdefault(figure.source, []).append((*figure.group, "source"))
    for source, (first, *others) in groups_by_source.items():
        yield stale_source.at(
            span_of(document, *first),
            say(
                "source of {year}, more than five years before the prices of {prices}",
                year=bibliography.value.root[source].year,
                prices=priced_in,
            ),
            related=(
                Label(span_of(bibliography, source, "year"), say("its year stands here")),
                *(Label(span_of(document, *other), say("cited here too")) for other in others),
            ),
        )


@for_workspace
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
        `docs/format.md`, "sources.yaml".
    """
    workspace = context.workspace
    if workspace.bibliography is None or workspace.edition is None or workspace.unread:
        return
    # any mention counts, even in a comment or an unreadable field: no source that is cited is ever reported
    uncited = dict.fromkeys(workspace.bibliography.value.root)
    for path, source in workspace.sources.items():
        if not uncited:
            return
        if path not in (LISTS, SOURCES):
            for cited in uncited.keys() & set(SLUG.findall(source.text)):
                del uncited[cited]
    for key in uncited:
        yield unused_source.at(
            workspace.bibliography.key_span(key),
            say("source `{id}` is cited nowhere", id=key),
            say("cite it, or delete it"),
        )
