"""A line of cost or of revenue: quantity × unit cost, when it is paid, its VAT, and what it rests on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Tag

from booklet.content.model.base import Model, field
from booklet.content.model.types import (
    Money,
    MonthField,
    OrganisationId,
    Percent,
    Price,
    Quantity,
    Slug,
    SourceId,
    Text,
    Year,
)
from booklet.content.shorthand import YEARS, gather_years, read_quantities, spread_price
from booklet.money.calendar import Month
from booklet.money.euros import Range as EuroRange
from booklet.text.look_alikes import to_plain

Section = Literal["investissement", "fonctionnement"]
SECTIONS: tuple[Section, ...] = ("investissement", "fonctionnement")
#: the three amounts of a unit cost
EstimateName = Literal["low", "central", "high"]
ESTIMATES: tuple[EstimateName, ...] = ("low", "central", "high")
Nature = Literal["works", "equipment", "software", "service", "staff", "land", "grant"]
#: natures that bear no VAT, so that `vat` may be left out (0 %)
NATURES_WITHOUT_VAT: frozenset[Nature] = frozenset({"staff", "grant", "land"})
#: units of a staff line that counts full-time equivalents, whose cost is one of a year
FULL_TIME = re.compile(
    r"(?:(?:agents?|postes?|emplois?|salariés?|personnes?) (?:à |en )?)?"
    r"(?:etpt?s?|ftes?|équivalents? temps pleins?(?: travaillés?)?|temps pleins?|full time equivalents?)"
    r"(?: ?/ ?ans?| par an| annuels?| an| ?/ ?year| per year| a year)?"
)
Evidence = Literal["contract", "benchmark", "expert", "assumption"]
VatRegime = Literal["fctva", "assujetti", "aucun"]


def by_shape(raw: object) -> str:
    """The tag of a union of a group of keys and a single value."""
    return "mapping" if isinstance(raw, dict) else "scalar"


class Estimate(Model):
    """The low, central and high unit cost of a line; one amount stands for all three."""

    low: Price | None = field("Low estimate", needed="ready", french="bas, basse, mini?, minimum, min?")
    central: Price | None = field(
        "Central estimate", needed="ready", french="moyen, moyenne, médian, médiane, probable, centrale"
    )
    high: Price | None = field("High estimate", needed="ready", french="haut, haute, maxi?, maximum, max?")

    @property
    def range(self) -> EuroRange | None:
        """The three amounts; None unless all are known."""
        if self.low is None or self.central is None or self.high is None:
            return None
        return EuroRange(self.low, self.central, self.high)


#: one amount, or low, central and high
UnitCost = Annotated[Estimate, BeforeValidator(spread_price, json_schema_input_type=Money | Estimate)]


class Quantities(Model):
    """The low, central and high number of units of a line; one number stands for all three."""

    low: Quantity | None = field("Low number", needed="ready", french="bas, basse, mini?, minimum, min?")
    central: Quantity | None = field(
        "Central number", needed="ready", french="moyen, moyenne, médian, médiane, probable, centrale"
    )
    high: Quantity | None = field("High number", needed="ready", french="haut, haute, maxi?, maximum, max?")

    @property
    def known(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """The three numbers; None unless all are known."""
        if self.low is None or self.central is None or self.high is None:
            return None
        return self.low, self.central, self.high

    @property
    def varies(self) -> bool:
        """Whether the three are not one."""
        return len({self.low, self.central, self.high}) > 1


#: one number, or low, central and high
UnitCount = Annotated[
    Quantities, BeforeValidator(read_quantities, json_schema_input_type=Quantity | Quantities)
]


class Recurrence(Model):
    """When a line recurs: from a month on, or by the units of each year until they stay the same.

    Without `until`, and with such a ramp, it goes on after the term.
    """

    first: MonthField | None = field("First month", alias="from", needed="alone", french="début, depuis")
    until: MonthField | None = field(
        "Last month, included; absent: goes on after the term", french="fin, jusque, jusqu'à"
    )
    units: Mapping[Year, Quantity] = field("Units of each year of a ramp", alias=YEARS, default={})
    then: Quantity | None = field(
        "Units of each year after the ramp, in the term and after it",
        needed="alone",
        french="puis, ensuite, après",
    )

    @property
    def is_ramp(self) -> bool:
        """Whether the line recurs by the units of each year."""
        return bool(self.units) or self.then is not None

    @property
    def implied(self) -> frozenset[str]:
        """A ramp needs no first month, and months need no `then`."""
        return frozenset({"from"} if self.is_ramp else {"then"})

    @property
    def start(self) -> Month | None:
        """The first month; of a ramp, January of its first year."""
        if self.is_ramp:
            return Month(min(self.units), 1) if self.units else None
        return self.first


#: months, or a ramp
WhenRecurs = Annotated[Recurrence, BeforeValidator(gather_years)]


#: the id of a phase (even by month), or units per budget year
Spread = Annotated[
    Annotated[Text, Tag("scalar")] | Annotated[Mapping[Year, Quantity], Tag("mapping")],
    Discriminator(by_shape),
]


class CostLine(Model):
    """One line of cost or of revenue: quantity × unit cost, spread or recurring."""

    label: Text | None = field(
        "What is bought, paid or received",
        needed="ready",
        french="titre, intitulé, libellé, nom, désignation, poste?, objet?, description?",
    )
    section: Section | None = field("Budget section", needed="ready")
    nature: Nature | None = field("Nature of the spending", needed="ready", french="type, genre, catégorie?")
    quantities: UnitCount | None = field(
        "Number of units: one number, or low, central and high",
        alias="quantity",
        needed="alone",
        french="quantité, nombre, qté, volume?",
    )
    unit: Text | None = field("Unit, free text; `ETP` for staff", needed="ready", french="unité")
    unit_cost: UnitCost | None = field(
        "One amount, or low, central and high",
        needed="ready",
        french="coût?, coûts?, dépenses?, coût unitaire, prix unitaire, prix?, montant?, tarif?, budget?",
    )
    spread: Spread | None = field(
        "A phase, or units per budget year as {2021: 50, 2022: 100}",
        french="répartition, étalement, phase, calendrier?, échéancier?",
    )
    recurs: WhenRecurs | None = field(
        "Yearly cost, from a month on, or by the units of each year until they stay the same",
        french="récurrence, récurrent, annuel?, chaque année?",
    )
    vat: Percent | None = field("VAT rate; not needed for staff, grant and land", french="tva, taux de tva")
    price: Literal["ht", "ttc"] | None = field(
        "Overrides the edition's price basis for this line", french="prix"
    )
    price_year: Year | None = field(
        "Year of the unit cost's prices, which an index brings to the edition's",
        french="année des prix, année de prix, prix de",
    )
    index: Slug | None = field(
        "Price index of the line, `price-index.NAME` of the parameters", french="indice, indice des prix"
    )
    vat_regime: VatRegime | None = field(
        "How VAT comes back, if it does", french="régime de tva, régime tva, récupération de la tva, fctva?"
    )
    upkeep: Literal["batiments-publics", "voirie", "reseaux"] | None = field(
        "What an operating line keeps up: public buildings, roads or networks, open to FCTVA",
        french="entretien",
    )
    evidence: Evidence | None = field(
        "What the figure rests on",
        needed="ready",
        french="preuve, justification?, base?, fondement?, fiabilité?",
    )
    source: SourceId | None = field("Id of the source in sources.yaml", french="référence?")
    assumption: Text | None = field("In words, when there is no public source", french="hypothèse")
    driver: Slug | None = field("Lines with one driver move together in the uncertainty")
    scenario: Slug | None = field(
        "Lines whose quantities are bound to one scenario, in which some go down while others go up",
        french="scénario, variante?",
    )
    asset: Slug | None = field("The same asset in two lines is a double count")
    owner: OrganisationId | None = field(
        "Who pays the line or receives it, where it is not the proposal's owner",
        french="porteur, maître d'ouvrage, maîtrise d'ouvrage, collectivité?, payeur?",
    )
    ends_because: Text | None = field("Why the line stops with the term")
    paid_before: Price | None = field(
        "Paid before the six years, beyond quantity × unit cost", french="payé avant"
    )
    paid_after: Price | None = field(
        "Left to pay after the six years, beyond quantity × unit cost", french="payé après, reste à payer"
    )

    @property
    def implied(self) -> frozenset[str]:
        """A ramp has its quantity in `then`."""
        return frozenset({"quantity"} if self.recurs is not None and self.recurs.is_ramp else ())

    @property
    def quantity_range(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """The low, central and high number of units; None unless all are known.

        Of a ramp it is the number of each year after it, which needs not be written twice.
        """
        if self.quantities is None and self.recurs is not None and self.recurs.then is not None:
            return (self.recurs.then,) * 3
        return self.quantities.known if self.quantities else None

    @property
    def quantity(self) -> Decimal | None:
        """The central number of units."""
        known = self.quantity_range
        return known[1] if known else None

    @property
    def units_by_year(self) -> Mapping[int, Decimal] | None:
        """The central units of the years for which the author wrote them: a `spread`, or a ramp until `then`."""
        if self.recurs is not None:
            return self.recurs.units if self.recurs.is_ramp else None
        return self.spread if isinstance(self.spread, dict) else None

    @property
    def counts_full_time(self) -> bool:
        """Whether the line counts full-time equivalents: its unit cost is that of a year, over however many months."""
        return self.nature == "staff" and self.names_full_time

    @property
    def names_full_time(self) -> bool:
        """Whether the unit is a full-time equivalent, in whatever words."""
        unit = " ".join(to_plain(self.unit or "").casefold().replace(".", "").replace("-", " ").split())
        return FULL_TIME.fullmatch(unit) is not None

    @property
    def vat_rate(self) -> Decimal | None:
        """The VAT rate that applies; None where `vat` is needed and missing."""
        if self.vat is None and self.nature in NATURES_WITHOUT_VAT:
            return Decimal(0)
        return self.vat


class Earning(CostLine):
    """A revenue, or a cost that falls away: a cost line without payments outside the term."""

    paid_before: ClassVar[None] = None  # type: ignore[misc]
    paid_after: ClassVar[None] = None  # type: ignore[misc]


class LostRevenue(Earning):
    """A fare or a tax given up: nothing is bought, so that there is no nature, VAT or asset."""

    nature: ClassVar[None] = None  # type: ignore[misc]
    vat: ClassVar[None] = None  # type: ignore[misc]
    price: ClassVar[Literal["ht"]] = "ht"  # type: ignore[misc]
    vat_regime: ClassVar[None] = None  # type: ignore[misc]
    upkeep: ClassVar[None] = None  # type: ignore[misc]
    asset: ClassVar[None] = None  # type: ignore[misc]

    @property
    def vat_rate(self) -> Decimal:
        """No VAT: what is given up is a fare as it reached the budget, or a tax."""
        return Decimal(0)
