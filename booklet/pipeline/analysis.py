"""Steps 1 to 6: a workspace read, costed and checked as a whole for a build, or incrementally for `check`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from booklet.cache.digests import fingerprint
from booklet.checks.context import Context
from booklet.checks.engine import check_proposal, check_workspace, complete_check
from booklet.checks.incremental import CachedProposal, pack, unpack
from booklet.content.workspace import Folder, Workspace, read_workspace
from booklet.costs.portfolio import Portfolio, build_portfolio, finance_portfolio
from booklet.law.lookup import Law, law_of
from booklet.layout.fonts import digest_fonts
from booklet.pipeline.forecast import foretell
from booklet.pipeline.inputs import fingerprint_rules
from booklet.pipeline.two_processes import check_in_two, examine_in_two

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from booklet.cache.store import Kind, Store
    from booklet.costs.financing import Financings
    from booklet.diagnostics.diagnostic import Diagnostic

#: kind of the store's entry with the findings of the last check in each proposal
EXAMINED: Kind = "examined"
_LAST_CHECK = fingerprint("the last check")


@dataclass(frozen=True)
class IncrementalCheck:
    """A workspace of which each proposal was examined now or in an earlier check; none is in memory as a whole."""

    workspace: Workspace
    diagnostics: tuple[Diagnostic, ...]
    #: paths of the proposals that were examined now
    anew: tuple[str, ...]


@dataclass(frozen=True)
class Analysis:
    """A workspace that was read and costed, and is checked once somebody asks: the result of steps 1 to 6."""

    workspace: Workspace
    portfolio: Portfolio | None

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that is found in it."""
        return check_workspace(self.workspace, self.portfolio, check_in_two)

    @cached_property
    def law(self) -> Law:
        """The law that the edition is computed with."""
        return law_of(self.workspace)

    @cached_property
    def financings(self) -> Financings:
        """Every proposal from gross to net cost; empty without a term."""
        if self.portfolio is None or self.workspace.edition is None:
            return {}
        return finance_portfolio(self.portfolio, self.workspace.edition.value, self.law)


#: a workspace and its diagnostics
CheckedWorkspace = Analysis | IncrementalCheck


def analyse_workspace(root: Path) -> Analysis:
    """Read (1 to 3), cost (4), add up (5) and check (6) a workspace."""
    workspace = read_workspace(root)
    return Analysis(workspace, build_portfolio(workspace))


def check_incrementally(
    root: Path, store: Store, unsaved: Mapping[str, bytes | None] = MappingProxyType({})
) -> IncrementalCheck:
    """Check a workspace, reusing the findings of the last check in proposals that did not change since.

    The diagnostics are those of `analyse_workspace`, and what the last layout found (R106), as information.
    `unsaved`: as of `Folder`.
    """
    folder = Folder(root, unsaved)
    frame_digest = fingerprint("check", fingerprint_rules(), folder.digest_frame(), digest_fonts(root))
    digests = folder.digest_proposals()
    cached = store.load(EXAMINED, _LAST_CHECK, lambda data: unpack(data, frame_digest, digests)) or {}
    anew = tuple(path for path in folder.proposals if path not in cached)
    frame = folder.frame
    context = Context(frame, None, law_of(frame))

    def examine(path: str) -> CachedProposal:
        document, faults = folder.read_one(path)
        references = document.cross_references if document and document.is_whole else None
        # a hint on a link that cannot be read depends on all titles
        digest = None if document and document.is_broken("links") else digests.get(path)
        # no document stays in memory: 1 500 of them take 250 MB
        return CachedProposal(digest, references, check_proposal(document, faults, context))

    cached |= examine_in_two(anew, examine)
    if anew:
        # an image may have been saved meanwhile, before or after it was examined
        still = folder.digest_proposals()
        unchanged = {
            path: one for path, one in cached.items() if one.digest and one.digest == still.get(path)
        }
        store.put(EXAMINED, _LAST_CHECK, pack(frame_digest, unchanged))
    workspace = folder.restore({path: one.references for path, one in cached.items()})
    checked = {path: one.checked for path, one in cached.items()}
    found = (*complete_check(workspace, checked, context.list_names), *foretell(store, workspace))
    diagnostics = tuple(sorted(found, key=lambda finding: finding.order))
    return IncrementalCheck(workspace, diagnostics, anew)
