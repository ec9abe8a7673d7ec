"""Law as data: dated parameters, each value with its unit, its legal reference and the dates for which it is known.

`fr/*.yaml` → `Law`. The files are read by the same reader as proposals: raw texts, no YAML types, no float. A fault in
them is our own bug, so it is an assertion. In the manner of OpenFisca: a value holds from its date until the next one;
`known_from` is the first day on which it could be known, `known_until` the last day for which it is known to hold: the
day before the next value, or the date of the last document that shows it (at `checked_at`, if not at `address`). Where
only a page was read and not the law itself, the value starts on the date of that page.

`proposals/parameters.yaml` adds parameters in the same format, or replaces one whole, for another territory or a later
law. `law_as_of` in the edition keeps what could be known on a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeVar, get_args

from booklet.content.decode import decode
from booklet.content.model.cost_line import Nature
from booklet.content.model.edition import OrganisationKind
from booklet.content.model.parameters import DatedValue, Parameter, Parameters
from booklet.content.yaml.parse import parse
from booklet.diagnostics.positions import read_bytes
from booklet.installation import LAW
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.content.workspace import Workspace

__all__ = [
    "DISCOUNT_RATE",
    "FCTVA_LAG",
    "FCTVA_RATE",
    "PRICE_INDEX",
    "DatedValue",
    "Fctva",
    "Law",
    "Parameter",
    "Parameters",
    "expected_kind",
    "is_of_kind",
    "kind_of_value",
    "law_of",
    "load_law",
]

#: the parameters that the arithmetic of costs uses, by id; the discount rate as known when the term ends
FCTVA_RATE = "fctva.rate"
DISCOUNT_RATE = "discount.rate"
#: the years until the FCTVA is paid to a kind of organisation that says nothing else
FCTVA_LAG = "fctva.lag."
#: the ids of price indices begin so
PRICE_INDEX = "price-index."
#: ids that an edition may add, with the type of their values; no rule would use any other id
OPEN_FAMILIES: Mapping[re.Pattern[str], type[object]] = {
    re.compile(r"vat\..+"): Decimal,
    re.compile(rf"fctva\.rate\.({'|'.join(get_args(Nature))})"): Decimal,
    re.compile(rf"fctva\.lag\.({'|'.join(get_args(OrganisationKind))})"): int,
    re.compile(r"scheme\.[^.]+\.owners"): frozenset,
    re.compile(r"scheme\.[^.]+\.commune-below"): int,
    re.compile(r"competence\..+"): frozenset,
    re.compile(r"chef-de-file\..+"): frozenset,
    re.compile(r"impact-study\.receipts-from-[0-9]+"): Decimal,
    re.compile(r"impact-study\.amount-from-[0-9]+"): Euros,
    re.compile(rf"{re.escape(PRICE_INDEX)}[^.]+"): Fraction,
}
Kind = TypeVar("Kind", Decimal, Euros, int, frozenset[str])


@dataclass(frozen=True, eq=False)
class Fctva:
    """What the law says of the FCTVA on the spending of each budget year; None where no source does."""

    #: the rate, by nature of cost: that of the nature, else the one of all, which is that of no nature ("")
    rates: Mapping[str, tuple[Decimal | None, ...]]
    #: the years until it is paid, by kind of organisation
    lags: Mapping[str, tuple[int | None, ...]]


@dataclass(frozen=True)
class Law:
    """The parameters of the law, by id, with look-ups by day."""

    parameters: Mapping[str, Parameter]

    def parameter(self, id: str) -> Parameter:
        """Return a parameter; raises `KeyError` for an unknown id."""
        return self.parameters[id]

    def percent(self, id: str, day: date) -> Decimal | None:
        """Return a percentage in force on a day, as a fraction of one; None where no source says."""
        return self._of_kind(id, day, Decimal)

    def amount(self, id: str, day: date) -> Euros | None:
        """Return an amount in force on a day; None where no source says."""
        return self._of_kind(id, day, Euros)

    def count(self, id: str, day: date) -> int | None:
        """Return a whole number in force on a day; None where no source says."""
        return self._of_kind(id, day, int)

    def words(self, id: str, day: date) -> frozenset[str] | None:
        """Return a set of words in force on a day; None where no source says."""
        return self._of_kind(id, day, frozenset)

    def index(self, name: str, year: int) -> Fraction | None:
        """Return the value of a price index in a year; None where no source says, as no other year stands for it."""
        parameter = self.parameters.get(f"{PRICE_INDEX}{name}")
        dated = parameter.values.get(date(year, 1, 1)) if parameter else None
        value = dated.value if dated else None
        return Fraction(value) if isinstance(value, (int, Fraction)) and value else None

    def family(self, prefix: str) -> tuple[tuple[str, Parameter], ...]:
        """List the parameters whose id starts with a prefix, in the order of ids."""
        if prefix not in self._families:
            ids = (id for id in sorted(self.parameters) if id.startswith(prefix))
            self._families[prefix] = tuple((id, self.parameters[id]) for id in ids)
        return self._families[prefix]

    @cached_property
    def _families(self) -> dict[str, tuple[tuple[str, Parameter], ...]]:
        return {}

    def vat_rates(self, day: date) -> frozenset[Decimal]:
        """List the VAT rates of a day; none where no source says."""
        if day not in self._vat_rates:
            rates = (self.percent(id, day) for id, _ in self.family("vat."))
            self._vat_rates[day] = frozenset(rate for rate in rates if rate is not None)
        return self._vat_rates[day]

    @cached_property
    def _vat_rates(self) -> dict[date, frozenset[Decimal]]:
        return {}

    def reduced_vat_rates(self, day: date) -> frozenset[Decimal]:
        """List the reduced VAT rates of a day: administrative buildings and common purchases do not have them."""
        reduced = (id for id, parameter in self.family("vat.") if parameter.reduced == "yes")
        return frozenset(rate for id in reduced if (rate := self.percent(id, day)) is not None)

    def fctva(self, years: tuple[int, ...]) -> Fctva:
        """Return what holds for the spending of each year: the rates by nature, the lags by kind of owner."""
        days = [date(year, 1, 1) for year in years]
        of_all = [self.percent(FCTVA_RATE, day) for day in days]
        rates = {
            nature: tuple(
                rate if (own := self.percent(f"{FCTVA_RATE}.{nature}", day)) is None else own
                for rate, day in zip(of_all, days, strict=True)
            )
            for nature in ("", *get_args(Nature))
        }
        kinds = (id.removeprefix(FCTVA_LAG) for id, _ in self.family(FCTVA_LAG))
        return Fctva(
            rates, {kind: tuple(self.count(FCTVA_LAG + kind, day) for day in days) for kind in kinds}
        )

    def percents_by_year(self, years: tuple[int, ...]) -> dict[str, dict[int, Decimal | None]]:
        """Return every percentage on the first day of each year, by id and year, for exports."""
        rates = {
            id: {year: self.percent(id, date(year, 1, 1)) for year in years} for id in sorted(self.parameters)
        }
        return {
            id: by_year for id, by_year in rates.items() if any(rate is not None for rate in by_year.values())
        }

    def known_by(self, day: date) -> Law:
        """Return the law as it could be known on a day; parameters without a value by then are left out.

        On that day, the last value is known to hold until that day only, or until the end that its text announces.
        A value that starts later is known to hold on its first day.
        """
        kept: dict[str, Parameter] = {}
        for id, parameter in self.parameters.items():
            values = {
                first: value
                for first, value in parameter.values.items()
                if value.known_from is not None and value.known_from <= day
            }
            if values:
                last = max(values)
                limit = max(day, last)
                until = min(values[last].known_until or limit, limit)
                values[last] = values[last].model_copy(update={"known_until": until})
                kept[id] = parameter.model_copy(update={"values": values})
        return Law(kept)

    def _of_kind(self, id: str, day: date, kind: type[Kind]) -> Kind | None:
        if (id, day) not in self._value_by_day:
            parameter = self.parameters.get(id)
            self._value_by_day[id, day] = parameter.at(day) if parameter else None
        value = self._value_by_day[id, day]
        return value if isinstance(value, kind) else None

    @cached_property
    def _value_by_day(self) -> dict[tuple[str, date], object]:
        return {}  # few parameters and days, looked up for every line of every proposal


def kind_of_value(parameter: Parameter) -> type[object] | None:
    """Return the type that all values of a parameter have; None if they have several or none was readable."""
    kinds = {type(value.value) for value in parameter.values.values() if value.value is not None}
    if kinds == {int, Fraction}:  # a price index, which may be whole
        return Fraction
    return kinds.pop() if len(kinds) == 1 else None


def expected_kind(id: str) -> type[object] | None:
    """Return the type that the values of an edition's parameter must have; None for an id that no rule uses."""
    built_in = load_law().parameters.get(id)
    family = next((kind for pattern, kind in OPEN_FAMILIES.items() if pattern.fullmatch(id)), None)
    return kind_of_value(built_in) if built_in is not None and family is not Fraction else family


def is_of_kind(value: object, expected: type[object] | None) -> bool:
    """Check whether a value has the type that its parameter must have; a price index may be whole."""
    return type(value) is expected or (expected is Fraction and type(value) is int)


def law_of(workspace: Workspace) -> Law:
    """Merge the built-in law with `parameters.yaml`, as known on the edition's `law_as_of`.

    A parameter whose values have another type than expected is reported (M103) and left out.
    """
    law = load_law()
    if workspace.parameters is not None:
        added = {
            id: parameter
            for id, parameter in workspace.parameters.value.root.items()
            if (values := [one.value for one in parameter.values.values() if one.value is not None])
            and all(is_of_kind(value, expected_kind(id)) for value in values)
        }
        law = Law({**law.parameters, **added})
    as_of = workspace.edition.value.law_as_of if workspace.edition else None
    return law.known_by(as_of) if as_of is not None else law


@cache
def load_law() -> Law:
    """Read the built-in law, once per process."""
    parameters: dict[str, Parameter] = {}
    for path in sorted(LAW.glob("*.yaml")):
        for id, parameter in _read(path.name).items():
            assert id not in parameters, f"law/{path.name}: {id} is written twice"
            parameters[id] = parameter
    return Law(parameters)


def _read(name: str) -> Mapping[str, Parameter]:
    parsed = parse(name, read_bytes(LAW, name))
    assert not parsed.diagnostics, f"law/{name}: {parsed.diagnostics[0].message}"
    assert parsed.root is not None, f"law/{name} is empty"
    document, diagnostics = decode(Parameters, parsed.source, parsed.root)
    assert not diagnostics, f"law/{name}: {diagnostics[0].message} at {diagnostics[0].span.start}"
    return document.value.root
