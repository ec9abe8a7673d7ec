"""What chapters are filled from, for tests that fill one without a build."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from booklet.chapters.context import FillContext, PageNumbers
from booklet.chapters.sources import source_labels
from booklet.layout.page import make_environment
from booklet.pipeline.analysis import Analysis, analyse_workspace
from tests.samples.commands import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from booklet.content.model.sources import Reference
    from booklet.layout.page import Numbered
    from booklet.text.language import Language

TEMPLATES = ROOT / "templates"


def context_of(analysis: Analysis, language: Language | None = None) -> FillContext:
    """Open the templates for an analysed workspace, in its language unless another one is given."""
    assert analysis.portfolio is not None
    return FillContext.of(
        analysis.workspace, analysis.portfolio, analysis.financings, analysis.law, TEMPLATES, language
    )


def read_context(root: Path, language: Language | None = None) -> FillContext:
    """Compile a workspace and open the templates for it."""
    return context_of(analyse_workspace(root), language)


def with_references(context: FillContext, references: Mapping[str, Reference]) -> FillContext:
    """Replace the bibliography."""
    labels = source_labels(references)
    environment = make_environment(TEMPLATES, context.language, labels)
    return replace(context, environment=environment, references=references, source_labels=labels)


def page_numbers(
    by_target: Mapping[str, int], by_source: Mapping[str, Sequence[Numbered]] | None = None
) -> PageNumbers:
    """Make up page numbers."""
    return PageNumbers(by_target, by_source or {})
