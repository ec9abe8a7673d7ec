"""`parameters.yaml` and `booklet/law/`: dated values of the law."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from pydantic import ConfigDict, RootModel

from booklet.content.model.base import Model, field
from booklet.content.model.types import (
    Day,
    ParameterId,
    ParameterValue,
    Text,
    WebAddress,
)


class DatedValue(Model):
    """The value of one parameter of the law from one day on."""

    value: ParameterValue | None = field(
        "A percentage, an amount, a whole number, a price index or a list of words", needed="always"
    )
    reference: Text | None = field("Legal reference, absent where the text was not read")
    address: WebAddress | None = field("Where it was read")
    known_from: Day | None = field("First day on which the value could be known", needed="always")
    known_until: Day | None = field(
        "Last day for which it is known to hold: the date of the last document read; absent: the text has no end"
    )
    checked_at: WebAddress | None = field("Where it was found to hold until then, when not at `address`")


class Parameter(Model):
    """One parameter of the law, its values by the first day on which each holds."""

    description: Text = field("What it is", default="", needed="always")
    unit: Text = field("Unit of its values", default="", needed="always", french="unité")
    reduced: Literal["yes", "no"] = field(
        "Whether it is a reduced VAT rate, open to few natures", default="no"
    )
    values: Mapping[Day, DatedValue] = field("Values by first day", default={}, needed="always")

    def first_day(self, day: date) -> date | None:
        """The first day of the value that holds on a day; None before the first one."""
        return max((first for first in self.values if first <= day), default=None)

    def entry(self, day: date) -> DatedValue | None:
        """The dated value that holds on a day; None before the first one."""
        first = self.first_day(day)
        return self.values[first] if first is not None else None

    def known_until(self, first: date) -> date | None:
        """The last day for which the value of a first day is known to hold; None where nothing ends it.

        A later value ends it the day before, unless an earlier day is written.
        """
        written = self.values[first].known_until
        later = [other - timedelta(days=1) for other in self.values if other > first]
        return min([*later, *([written] if written else [])], default=None)

    def at(self, day: date) -> ParameterValue | None:
        """The value that holds on a day; None before the first one."""
        entry = self.entry(day)
        return entry.value if entry else None


class Parameters(RootModel[Mapping[ParameterId, Parameter]]):
    """The parameters of one file by id: the law of the tool, or what an edition adds to it."""

    model_config = ConfigDict(frozen=True, defer_build=True)
