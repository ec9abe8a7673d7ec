"""Family C, the reference class of a proposal: asked where all rests on assumptions (C116), or useless (C117)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.checks.scopes import for_each_proposal
from booklet.checks.spans import span_of
from booklet.costs.optimism import ASKED, covers, is_assumed
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.checks.context import Context
    from booklet.content.proposal_files import ProposalDocument


@for_each_proposal
@rule("C116", "reference-class-missing", Severity.INFORMATION)
def reference_class_missing(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """Works, equipment or software rest on assumptions only, as all of the proposal, and no `reference_class` is named.

    With one, what projects of that kind came to cost stands beside the authors' figures. It changes none of them.

    Why
        Where nobody has a price yet, the overruns of projects of the same kind are the only measure of what is unknown.
        Authors know best what kind of project theirs is.

    Fails
        costs:
          - {nature: works, section: investissement, evidence: assumption, …}

    Passes
        reference_class: standard-civil-engineering
        costs:
          - {nature: works, section: investissement, evidence: assumption, …}

    Source
        UK HM Treasury, Green Book, supplementary guidance on optimism bias, table 2.
    """
    proposal = document.value
    if proposal.reference_class or document.is_broken("reference_class") or document.is_broken("costs"):
        return
    natures = [
        line.nature for line in proposal.costs if line.section == "investissement" and line.nature in ASKED
    ]
    if natures and is_assumed(proposal):
        yield reference_class_missing.at(
            document.key_span("costs"),
            say("costs that rest on assumptions only, and no `reference_class`"),
            say("name the kind of project in `reference_class`; the words are in `docs/format.md`"),
        )


@for_each_proposal
@rule("C117", "reference-class-not-applicable", Severity.WARNING)
def reference_class_not_applicable(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """A `reference_class` is named and not used: a line rests on better evidence, or no line is of that kind.

    Why
        The uplift is for those who have no figures of their own: beside a price from a contract or a comparison it
        would count the same doubt twice. And each class was measured on spending of its own kind.

    Fails
        reference_class: standard-building
        costs:
          - {nature: works, section: investissement, evidence: contract, …}

    Passes
        costs:
          - {nature: works, section: investissement, evidence: contract, …}

    Source
        UK HM Treasury, Green Book, supplementary guidance on optimism bias.
    """
    proposal, name = document.value, document.value.reference_class
    if name is None or document.is_broken("costs"):
        return
    better = [index for index, line in enumerate(proposal.costs) if line.evidence not in (None, "assumption")]
    if better:
        yield reference_class_not_applicable.at(
            span_of(document, "reference_class"),
            say("`{name}`, and not all lines rest on assumptions", name=name),
            say("take `reference_class` away: better evidence has a range of its own"),
            related=(
                Label(span_of(document, "costs", better[0], "evidence"), say("this line rests on more")),
            ),
        )
    elif not any(covers(name, line) for line in proposal.costs):
        yield reference_class_not_applicable.at(
            span_of(document, "reference_class"),
            say("`{name}`, and no line of that kind", name=name),
            say("name the class of most of the cost, or take `reference_class` away"),
        )
