"""What a check looks at: each decorator registers a function that the engine calls for every value of that scope.

A check is a rule (`@rule`), or a function that reports a rule declared elsewhere. Rules that only a command can check,
with values of its own (`layout`, `increase`, `workbook`), have no scope: the command calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from booklet.checks.context import Context
from booklet.content.document import Document
from booklet.content.proposal_files import ProposalDocument
from booklet.diagnostics.diagnostic import Diagnostic

DocumentCheck = Callable[[Document[Any], Context], Iterator[Diagnostic]]
ProposalCheck = Callable[[ProposalDocument, Context], Iterator[Diagnostic]]
WorkspaceCheck = Callable[[Context], Iterator[Diagnostic]]
D = TypeVar("D", bound=DocumentCheck)
P = TypeVar("P", bound=ProposalCheck)
W = TypeVar("W", bound=WorkspaceCheck)

#: called for every proposal, and for the edition
DOCUMENT_CHECKS: list[DocumentCheck] = []
#: called for every proposal
PROPOSAL_CHECKS: list[ProposalCheck] = []
#: called once: they compare proposals, or look at the edition and the other files around the proposals
WORKSPACE_CHECKS: list[WorkspaceCheck] = []
#: called once, by `print` alone
PRINT_CHECKS: list[WorkspaceCheck] = []


def for_each_document(check: D) -> D:
    """Register a check of one file: a proposal or the edition."""
    DOCUMENT_CHECKS.append(check)
    return check


def for_each_proposal(check: P) -> P:
    """Register a check of one proposal."""
    PROPOSAL_CHECKS.append(check)
    return check


def for_workspace(check: W) -> W:
    """Register a check of the workspace as a whole."""
    WORKSPACE_CHECKS.append(check)
    return check


def for_print_edition(check: W) -> W:
    """Register a check of the workspace that only the print edition has to pass."""
    PRINT_CHECKS.append(check)
    return check
