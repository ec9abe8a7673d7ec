"""The JSON of `costs` → typed values, the input of `diff`, whether read from a file or just computed.

Only the keys of the first version of the contract are required; a file without lines can be compared, but without the
causes of its changes. Amounts are decimals in cents; the inputs of lines are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from booklet.content.model.proposal import SECTIONS, Section
from booklet.costs.financing import UNKNOWN_REASONS
from booklet.diagnostics import limits
from booklet.diagnostics.diagnostic import Severity
from booklet.diagnostics.message import Message

VERSION = 1
#: far above any budget; a longer number is no amount, and would be slow to compute with
_MAX_DIGITS = 40


class NotCosts(ValueError):
    """A text that `costs --format json` did not write."""


def _read_fraction(raw: object) -> Fraction:
    if not isinstance(raw, str) or len(raw) > _MAX_DIGITS or "e" in raw.lower():
        raise ValueError("not a fraction")
    try:
        return Fraction(raw)
    except ZeroDivisionError:
        raise ValueError("not a fraction") from None


Number = Annotated[Decimal, Field(max_digits=_MAX_DIGITS, allow_inf_nan=False)]
Part = Annotated[Fraction, BeforeValidator(_read_fraction)]
Year = Annotated[int, Field(ge=1000, le=9999)]
ByYear = Mapping[Year, Number]
Years = Annotated[int, Field(ge=0, le=100)]
#: years, or those of each year's spending
Lag = Years | Mapping[Year, Years | None]
Word = Annotated[str, Field(max_length=limits.SAVED_TEXT)]
Text = Word | None


class Saved(BaseModel):
    """A value read from a file: frozen, unknown keys of a later version ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", arbitrary_types_allowed=True)


class SavedRange(Saved):
    """The three estimates of one amount."""

    low: Number
    central: Number
    high: Number


class Months(Saved):
    """A period between two months as written, either of them absent; a ramp has units of each year too."""

    start: Text = Field(default=None, alias="from")
    until: Text = None
    units: Mapping[Year, Number] = {}
    then: Number | None = None


class SavedLine(Saved):
    """One line of costs or revenues."""

    label: Text = None
    section: Section | None = None
    nature: Text = None
    quantity: Number | None = None
    #: the three quantities, where they are not one
    quantities: SavedRange | None = None
    scenario: Text = None
    unit: Text = None
    unit_cost: SavedRange | None = None
    price: Literal["ht", "ttc"] | None = None
    vat: Annotated[Number, Field(ge=0)] | None = None
    vat_regime: Text = None
    price_year: Year | None = None
    #: what brings the unit cost to the prices of the edition; None where nothing does
    price_factor: Annotated[Part, Field(gt=0)] | None = None
    spread: Word | Mapping[Year, Number] | None = None
    period: Months | None = None
    recurs: Months | None = None
    parts: Mapping[Year, Part] | None = None
    evidence: Text = None
    source: Text = None
    assumption: Text = None
    driver: Text = None
    owner: Text = None
    paid_before: Number | None = None
    paid_after: Number | None = None
    ht: ByYear | None = None

    @property
    def counted(self) -> tuple[Number | None, Mapping[Year, Part] | None]:
        """The quantity and what each year has of it; of a ramp that falls to 0, one unit and the units of each year."""
        if self.parts is None and not self.quantity and self.recurs is not None and self.recurs.units:
            return Decimal(1), {year: Fraction(units) for year, units in self.recurs.units.items()}
        return self.quantity, self.parts


_Lines = Annotated[tuple[SavedLine, ...], Field(max_length=limits.SAVED_LINES)]


class SavedLoan(Saved):
    """The terms of a loan."""

    rate: Number | None = None
    years: int | None = None
    instalments: int | None = None
    repayment: Text = None
    drawn: Text = None


class SavedFunding(Saved):
    """One line of a financing plan."""

    funder: Text = None
    form: Text = None
    section: Section | None = None
    owner: Text = None
    share: Number | None = None
    amount: Number | None = None
    eligible: Number | None = None
    status: Text = None
    year: Year | Mapping[Year, Number] | None = None
    envelope: Text = None
    loan: SavedLoan | None = None
    computed: Number | None = None

    @property
    def given(self) -> Decimal:
        """The amount that this line takes off the own share; 0 for a loan, which is repaid."""
        return Decimal(0) if self.form == "loan" or self.computed is None else self.computed


class SavedUplift(Saved):
    """What a proposal would cost more if it overran as far as its reference class."""

    reference_class: Word
    added: Number


class SavedProposal(Saved):
    """One proposal; an unknown amount is None."""

    id: Word
    domain: Word
    title: Text = None
    status: Literal["ready", "draft"]
    owner: Text = None
    investissement: Mapping[Year, SavedRange] | None
    fonctionnement: Mapping[Year, SavedRange] | None
    after_term_per_year: SavedRange | None
    #: None in a file saved before lines were written
    lines: _Lines | None = None
    revenues: _Lines = ()
    savings_lines: _Lines = ()
    lost_revenue_lines: _Lines = ()
    funding: Annotated[tuple[SavedFunding, ...], Field(max_length=limits.SAVED_LINES)] = ()
    base: Mapping[Section, Number | None] = {}
    own_share: Mapping[Section, Number | None] = {}
    fctva: Mapping[Section, Number | None] = {}
    net: Mapping[Section, Number | None] = {}
    #: empty in a file saved before it was written, as are savings
    net_after_savings: Mapping[Section, Number | None] = {}
    #: of all loans, whenever it is paid; None while a loan has no terms
    interest: Number | None = None
    #: None without a reference class, and where it does not apply
    uplift: SavedUplift | None = None
    #: None in a file that was saved while `net` was what is paid within the six years, revenues not taken off
    net_after_term: Mapping[Section, Number | None] | None = None

    #: why a net cost is not known, by section; none in a file saved before it was written
    net_unknown: Mapping[Section, Annotated[tuple[Word, ...], Field(max_length=limits.SAVED_LINES)]] = {}

    @property
    def reasons(self) -> tuple[Message, ...]:
        """Why the net cost is not known, each reason once; none where the file does not say."""
        found = dict.fromkeys(reason for reasons in self.net_unknown.values() for reason in reasons)
        return tuple(_read_reason(reason) for reason in found)

    @property
    def comparable_net(self) -> Mapping[Section, Decimal | None]:
        """The net cost by section; empty in a file of before `net` had its present meaning."""
        return {} if self.net_after_term is None else self.net

    @property
    def is_ready(self) -> bool:
        """Whether the proposal is in the totals."""
        return self.status == "ready"

    @property
    def is_known(self) -> bool:
        """Whether the cost is known."""
        return self.investissement is not None and self.fonctionnement is not None

    @cached_property
    def central(self) -> Mapping[Section, Mapping[Year, Decimal]]:
        """The central cost by section and year; empty where unknown."""
        saved = {"investissement": self.investissement, "fonctionnement": self.fonctionnement}
        return {
            section: {year: cell.central for year, cell in (saved[section] or {}).items()}
            for section in SECTIONS
        }

    @cached_property
    def bought(self) -> tuple[frozenset[object], frozenset[object]]:
        """The labels of the lines, and what each costs."""
        lines = self.lines or ()
        costs = ((line.section, line.quantity, line.unit_cost) for line in lines)
        return frozenset(fold(line.label) for line in lines), frozenset(costs)

    @property
    def name(self) -> str:
        """The title, or the id where there is none."""
        return self.title or self.id

    def sum_sections(self, amounts: Mapping[Section, Decimal | None]) -> Decimal | None:
        """Add both sections; None where either is unknown."""
        known = [amounts.get(section) for section in SECTIONS]
        return None if any(amount is None for amount in known) else sum(filter(None, known), Decimal(0))


class SavedPrices(Saved):
    """The price year of the amounts, and their basis."""

    year: Year | None = None
    basis: Text = None


class SavedGuardrails(Saved):
    """The ceiling of an increase, and the severity of exceeding it."""

    increase: Number | None = None
    severity: Severity = Severity.ERROR


class SavedSource(Saved):
    """The name of a source, and the digest of its content."""

    title: Word = ""
    year: Year | None = None
    digest: Word = ""


class SavedCosts(Saved):
    """One state of the whole programme."""

    version: Literal[1]
    years: Annotated[tuple[Year, ...], Field(max_length=limits.SAVED_YEARS)]
    lang: Text = None
    prices: SavedPrices | None = None
    funding_base: Text = None
    correlation: Number = Decimal(0)
    lines_of_one_nature: Literal["together", "apart"] = "apart"
    guardrails: SavedGuardrails = SavedGuardrails()
    proposals: Annotated[tuple[SavedProposal, ...], Field(max_length=limits.SAVED_PROPOSALS)]
    #: ids of proposals whose file could not be read
    unread: tuple[Word, ...] = ()
    #: names of owners and funders, by id
    organisations: Mapping[Word, Word] = {}
    #: their kinds; none in a file saved before they were written
    organisation_kinds: Mapping[Word, Text] = {}
    #: years after which an owner gets the FCTVA, by id; None in a file saved before they were written
    fctva_lags: Mapping[Word, Lag | None] | None = None
    sources: Mapping[Word, SavedSource] = {}
    parameters: Mapping[Word, Mapping[Year, Number | None]] = {}


def read_costs(text: str | bytes) -> SavedCosts:
    """Read what `costs --format json` wrote; raises `NotCosts` for anything else."""
    try:
        # pydantic's reader, unlike `json`, refuses lone surrogates, which cannot be encoded as UTF-8
        return SavedCosts.model_validate_json(text)
    except ValidationError as error:
        raise NotCosts(str(error).splitlines()[0]) from None


def fold(text: str | None) -> str:
    """Reduce a text to what tells it from others: neither capitals nor spaces do."""
    return " ".join((text or "").casefold().split())


def _read_reason(text: str) -> Message:
    """Read a reason, which is saved in English, so that it is printed in any language."""
    return next((found for reason in UNKNOWN_REASONS if (found := reason.read(text))), Message(text))
