"""Gaps that the schema of a file cannot see: one key of two, keys that depend on another, a proposal without costs.

M102 (missing key), M103 (two keys where one is expected), C111, and M110 (words that are only examples).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from booklet.checks.context import Context, money_lines, severity_if_missing
from booklet.checks.scopes import for_each_document, for_each_proposal, for_workspace
from booklet.checks.spans import is_attempted, node_at, span_of
from booklet.content.model.fields import keys_of
from booklet.content.model.proposal import LINE_GROUPS, NATURES_WITHOUT_VAT, CostLine, Funding
from booklet.content.proposal_files import ProposalDocument
from booklet.content.samples import find_samples
from booklet.content.schema_rules import missing_key, wrong_type
from booklet.content.yaml.nodes import Scalar
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.document import Document
    from booklet.content.model.base import Model
    from booklet.content.model.fields import KeyPath


@for_each_proposal
def check_completeness(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """Require one of `spread` and `recurs` and a VAT rate on each line, one of `share` and `amount` on each funding."""
    for group, index, line in money_lines(document):
        yield from _require_one_of(document, CostLine, (group, index), ("spread", "recurs"))
        here = (group, index, "vat")
        needs_vat = line.nature is not None and line.nature not in NATURES_WITHOUT_VAT
        if needs_vat and line.vat is None and not is_attempted(document, CostLine, *here):
            span = document.key_span(*here) if document.has(*here) else span_of(document, group, index)
            yield from missing_key(span, _described(CostLine, "vat"), draft=not document.value.is_ready)
    for index, funding in enumerate(document.value.funding):
        yield from _require_one_of(document, Funding, ("funding", index), ("share", "amount"))
        if funding.loan is not None and funding.form in ("grant", "private"):
            yield from _find_loan_terms(document, index, funding.form)
    yield from _find_denied_cost(document)


def _find_denied_cost(document: ProposalDocument) -> Iterator[Diagnostic]:
    """Report a reason why nothing recurs beside a line that does (M103): the fiche would print both."""
    lines = enumerate(document.value.costs)
    recurring = next((index for index, line in lines if line.recurs is not None), None)
    if document.value.no_running_cost is not None and recurring is not None:
        span = document.key_span("costs", recurring, "recurs")
        yield wrong_type.at(
            document.key_span("no_running_cost"),
            say("`no_running_cost` beside a line that recurs, expected one of the two"),
            say("delete it, or the line's `recurs`"),
            related=(Label(span, say("`{first}` stands here", first="recurs")),),
        )


def _find_loan_terms(document: ProposalDocument, index: int, form: str) -> Iterator[Diagnostic]:
    """Report the terms of a loan beside another form of funding (M103)."""
    yield wrong_type.at(
        document.key_span("funding", index, "loan"),
        say("`loan` beside `form: {form}`, expected `form: loan`", form=form),
        say("write `form: loan`, or delete `loan`"),
        related=(
            Label(span_of(document, "funding", index, "form"), say("`{first}` stands here", first="form")),
        ),
    )


def _require_one_of(
    document: ProposalDocument, model: type[Model], path: KeyPath, keys: tuple[str, str]
) -> Iterator[Diagnostic]:
    """Report a group, at a path, that has both of two keys (M103) or neither (M102)."""
    if path in document.broken:
        return
    first, second = keys
    written = [key for key in keys if _is_filled(document, *path, key)]
    if len(written) == 2:
        label = Label(document.key_span(*path, first), say("`{first}` stands here", first=first))
        yield wrong_type.at(
            document.key_span(*path, second),
            say("`{second}` beside `{first}`, expected one of the two", first=first, second=second),
            say("keep one of the two"),
            related=(label,),
        )
    elif not written and not any(is_attempted(document, model, *path, key) for key in keys):
        empty = next((key for key in keys if document.has(*path, key)), None)
        span = document.key_span(*path, empty) if empty else span_of(document, *path)
        yield from missing_key(span, _described(model, *keys), draft=not document.value.is_ready, one_of=True)


def _described(model: type[Model], *keys: str) -> dict[str, Message]:
    return {key: keys_of(model)[key].description for key in keys}


def _is_filled(document: ProposalDocument, *path: str | int) -> bool:
    node = node_at(document, *path)
    return node is not None and not (isinstance(node, Scalar) and node.plain and not node.text)


@for_each_proposal
@rule("C111", "no-cost", Severity.ERROR)
def no_cost(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """A ready proposal costs, saves and earns nothing.

    With `costs: []` a proposal only saves, earns or gives up a revenue. In a draft this is information.

    Why
        The booklet prints costed solutions. An idea without a cost has its own list, `ideas` in `edition.yaml`, with
        the reason why it is not costed; it is never counted as 0 €.

    Fails
        status: ready
        costs: []

    Passes
        status: draft
        costs: []

    Source
        UK OBR, policy risks database; Canada PBO (a vague proposal is refused, not guessed).
    """
    lines = document.value.costs
    if not document.has("costs") or document.is_broken("costs"):
        return
    if lines and not all(_costs_nothing(line) for line in lines):
        return
    if not lines and not _is_written_empty(document):
        return
    others = (line for group, _, line in money_lines(document) if group != "costs")
    if any(map(document.is_broken, LINE_GROUPS)) or not all(map(_costs_nothing, others)):
        return
    yield no_cost.at(
        document.key_span("costs"),
        say("nothing is costed"),
        say("cost one line, or move the proposal to `ideas` in `edition.yaml`"),
        severity=severity_if_missing(document),
    )


def _is_written_empty(document: ProposalDocument) -> bool:
    """Check whether the author wrote `costs: []`, which is C111 and not a missing key."""
    if document.value.costs or not document.has("costs"):
        return False
    span = document.span("costs")
    return span.end > span.start


def _costs_nothing(line: CostLine) -> bool:
    unit_cost = line.unit_cost.range if line.unit_cost else None
    if unit_cost is None or line.quantity_range is None:
        return False
    units = (line.units_by_year or {}).values()  # of a ramp that ends with nothing
    return not unit_cost.high.value * Fraction(max(*line.quantity_range, *units))


@for_each_document
@rule("M110", "sample-text", Severity.ERROR)
def sample_text(document: Document[Any], context: Context) -> Iterator[Diagnostic]:
    """Words or figures are those of the file that `new` writes, or say that they are still to be written.

    In a draft this is information.

    Why
        The booklet would print a sentence of the instructions, and add up amounts that nobody estimated.

    Fails
        promise: Une phrase que chacun comprend, sans sigle.

    Passes
        promise: Un bus qui arrive à l'heure.

    Source
        Our own rule: what is printed was written for it.
    """
    severity = severity_if_missing(document) if isinstance(document, ProposalDocument) else None
    for path in find_samples(document, context.groups(document)):
        yield sample_text.at(
            span_of(document, *path),
            say("an example of the file that `new` writes, or a text that is still to be written"),
            say("write your own in its place, or delete it"),
            severity=severity,
        )


@for_workspace
def sample_text_of_a_source(context: Context) -> Iterator[Diagnostic]:
    """Report the texts of the bibliography that are still to be written (M110)."""
    if context.workspace.bibliography is not None:
        yield from sample_text(context.workspace.bibliography, context)
