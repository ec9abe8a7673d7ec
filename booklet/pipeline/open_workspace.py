"""A workspace that stays compiled, and workers that stay warm, between questions: for `build`, and for an editor.

Asked again after an edit, a page is laid out by a process that has its libraries, fonts, stylesheets and the lines that
did not change. The workers are a pool like any other (`pool`): one that passes its bounds is ended and replaced.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from booklet.diagnostics.diagnostic import BuildError, has_errors
from booklet.layout.styles import Styles
from booklet.pipeline.analysis import Analysis, analyse_workspace
from booklet.pipeline.build import Built, Previewed, Resources, build, preview
from booklet.pipeline.inputs import find_templates, fingerprint_inputs, read_digests

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from booklet.diagnostics.diagnostic import Diagnostic


class OpenWorkspace:
    """Answers of the files as they were last looked at: what is wrong, pages of a proposal, booklets, what changed."""

    def __init__(self, root: Path, resources: Resources) -> None:
        self._root, self._resources = root, resources
        #: digest of each input, by name, before it was read
        self._read: Mapping[str, str] = {}
        #: digest of all inputs; None where one is missing
        self.inputs: str | None = None
        #: the state before the last change, if it was asked for, to compare the costs of the two (`booklet.diff`)
        self.before: Analysis | None = None
        self._analysis: Analysis | None = None
        self.refresh()

    def refresh(self) -> tuple[str, ...]:
        """Look whether files changed, and list the inputs that did; they are read once something is asked."""
        read: Mapping[str, str] = {}
        self.inputs = None
        with suppress(OSError, BuildError):
            digests = read_digests(self._root, Styles(find_templates(self._root)))
            self.inputs, read = fingerprint_inputs(digests), digests.contents
        names = {*self._read, *read}
        changed = tuple(sorted(name for name in names if self._read.get(name) != read.get(name)))
        if changed or self.inputs is None:
            self.before, self._analysis = self._analysis, None
            self._read = read
        return changed

    @property
    def analysis(self) -> Analysis:
        """The compiled state of the files."""
        if self._analysis is None:
            self._analysis = analyse_workspace(self._root)
        return self._analysis

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong."""
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

    def build(self, dist: Path, *, strict: bool = False) -> Built:
        """Make every booklet or none (:func:`booklet.pipeline.build.build`)."""
        return build(self.analysis, self.inputs, dist, self._resources, strict=strict)
