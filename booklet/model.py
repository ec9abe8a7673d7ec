"""What people write: the models of every file under `proposals/` (the public contract, `docs/format.md`).

Models are frozen and hold no positions. A field may be a hole (`None` or empty): drafts have holes, and so has a
file with faults, because one unreadable field must not hide the faults of the others. `needed` says where a hole is
reported as M102, at once or only when a proposal is `ready`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, RootModel, Tag

from booklet.euros import Range as EuroRange
from booklet.scalars import (
    BudgetYears,
    Colour,
    Day,
    Money,
    MonthField,
    ParameterId,
    ParameterValue,
    Percent,
    Prose,
    Quantity,
    SignedNumber,
    Slug,
    Text,
    WebAddress,
    WholeNumber,
    Year,
)
from booklet.term import Period, Term

Need = Literal["always", "ready"]
Section = Literal["investissement", "fonctionnement"]
SECTIONS: tuple[Section, ...] = ("investissement", "fonctionnement")
Nature = Literal["works", "equipment", "software", "service", "staff", "land", "grant"]
#: natures that bear no VAT, so that `vat` may be left out (0 %)
NATURES_WITHOUT_VAT: frozenset[Nature] = frozenset({"staff", "grant", "land"})
#: kinds of phases in which something is built or put into service
BUILDING = frozenset({"works", "rollout"})


class Model(BaseModel):
    """Share the habits of every model: frozen, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        use_attribute_docstrings=False,
        defer_build=True,  # a model is built with the file that holds it, once, not by itself as well
    )


def field(description: str, *, default: Any = None, needed: Need | None = None) -> Any:
    """Declare a key: its description (shown by editors, translated), what a hole is, and where it is needed."""
    return Field(
        default=default, description=description, json_schema_extra={"needed": needed} if needed else None
    )


def _by_shape(raw: object) -> str:
    return "mapping" if isinstance(raw, dict) else "scalar"


# --- proposals ---------------------------------------------------------------------------------------------------


class Scope(Model):
    """State what is in and what is out."""

    included: tuple[Text, ...] = field("What the cost covers, one item each", default=(), needed="ready")
    excluded: tuple[Text, ...] = field("What it does not cover", default=())


class Beneficiaries(Model):
    """Say who benefits, and how many."""

    who: Text | None = field("Who benefits", needed="ready")
    number: WholeNumber | None = field("How many people")
    source: Slug | None = field("Id of the source in sources.yaml")
    assumption: Text | None = field("In words, when there is no source")


class Phase(Model):
    """Name a stretch of the timeline, whole months, ends included."""

    id: Slug | None = field("Short id, used by `spread` and `after`", needed="ready")
    label: Text | None = field("What is done", needed="ready")
    kind: Literal["study", "procurement", "works", "rollout", "operation", "evaluation"] | None = field(
        "Kind of phase", needed="ready"
    )
    start: MonthField | None = field("First month", needed="ready")
    end: MonthField | None = field("Last month, included", needed="ready")
    after: tuple[Slug, ...] = field("Phases that must end before this one starts", default=())

    @property
    def period(self) -> Period | None:
        """Give the months of the phase when both ends are known and in order."""
        if self.start is None or self.end is None or self.end < self.start:
            return None
        return Period(self.start, self.end)


class Estimate(Model):
    """Hold the low, central and high unit cost of a line; one amount is a constant."""

    low: Money | None = field("Low estimate", needed="ready")
    central: Money | None = field("Central estimate", needed="ready")
    high: Money | None = field("High estimate", needed="ready")

    @property
    def range(self) -> EuroRange | None:
        """Give the three amounts when all are known."""
        if self.low is None or self.central is None or self.high is None:
            return None
        return EuroRange(self.low, self.central, self.high)


def _constant(raw: object) -> object:
    return raw if isinstance(raw, dict) else {"low": raw, "central": raw, "high": raw}


#: one amount, or low, central and high
UnitCost = Annotated[Estimate, BeforeValidator(_constant, json_schema_input_type=Money | Estimate)]


class Recurrence(Model):
    """Say from when a line recurs; without `until` it goes on after the term."""

    start: MonthField | None = Field(
        default=None, alias="from", description="First month", json_schema_extra={"needed": "ready"}
    )
    until: MonthField | None = field("Last month, included; absent: goes on after the term")


#: the id of a phase (even by month), or units per budget year
Spread = Annotated[
    Annotated[Text, Tag("scalar")] | Annotated[Mapping[Year, Quantity], Tag("mapping")],
    Discriminator(_by_shape),
]


class CostLine(Model):
    """Hold one line of cost or of revenue: quantity × unit cost, spread or recurring."""

    label: Text | None = field("What is bought, paid or received", needed="ready")
    section: Section | None = field("Budget section", needed="ready")
    nature: Nature | None = field("Nature of the spending", needed="ready")
    quantity: Quantity | None = field("Number of units", needed="ready")
    unit: Text | None = field("Unit, free text; `ETP` for staff", needed="ready")
    unit_cost: UnitCost | None = field("One amount, or low, central and high", needed="ready")
    spread: Spread | None = field("A phase, or units per budget year as {2021: 50, 2022: 100}")
    recurs: Recurrence | None = field("Yearly cost, from a month on")
    vat: Percent | None = field("VAT rate; not needed for staff, grant and land")
    price: Literal["ht", "ttc"] | None = field("Overrides the edition's price basis for this line")
    vat_regime: Literal["fctva", "assujetti", "aucun"] | None = field("How VAT comes back, if it does")
    upkeep: Literal["batiments-publics", "voirie", "reseaux"] | None = field(
        "What an operating line keeps up: public buildings, roads or networks, open to FCTVA"
    )
    evidence: Literal["contract", "benchmark", "expert", "assumption"] | None = field(
        "What the figure rests on", needed="ready"
    )
    source: Slug | None = field("Id of the source in sources.yaml")
    assumption: Text | None = field("In words, when there is no public source")
    driver: Slug | None = field("Lines with one driver move together in the uncertainty")
    asset: Slug | None = field("The same asset in two lines is a double count")
    ends_because: Text | None = field("Why the line stops with the term")

    @property
    def vat_rate(self) -> Decimal | None:
        """Give the VAT rate that applies; none is known while `vat` is a hole."""
        if self.vat is None and self.nature in NATURES_WITHOUT_VAT:
            return Decimal(0)
        return self.vat


class DeclaredTotal(Model):
    """Assert what the costs add up to: HT, central, six years, exact."""

    investissement: Money | None = field("Total of the investment lines")
    fonctionnement: Money | None = field("Total of the operating lines in the six years")


FundingYears = Annotated[
    Annotated[Year, Tag("scalar")] | Annotated[Mapping[Year, Percent], Tag("mapping")],
    Discriminator(_by_shape),
]


class Funding(Model):
    """Hold one line of the financing plan."""

    funder: Slug | None = field("Id of the organisation in edition.yaml", needed="ready")
    form: Literal["grant", "loan", "private"] | None = field("Form of the funding", needed="ready")
    section: Section | None = field("Section that it funds", needed="ready")
    share: Percent | None = field("Share of the gross central cost of the section in the term")
    amount: Money | None = field("Amount, instead of a share")
    eligible: Money | None = field("Subsidisable expense, where a ceiling applies")
    status: Literal["acquis", "notifie", "sollicite", "espere"] | None = field(
        "How certain it is", needed="ready"
    )
    year: FundingYears | None = field(
        "Year of payment, or {2022: 60 %, 2023: 40 %}; absent: follows the cost"
    )
    envelope: Slug | None = field("The same envelope twice is a double count")


class Effect(Model):
    """State an expected effect: from a baseline to a target in a year."""

    indicator: Text | None = field("What is measured", needed="ready")
    unit: Text | None = field("Unit")
    baseline: SignedNumber | None = field("Value today")
    target: SignedNumber | None = field("Value aimed at")
    year: Year | None = field("Year of the target")
    source: Slug | None = field("Id of the source in sources.yaml")
    assumption: Text | None = field("In words, when there is no public source")


class Carbon(Model):
    """State the yearly effect on emissions."""

    tonnes_per_year: SignedNumber | None = field("Tonnes of CO₂e avoided a year", needed="ready")
    start: Year | None = Field(
        default=None, alias="from", description="First year", json_schema_extra={"needed": "ready"}
    )
    source: Slug | None = field("Id of the source in sources.yaml")
    assumption: Text | None = field("In words, when there is no public source")


class Risk(Model):
    """Name a risk and the answer to it."""

    risk: Text | None = field("What could go wrong", needed="ready")
    answer: Text | None = field("What is planned against it", needed="ready")


class Precedent(Model):
    """Name a place where it was done."""

    place: Text | None = field("Where", needed="ready")
    what: Text | None = field("What was done", needed="ready")
    source: Slug | None = field("Id of the source in sources.yaml")


class Figure(Model):
    """Place an image of the proposal's own folder."""

    file: Text | None = field("File name in the proposal's folder", needed="ready")
    alt: Text | None = field("What the image says, for those who do not see it")
    caption: Text | None = field("Caption")
    credit: Text | None = field("Author and licence of the image")


class Links(Model):
    """Relate the proposal to others, by id."""

    needs: tuple[Slug, ...] = field("Proposals without which this one does not work", default=())
    overlaps: tuple[Slug, ...] = field("Proposals that do part of the same", default=())
    conflicts: tuple[Slug, ...] = field("Proposals that exclude this one", default=())


class Author(Model):
    """Name an author and whom they work for."""

    name: Text | None = field("Name", needed="ready")
    affiliation: Text | None = field("Organisation")


class Reviewer(Model):
    """Name a reviewer and when they read the proposal."""

    name: Text | None = field("Name", needed="ready")
    when: Day | None = field("Day of the review")


class Waiver(Model):
    """Accept a finding of one rule in this proposal, with a reason that is printed under Method."""

    rule: Text | None = field("Code of the rule, of families C, F, S, T or N104", needed="always")
    because: Text | None = field("Reason, printed under Method", needed="always")


class Proposal(Model):
    """Hold one proposal as written; its id is the file's stem, its domain the folder."""

    title: Text | None = field("Title, a sentence that says what is done", needed="ready")
    status: Literal["draft", "ready"] | None = field("draft: never printed in a release", needed="always")
    promise: Text | None = field("One sentence for a citizen", needed="ready")
    problem: Prose | None = field("What is wrong today (Markdown)", needed="ready")
    solution: Prose | None = field("What is proposed (Markdown)", needed="ready")
    scope: Scope | None = field("What is in, what is out", needed="ready")
    field_: Text | None = Field(
        default=None, alias="field", description="Field of competence in the law parameters"
    )
    owner: Slug | None = field("Maître d'ouvrage, an organisation of edition.yaml", needed="ready")
    beneficiaries: Beneficiaries | None = field("Who benefits")
    keywords: tuple[Text, ...] = field("Words for the index", default=())
    decision: MonthField | None = field(
        "Month of the deliberation that authorises the spending", needed="ready"
    )
    timeline: tuple[Phase, ...] = field("Phases, at least one", default=(), needed="ready")
    costs: tuple[CostLine, ...] = field("Cost lines, at least one", default=(), needed="ready")
    no_running_cost: Text | None = field("Why nothing recurs")
    total: DeclaredTotal | None = field("Assertion on the totals, checked to the cent")
    revenues: tuple[CostLine, ...] = field(
        "Revenues and savings, positive; never netted into the costs", default=()
    )
    funding: tuple[Funding, ...] = field("Financing plan", default=())
    impact_study: Slug | None = field("Source of the study of the operating cost, where the law asks for one")
    effects: tuple[Effect, ...] = field("Expected effects", default=())
    carbon: Carbon | None = field("Effect on emissions")
    uncertainty: Prose | None = field("What could make the figures wrong (Markdown)", needed="ready")
    risks: tuple[Risk, ...] = field("Risks and answers", default=())
    precedents: tuple[Precedent, ...] = field("Where it was done", default=())
    figures: tuple[Figure, ...] = field("Images of the proposal's folder", default=())
    links: Links = field("Links to other proposals", default=Links())
    authors: tuple[Author, ...] = field("Authors", default=(), needed="ready")
    reviewers: tuple[Reviewer, ...] = field("Reviewers", default=())
    waivers: tuple[Waiver, ...] = field("Findings accepted with a reason", default=())

    @property
    def is_ready(self) -> bool:
        """Tell whether the proposal is meant to be printed; a proposal without a status is not."""
        return self.status == "ready"


# --- edition -----------------------------------------------------------------------------------------------------


class Publisher(Model):
    """Name who publishes the booklet."""

    name: Text = field("Name", default="", needed="always")
    address: Text | None = field("Postal address")
    website: WebAddress | None = field("Web address")
    printer: Text | None = field("Printer's name and address, required in the print edition")


class EditionTerm(Model):
    """State T0 and the six budget years."""

    start: MonthField | None = field("T0, month the new councils take office", needed="always")
    years: BudgetYears | None = field("Exactly six budget years, as 2021-2026", needed="always")


class Prices(Model):
    """State whose euros the costs are in."""

    year: Year | None = field("Price year of every cost", needed="always")
    basis: Literal["ht", "ttc"] | None = field("Basis of every cost line", needed="always")


class TerritoryFigure(Model):
    """Hold one figure of the panorama page."""

    label: Text = field("What it counts", default="", needed="always")
    value: Text = field("The figure as printed", default="", needed="always")
    source: Slug | None = field("Id of the source in sources.yaml")
    assumption: Text | None = field("In words, when there is no public source")


class Territory(Model):
    """Describe the territory and the yardstick of the totals."""

    name: Text = field("Name", default="", needed="always")
    population: WholeNumber | None = field("Population")
    yearly_investment: Money | None = field("Yearly investment, the yardstick of the totals")
    source: Slug | None = field("Id of the source in sources.yaml")
    figures: tuple[TerritoryFigure, ...] = field("Figures of the panorama page", default=())


class Domain(Model):
    """Name a domain and its colour."""

    title: Text = field("Title", default="", needed="always")
    colour: Colour = field('Colour of print, as "#1f6f8b"', default="#444444", needed="always")
    intro: Prose | None = field("What the domain is about, on its opening page (Markdown)")


class Organisation(Model):
    """Describe an owner or funder."""

    name: Text = field("Name", default="", needed="always")
    kind: (
        Literal["commune", "metropole", "departement", "region", "etat", "ue", "agence", "banque", "prive"]
        | None
    ) = field("Kind of organisation", needed="always")
    scheme: Text | None = field("Funding scheme: dsil, detr, dsid, dpv, fonds-vert, …")
    population: WholeNumber | None = field("Population")
    operating_receipts: Money | None = field("Real operating receipts, for the impact-study threshold")
    fctva_lag: WholeNumber | None = field("Years until the FCTVA is paid; absent: the yearly net is unknown")


class SectionCeilings(Model):
    """Bound the two sections."""

    investissement: Money | None = field("Ceiling of investment")
    fonctionnement: Money | None = field("Ceiling of operating costs")


class Guardrails(Model):
    """Bound the portfolio: HT, central, gross, ready proposals."""

    total: SectionCeilings | None = field("Ceilings of the six years")
    any_year: SectionCeilings | None = field("Ceilings of any one year")
    increase: Percent | None = field("Ceiling of the increase, for `diff`")


class SeverityChange(Model):
    """Change the severity of a rule, with a reason that is printed under Method."""

    level: Literal["error", "warning", "information"] | None = field("New severity", needed="always")
    because: Text | None = field("Reason, printed under Method", needed="always")


class Delivery(Model):
    """State the rule of delivery and its dates."""

    rule: Text | None = field("Rule adopted before the first delivery")
    adopted: Day | None = field("Day the rule was adopted")
    on: Day | None = field("Day of delivery")
    poll: Day | None = field("Polling day")


class Idea(Model):
    """Name an idea that was not costed, and why."""

    title: Text = field("Title", default="", needed="always")
    why: Text = field("Why it is not costed", default="", needed="always")


class GlossaryEntry(Model):
    """Explain a term."""

    term: Text = field("Term", default="", needed="always")
    means: Text = field("Meaning", default="", needed="always")


class Erratum(Model):
    """Tell what a version of the text corrects in the one before."""

    date: Day | None = field("Day of the correction", needed="always")
    version: Text | None = field("Version of the text that holds the correction")
    what: Text = field("What was wrong, and what is right", default="", needed="always")


class Edition(Model):
    """Hold everything that belongs to the booklet as a whole."""

    title: Text = field("Title", default="", needed="always")
    subtitle: Text | None = field("Subtitle")
    version: Text = field("Version of the text", default="", needed="always")
    lang: Literal["fr", "en"] = field(
        "Language and number format of the booklet", default="fr", needed="always"
    )
    date: Day | None = field("Day of publication", needed="always")
    licence: Text | None = field("Licence of the texts")
    data: WebAddress | None = field("Web address of the source data")
    publisher: Publisher | None = field("Who publishes", needed="always")
    term: EditionTerm | None = field("T0 and the six budget years", needed="always")
    prices: Prices | None = field("Price year and basis", needed="always")
    funding_base: Literal["ht", "ttc"] | None = field(
        "What shares and the 20 % and 80 % rules are computed on"
    )
    law_as_of: Day | None = field("Use only parameters known by that day")
    territory: Territory | None = field("Territory and yardstick", needed="always")
    domains: Mapping[Slug, Domain] = field("Domains, by id", default={}, needed="always")
    organisations: Mapping[Slug, Organisation] = field(
        "Owners and funders, by id", default={}, needed="always"
    )
    guardrails: Guardrails | None = field("Bounds of the portfolio")
    severities: Mapping[Text, SeverityChange] = field("Severities changed, by rule code", default={})
    delivery: Delivery | None = field("Rule of delivery and dates")
    letter: Prose = field(
        "Letter to each list (Markdown; slots {list} {head} {commune} {sector} {panel}, and figures of the whole)",
        default="",
        needed="always",
    )
    ideas: tuple[Idea, ...] = field("Ideas not costed, and why", default=())
    glossary: tuple[GlossaryEntry, ...] = field("Terms explained", default=())
    errata: tuple[Erratum, ...] = field("What was corrected since the first delivery", default=())

    @property
    def budget_term(self) -> Term | None:
        """Give T0 and the six budget years when both are known."""
        if self.term is None or self.term.start is None or self.term.years is None:
            return None
        return Term(self.term.start, self.term.years)


# --- lists and sources -------------------------------------------------------------------------------------------


class ElectoralList(Model):
    """Name one electoral list that receives the booklet."""

    id: Slug = field("Id, unique", default="", needed="always")
    name: Text = field("Name as published", default="", needed="always")
    head: Text | None = field("Head of list, as published")
    commune: Text = field("Commune", default="", needed="always")
    sector: WholeNumber | None = field("Sector, only where the commune votes by sector")
    panel: WholeNumber | None = field("Official panel number, if known")


class ElectoralLists(RootModel[tuple[ElectoralList, ...]]):
    """Hold every list that is served."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class Reference(Model):
    """Hold one entry of the bibliography."""

    title: Text = field("Title", default="", needed="always")
    publisher: Text | None = field("Publisher")
    year: Year | None = field("Year of publication")
    url: WebAddress | None = field("Web address")
    read: Day | None = field("Day it was read")


class Bibliography(RootModel[Mapping[Slug, Reference]]):
    """Hold every source by its id."""

    model_config = ConfigDict(frozen=True, defer_build=True)


# --- the law -----------------------------------------------------------------------------------------------------


class DatedValue(Model):
    """Hold what one parameter of the law is from one day on."""

    value: ParameterValue | None = field(
        "A percentage, an amount, a whole number or a list of words", needed="always"
    )
    reference: Text | None = field("Legal reference, absent where the text was not read")
    address: WebAddress | None = field("Where it was read")
    known_from: Day | None = field("First day on which the value could be known", needed="always")
    known_until: Day | None = field(
        "Last day for which it is known to hold: the date of the last document read; absent: the text has no end"
    )
    checked_at: WebAddress | None = field("Where it was found to hold until then, when not at `address`")


class Parameter(Model):
    """Hold one parameter of the law and its values by the day they start to hold."""

    description: Text = field("What it is", default="", needed="always")
    unit: Text = field("Unit of its values", default="", needed="always")
    reduced: Literal["yes", "no"] = field(
        "Whether it is a reduced VAT rate, open to few natures", default="no"
    )
    values: Mapping[Day, DatedValue] = field("Values by first day", default={}, needed="always")

    def first_day(self, day: date) -> date | None:
        """Give the first day of the value that holds on a day; None before the first one."""
        return max((first for first in self.values if first <= day), default=None)

    def entry(self, day: date) -> DatedValue | None:
        """Give the dated value that holds on a day; None before the first one."""
        first = self.first_day(day)
        return self.values[first] if first is not None else None

    def known_until(self, first: date) -> date | None:
        """Give the last day for which the value of a first day is known to hold; None where nothing ends it.

        A later value ends it the day before, unless an earlier day is written.
        """
        written = self.values[first].known_until
        later = [other - timedelta(days=1) for other in self.values if other > first]
        return min([*later, *([written] if written else [])], default=None)

    def at(self, day: date) -> ParameterValue | None:
        """Give the value that holds on a day; None before the first one."""
        entry = self.entry(day)
        return entry.value if entry else None


class Parameters(RootModel[Mapping[ParameterId, Parameter]]):
    """Hold the parameters of one file by id: the law of the tool, or what an edition adds to it."""

    model_config = ConfigDict(frozen=True, defer_build=True)
