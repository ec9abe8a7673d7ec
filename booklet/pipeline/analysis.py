"""Steps 1 to 6: a workspace compiled whole, as a build needs it, or checked where it changed since the last check."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from booklet.cache.digests import fingerprint
from booklet.checks.context import Context
from booklet.checks.engine import check_proposal, check_workspace, complete_check
from booklet.checks.incremental import CachedProposal, pack, unpack
from booklet.content.workspace import Folder, Workspace, read_workspace
from booklet.costs.portfolio import Portfolio, build_portfolio, finance_portfolio
from booklet.law.lookup import Law, law_of
from booklet.pipeline.inputs import fingerprint_rules

if TYPE_CHECKING:
    from pathlib import Path

    from booklet.cache.store import Store
    from booklet.costs.financing import Financings
    from booklet.diagnostics.diagnostic import Diagnostic

#: kind of the store's entry that holds what the last check found in each proposal
EXAMINED = "examined"
_LAST_CHECK = fingerprint("the last check")


@dataclass(frozen=True)
class Checked:
    """Hold a workspace and what was found in it."""

    workspace: Workspace
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class CheckedAgain(Checked):
    """Hold a workspace whose proposals were examined, now or in an earlier check, and are not held whole."""

    #: paths of the proposals that were examined now
    anew: tuple[str, ...]


@dataclass(frozen=True)
class Compiled(Checked):
    """Hold what steps 1 to 6 made: the workspace read, costed and checked."""

    portfolio: Portfolio | None

    @cached_property
    def law(self) -> Law:
        """Give the law that the edition is computed with."""
        return law_of(self.workspace)

    @cached_property
    def financings(self) -> Financings:
        """Follow every proposal from gross to net; empty while the term is not known."""
        if self.portfolio is None or self.workspace.edition is None:
            return {}
        return finance_portfolio(self.portfolio, self.workspace.edition.value, self.law)


def compile_workspace(root: Path) -> Compiled:
    """Read (1 to 3), cost (4), add up (5) and check (6) a workspace."""
    workspace = read_workspace(root)
    portfolio = build_portfolio(workspace)
    return Compiled(workspace, check_workspace(workspace, portfolio), portfolio)


def check_again(root: Path, store: Store) -> CheckedAgain:
    """Check a workspace; of proposals that did not change since the last check, what was found is told again.

    The diagnostics are those of `compile_workspace`.
    """
    folder = Folder(root)
    around = fingerprint("check", fingerprint_rules(), folder.digest_frame())
    digests = folder.digest_proposals()
    kept = unpack(store.get(EXAMINED, _LAST_CHECK), around, digests)
    anew = tuple(path for path in folder.proposals if path not in kept)
    frame = folder.frame
    context = Context(frame, None, law_of(frame))
    for path in anew:
        document, faults = folder.read_one(path)
        references = document.cross_references if document else None
        # of the document nothing else is held: 1 500 of them take 250 MB
        kept[path] = CachedProposal(digests.get(path), references, check_proposal(document, faults, context))
    if anew:
        # an image that was saved meanwhile may have been looked at before or after
        still = folder.digest_proposals()
        sure = {path: one for path, one in kept.items() if one.digest and one.digest == still.get(path)}
        store.put(EXAMINED, _LAST_CHECK, pack(around, sure))
    workspace = folder.know({path: one.references for path, one in kept.items()})
    diagnostics = complete_check(workspace, {path: one.checked for path, one in kept.items()})
    return CheckedAgain(workspace, diagnostics, anew)
