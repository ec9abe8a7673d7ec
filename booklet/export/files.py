"""A release's files beside the booklets: the workbook with live formulas, and the data."""

from __future__ import annotations

from booklet.export.datapackage import write_datapackage
from booklet.export.versioned_json import write_costs
from booklet.export.workbook import write_workbook
from booklet.financing import Financings
from booklet.language import Language
from booklet.law import Law
from booklet.portfolio import Portfolio
from booklet.workspace import Workspace

WORKBOOK = "budget.xlsx"
DATA = "data"
COSTS = "costs.json"


def make_files(
    workspace: Workspace, portfolio: Portfolio, financings: Financings, law: Law
) -> dict[str, bytes]:
    """Make every file of a release that is no booklet, by its path in `dist/`; the same inputs give the same bytes."""
    assert workspace.edition is not None, "a workspace with errors is never released"
    edition = workspace.edition.value
    references = workspace.bibliography.value.root if workspace.bibliography else {}
    rates = law.fctva_rates(portfolio.years)
    language = Language(edition.lang)
    package = write_datapackage(portfolio, edition, references, language, financings)
    return {
        WORKBOOK: write_workbook(portfolio, edition, references, language, financings, rates),
        f"{DATA}/{COSTS}": write_costs(portfolio, workspace).encode(),
        **{f"{DATA}/{name}": data for name, data in package.items()},
    }
