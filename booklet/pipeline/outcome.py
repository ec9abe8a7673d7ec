"""What a build found in its pages → the store, so that an unchanged build reports it again and lays nothing out."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (pydantic reads the annotations)
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from booklet.cache.store import PAGE, Kind, Store, adapter
from booklet.diagnostics.diagnostic import BuildError, Diagnostic
from booklet.pipeline.release import find_current
from booklet.pipeline.staging import check_ours, only_build, recovered

if TYPE_CHECKING:
    from pathlib import Path

    from booklet.diagnostics.positions import Source
    from booklet.pipeline.analysis import Analysis
    from booklet.pipeline.manifest import Manifest

#: kind of the entries named after the digest of the inputs
OUTCOME: Kind = "outcome"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found in the pages of a build without errors."""

    #: page id → the store's entry of each page in which layout found something
    findings: Mapping[str, str]
    #: whether a release was made and neither checks nor layout had anything to report
    is_silent: bool

    def record(self, store: Store, inputs_sha256: str) -> None:
        """Put the outcome of some inputs into the store."""
        store.put(OUTCOME, inputs_sha256, adapter(Outcome).dump_json(self))


def read_outcome(store: Store, inputs_sha256: str) -> Outcome | None:
    """Read the outcome of some inputs; None where the store has none."""
    return store.load(OUTCOME, inputs_sha256, adapter(Outcome).validate_json)


def find_silent(root: Path, inputs_sha256: str, dist: Path, store: Store) -> Manifest | None:
    """Return the manifest of `dist/` if these inputs made it and there is nothing to report.

    Diagnostics depend on nothing but the inputs, so the inputs of a silent build need not be read. What prevents a
    build is left to the build, which comes after the checks.
    """
    outcome = read_outcome(store, inputs_sha256)
    if outcome is None or not outcome.is_silent:
        return None
    try:
        with only_build(root), recovered(dist):
            check_ours(dist)
            return find_current(dist, inputs_sha256, store)
    except (OSError, BuildError):
        return None


@dataclass(frozen=True, slots=True)
class Findings:
    """Diagnostics of layout, and the templates that some of them point into."""

    diagnostics: tuple[Diagnostic, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)


def repeat_findings(
    analysis: Analysis, templates: Path, store: Store, inputs_sha256: str, *, strict: bool
) -> Findings | None:
    """Repeat what layout found in the pages of a release; None where the store lost a page.

    A store without an outcome cannot tell whether there were warnings, which only `strict` has to know.
    """
    outcome = read_outcome(store, inputs_sha256)
    if outcome is None:
        return None if strict else Findings()
    if not outcome.findings:
        return Findings()

    from booklet.checks.engine import apply_settings
    from booklet.pdf.part import unpack_page  # pikepdf and Jinja, which nothing else needs here
    from booklet.pipeline.faults import LayoutFaults

    faults = LayoutFaults(analysis.workspace, templates)
    for id, name in outcome.findings.items():
        page = store.load(PAGE, name, unpack_page)
        if page is None:
            return None
        faults.examine_page(id, page)
    return Findings(apply_settings(analysis.workspace, faults.diagnostics), faults.sources)
