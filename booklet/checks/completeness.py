"""What a model alone cannot say about holes: one key of two, and keys that depend on another (M102 and M103)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.checks.context import Context, money_lines
from booklet.checks.places import is_attempted, node_at, place
from booklet.content.model.proposal import NATURES_WITHOUT_VAT, CostLine, Funding, Proposal
from booklet.content.schema_rules import missing_key, wrong_type
from booklet.content.yaml.nodes import Scalar
from booklet.diagnostics.diagnostic import Diagnostic, Label
from booklet.diagnostics.message import quote_all, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.model.base import Model
    from booklet.content.proposal_files import ProposalDocument


def check_completeness(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """Ask each line for exactly one of `spread` and `recurs`, its VAT, and each funding for its share or amount."""
    draft = not document.value.is_ready
    for group, index, line in money_lines(document):
        yield from _one_of(document, CostLine, (group, index), ("spread", "recurs"), draft)
        here = (group, index, "vat")
        needs_vat = line.nature is not None and line.nature not in NATURES_WITHOUT_VAT
        if needs_vat and line.vat is None and not is_attempted(document, CostLine, *here):
            span = document.key_span(*here) if document.has(*here) else place(document, group, index)
            yield from missing_key(span, "vat", draft=draft)
    for index in range(len(document.value.funding)):
        yield from _one_of(document, Funding, ("funding", index), ("share", "amount"), draft)
    if not document.has("funding") and not is_attempted(document, Proposal, "funding"):
        yield from missing_key(place(document), "funding", draft=draft)


def _one_of(
    document: ProposalDocument,
    model: type[Model],
    path: tuple[str | int, ...],
    keys: tuple[str, str],
    draft: bool,
) -> Iterator[Diagnostic]:
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
        span = document.key_span(*path, empty) if empty else place(document, *path)
        yield from missing_key(span, first, draft=draft, wanted=quote_all(keys))


def _is_filled(document: ProposalDocument, *path: str | int) -> bool:
    node = node_at(document, *path)
    return node is not None and not (isinstance(node, Scalar) and node.plain and not node.text)
