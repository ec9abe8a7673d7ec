"""A workspace that stays compiled, and workers that stay warm, from one question to the next, for an editor.

Asked again after an edit, a page is laid out by a process that has its libraries, fonts, stylesheets and the lines that
did not change. The workers are a pool like any other (`pool`): one that passes its bounds is ended and replaced.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from booklet.diagnostics.diagnostic import has_errors
from booklet.layout.styles import Styles
from booklet.pipeline.analysis import Analysis, analyse_workspace
from booklet.pipeline.build import Previewed, Resources, preview
from booklet.pipeline.inputs import find_templates, read_digests

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor
    from pathlib import Path

    from booklet.cache.store import Store
    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.pipeline.queue import Progress


class OpenWorkspace:
    """Answers about a workspace: what is wrong, the pages of a proposal, what changed since it was last read."""

    def __init__(self, root: Path, store: Store, executor: Executor, progress: Progress) -> None:
        self._root, self._resources = root, Resources(store, lambda: nullcontext(executor), progress)
        #: digest of each input, by name, before it was read
        self._read: Mapping[str, str] = {}
        #: of the state before the last change, to compare the costs of the two (`booklet.diff`)
        self.before: Analysis | None = None
        self._analysis: Analysis | None = None

    def refresh(self) -> tuple[str, ...]:
        """Read the workspace again where a file changed; lists the inputs that did, all of them the first time."""
        digests = read_digests(self._root, Styles(find_templates(self._root))).contents
        names = {*self._read, *digests}
        changed = tuple(sorted(name for name in names if self._read.get(name) != digests.get(name)))
        if changed:
            self.before, self._analysis = self._analysis, analyse_workspace(self._root)
            self._read = digests
        return changed

    @property
    def analysis(self) -> Analysis:
        """The state of the files now."""
        self.refresh()
        assert self._analysis is not None, "an edition, readable or not, is an input"
        return self._analysis

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong now."""
        return self.analysis.diagnostics

    def lay_out(self, id: str) -> Previewed | None:
        """Lay a proposal out, a draft too, from the store where nothing changed; None while an error stands in its way.

        Raises `BuildError` where a file is saved meanwhile.
        """
        analysis = self.analysis
        portfolio = analysis.portfolio
        costed = [one for one in (*portfolio.ready, *portfolio.drafts) if one.id == id] if portfolio else []
        proposals = {document.source.path for document in analysis.workspace.proposals if document.id != id}
        elsewhere = [found for found in analysis.diagnostics if found.span.path not in proposals]
        if not costed or has_errors(elsewhere):
            return None
        return preview(analysis, costed, self._resources)
