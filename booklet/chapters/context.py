"""Analysed workspace → what chapters are filled from: content, costs, law, and templates in one language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from booklet.chapters.sources import source_labels
from booklet.layout.page import make_environment
from booklet.text.language import LANGUAGES, Language
from booklet.text.stamps import Stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from jinja2 import Environment

    from booklet.content.model.edition import Edition
    from booklet.content.model.sources import Reference
    from booklet.content.workspace import Workspace
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import Portfolio
    from booklet.law.lookup import Law
    from booklet.layout.page import Numbered

#: target whose page number is that of the last page of the body
LAST = ":last"


@dataclass(frozen=True)
class FillContext:
    """What every chapter may print; `PageNumbers` are separate, since layout changes them."""

    environment: Environment
    language: Language
    edition: Edition
    portfolio: Portfolio
    financings: Financings
    law: Law
    #: the bibliography, and the label by which each work is cited, by id
    references: Mapping[str, Reference]
    source_labels: Mapping[str, str]
    #: letters of the longest name of a list: all lists have letters of one size
    longest_name: int
    #: folder of the workspace, below which the images stand
    root: Path

    @classmethod
    def of(
        cls,
        workspace: Workspace,
        portfolio: Portfolio,
        financings: Financings,
        law: Law,
        templates: Path,
        language: Language | None = None,
    ) -> FillContext:
        """Open the templates for a workspace that has an edition, in its language unless another one is given."""
        assert workspace.edition is not None, "a workspace with errors is never built"
        edition = workspace.edition.value
        language = language or LANGUAGES[edition.lang]
        references = workspace.bibliography.value.root if workspace.bibliography else {}
        labels = source_labels(references)
        return cls(
            make_environment(templates, language, labels),
            language,
            edition,
            portfolio,
            financings,
            law,
            references,
            labels,
            max((len(one.name) for one in workspace.lists.value.root), default=0) if workspace.lists else 0,
            workspace.root,
        )

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Titles of the proposals that are printed, by id."""
        return {costed.id: costed.document.value.title or "" for costed in self.portfolio.ready}


@dataclass(frozen=True, slots=True)
class PageNumbers:
    """The page numbers of one body that its chapters print: guesses until every part is laid out."""

    #: first page of each part and of each anchor in one (`closing:glossary`), and `LAST`
    by_target: Mapping[str, int]
    #: pages that cite each source, by its id; a source that none cites is missing
    by_source: Mapping[str, Sequence[Numbered]]

    def stamp(self, target: str) -> Stamp:
        """Stand in for a page number among words, of as many digits; the linker knows it."""
        return Stamp(target, len(str(self.by_target[target])))
