"""7. Proposal → fiche: a view of the proposal in words, printed tables and charts, filled into its template.

A fiche knows neither its page number nor its line numbers, so a longer neighbour, a comment or a moved line does not
render it again (`Page.fingerprint`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from booklet.chapters.fiche_tables import cost_table, year_table
from booklet.chapters.page import Page, digest_images
from booklet.charts.funding_bar import lay_out_funding_bar
from booklet.charts.gantt import GanttWords, lay_out_gantt
from booklet.content.model.fields import groups_in, ids_naming
from booklet.content.model.words import PHASE_NAMES
from booklet.costs.optimism import find_uplift
from booklet.diagnostics.message import Message, say
from booklet.layout.page import fill_page
from booklet.tables.certainty import describe_likelihood, describe_uplift
from booklet.tables.funding_plan import funding_plan
from booklet.tables.key_figures import find_key_figures
from booklet.tables.net_tables import describe_unit_costs, fiche_net_table
from booklet.tables.wording import Wording
from booklet.text.markdown import cited

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from booklet.chapters.context import FillContext
    from booklet.content.model.proposal import Phase, Proposal
    from booklet.costs.portfolio import CostedProposal
    from booklet.money.calendar import Month
    from booklet.text.language import Language

_RELATIONS = {
    "needs": say("Needs:"),
    "overlaps": say("Does part of the same as:"),
    "conflicts": say("Cannot be done together with:"),
}


def fill_fiche(context: FillContext, costed: CostedProposal, titles: Mapping[str, str]) -> Page:
    """Fill the fiche of one proposal; `titles` are those of the proposals that it may link to, by id."""
    proposal, edition = costed.document.value, context.edition
    financings, language = context.financings, context.language
    term = edition.budget_term
    assert term is not None, "an edition with faults is never printed"
    images = [(figure, figure.file) for figure in proposal.figures if figure.file]
    names = {id: organisation.name for id, organisation in edition.organisations.items()}
    html = fill_page(
        context.environment,
        "fiche.html",
        edition=edition,
        domain=edition.domains[costed.domain],
        proposal=proposal,
        owner=", ".join(names[id] for id in proposal.owners if id in names),
        key_figures=find_key_figures(costed, edition, financings),
        cost_table=cost_table(costed, language, names),
        year_table=year_table(costed, financings, language),
        gantt=lay_out_gantt(proposal, term, gantt_words(Wording(language))),
        funding=funding_plan(costed, edition, financings, language),
        funding_bar=lay_out_funding_bar(costed, edition, financings, language),
        net_table=fiche_net_table(costed, financings, language, names),
        unit_costs=describe_unit_costs(costed, edition, language),
        likelihood=describe_likelihood(costed, language),
        uplift=describe_uplift(find_uplift(costed, context.law, term.first_year), language),
        related=_related(proposal, titles, language),
        sources=[(id, context.references[id]) for id in cited_sources(proposal) if id in context.references],
        images=[(figure, quote(file)) for figure, file in images],
    )
    if not images:
        return Page(costed.id, html, is_fiche=True, is_part=True)
    # addresses of images are relative, so that the HTML is the same on every machine; their bytes are digested apart
    folder, files = context.root / costed.document.folder, tuple(file for _, file in images)
    return Page(costed.id, html, folder, files, digest_images(folder, files), is_fiche=True, is_part=True)


def gantt_words(wording: Wording) -> GanttWords:
    """Write the words of a timeline: `travaux, mai 2022 – déc. 2025`, `Décision · oct. 2020`."""
    language = wording.language

    def note(phase: Phase) -> str:
        kind = PHASE_NAMES[phase.kind or "works"].text(language)
        months = (wording.short_month(month) for month in (phase.start, phase.end) if month is not None)
        return f"{kind}, {' – '.join(months)}"

    def mark(words: Message) -> Callable[[Month], str]:
        return lambda month: f"{words.text(language)} · {wording.short_month(month)}"

    return GanttWords(note, mark(say("Decision")), mark(say("In service")))


def cited_sources(proposal: Proposal) -> tuple[str, ...]:
    """List the ids of the sources that a proposal cites, each once: those of its texts, then those of its data."""
    texts = (proposal.problem, proposal.solution, proposal.uncertainty)
    in_texts = (source for text in texts if text for source in cited(text).sources)
    # those of lists first, cost lines above all, then of groups, then of single keys
    in_data = sorted(ids_naming("source", groups_in(proposal)), key=lambda found: -len(found[0]))
    return tuple(dict.fromkeys([*in_texts, *(source for _, source in in_data)]))


def _related(
    proposal: Proposal, titles: Mapping[str, str], language: Language
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    groups = ((words, getattr(proposal.links, name)) for name, words in _RELATIONS.items())
    return tuple(
        (words.text(language), tuple((id, titles[id]) for id in ids if id in titles))
        for words, ids in groups
        if ids
    )
