"""The terms of a loan, of which `booklet/costs/loans.py` makes a schedule."""

from __future__ import annotations

from typing import Literal

from booklet.content.model.base import Model, field
from booklet.content.model.types import MonthField, Percent, WholeNumber

Repayment = Literal["level", "equal_principal"]
#: instalments fall in whole months, all of them as far apart
INSTALMENTS = (1, 2, 3, 4, 6, 12)
#: longer than any loan to a local authority, and short enough to be written out
MAX_YEARS = 60


class Loan(Model):
    """The terms of a loan: instalments of one length, the first of them one such length after the money is drawn."""

    rate: Percent | None = field("Interest for a year", needed="ready", french="taux")
    years: WholeNumber | None = field("Years over which it is paid back", needed="ready", french="durée, ans")
    instalments: WholeNumber | None = field(
        "Instalments a year: 1, 2, 3, 4, 6 or 12", needed="ready", french="échéances, échéances par an"
    )
    repayment: Repayment | None = field(
        "What stays the same: the instalment, or the principal in it",
        needed="ready",
        french="remboursement, amortissement, mode?, profil?",
    )
    drawn: MonthField | None = field(
        "Month in which the money is drawn", needed="ready", french="tiré, versé, mobilisé, mobilisation?"
    )
