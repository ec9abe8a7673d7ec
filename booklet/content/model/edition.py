"""`edition.yaml`: the booklet, its publisher, term, territory, domains, organisations and guardrails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Tag

from booklet.content.model.base import Model, field
from booklet.content.model.cost_line import by_shape
from booklet.content.model.types import (
    BudgetYears,
    CodeAddress,
    Colour,
    Correlation,
    Day,
    Money,
    MonthField,
    Percent,
    Prose,
    Slug,
    SourceId,
    Text,
    WholeNumber,
    Year,
)
from booklet.money.calendar import Term
from booklet.text.language import LanguageCode

OrganisationKind = Literal[
    "commune",
    "metropole",
    "departement",
    "region",
    "etat",
    "ue",
    "agence",
    "banque",
    "prive",
    "communaute-urbaine",
    "communaute-agglomeration",
    "communaute-communes",
    "syndicat",
    "epci",
    "ccas",
    "spl",
    "etablissement-public",
]
#: communes and what they form together to act beyond a single purpose
COMMUNAL = frozenset(
    ("commune", "metropole", "communaute-urbaine", "communaute-agglomeration", "communaute-communes", "epci")
)
#: communities, whose competences the law lists and their statutes add to
COMMUNITIES = COMMUNAL - {"commune", "metropole", "epci"}
#: kinds that may do what their statutes or their members say, so that the kind does not tell
BY_STATUTES = frozenset(("syndicat", "epci", "ccas", "spl", "etablissement-public"))
#: local authorities and their groupings (*groupements de collectivités territoriales*)
LOCAL_AUTHORITIES = COMMUNAL | {"departement", "region", "syndicat"}


class Publisher(Model):
    """Who publishes the booklet."""

    name: Text = field("Name", default="", needed="always", french="nom")
    address: Text | None = field("Postal address", french="adresse")
    website: CodeAddress | None = field("Web address", french="site, lien?")
    printer: Text | None = field(
        "Printer's name and address, required in the print edition", french="imprimeur"
    )


class EditionTerm(Model):
    """T0 and the six budget years."""

    start: MonthField | None = field(
        "T0, month the new councils take office", needed="always", french="début, depuis"
    )
    years: BudgetYears | None = field(
        "Exactly six budget years, as 2021-2026", needed="always", french="année, années"
    )


class Prices(Model):
    """The price year and the basis of the costs."""

    year: Year | None = field("Price year of every cost", needed="always", french="année, années")
    basis: Literal["ht", "ttc"] | None = field("Basis of every cost line", needed="always")
    index: Slug | None = field(
        "Price index of lines with another price year, `price-index.NAME` of the parameters",
        french="indice, indice des prix",
    )


class TerritoryFigure(Model):
    """One figure of the panorama page."""

    label: Text = field("What it counts", default="", needed="always", french="titre, intitulé, libellé, nom")
    value: Text = field("The figure as printed", default="", needed="always")
    source: SourceId | None = field("Id of the source in sources.yaml")
    assumption: Text | None = field("In words, when there is no public source", french="hypothèse")


class Territory(Model):
    """The territory, and the yardstick of the totals."""

    name: Text = field("Name", default="", needed="always", french="nom")
    population: WholeNumber | None = field("Population")
    yearly_investment: Money | None = field("Yearly investment, the yardstick of the totals")
    source: SourceId | None = field("Id of the source in sources.yaml")
    figures: tuple[TerritoryFigure, ...] = field("Figures of the panorama page", default=(), french="images")


class Domain(Model):
    """A domain and its colour."""

    title: Text = field("Title", default="", needed="always", french="titre, intitulé, libellé")
    colour: Colour = field(
        'Colour of print, as "#1f6f8b"', default="#444444", needed="always", french="couleur"
    )
    intro: Prose | None = field("What the domain is about, on its opening page (Markdown)")


#: whole years, or years from each budget year on
Lags = Annotated[
    Annotated[WholeNumber, Tag("scalar")] | Annotated[Mapping[Year, WholeNumber], Tag("mapping")],
    Discriminator(by_shape),
]


class Organisation(Model):
    """An owner or funder."""

    name: Text = field("Name", default="", needed="always", french="nom")
    kind: OrganisationKind | None = field("Kind of organisation", needed="always", french="type, genre")
    scheme: Text | None = field("Funding scheme: dsil, detr, dsid, dpv, fonds-vert, …")
    population: WholeNumber | None = field("Population")
    operating_receipts: Money | None = field("Real operating receipts, for the impact-study threshold")
    fctva_lags: Lags | None = field(
        "Years until the FCTVA is paid, or {2020: 2, 2026: 1} from the spending of a year on; absent: that of its kind",
        alias="fctva_lag",
    )
    yearly_investment: Money | None = field("Yearly investment, the yardstick of its part of the totals")

    @property
    def fctva_lag(self) -> int | None:
        """The years until the FCTVA is paid, where they are the same for the spending of every year."""
        return self.fctva_lags if isinstance(self.fctva_lags, int) else None

    def lag_of(self, year: int) -> int | None:
        """The years until the FCTVA of a year's spending is paid, as written; None where nothing is."""
        if self.fctva_lags is None or isinstance(self.fctva_lags, int):
            return self.fctva_lags
        first = max((known for known in self.fctva_lags if known <= year), default=None)
        return None if first is None else self.fctva_lags[first]


class SectionCeilings(Model):
    """Ceilings of the two sections."""

    investissement: Money | None = field("Ceiling of investment")
    fonctionnement: Money | None = field("Ceiling of operating costs")


class Ceilings(Model):
    """Ceilings: HT, central, gross, ready proposals."""

    total: SectionCeilings | None = field("Ceilings of the six years")
    any_year: SectionCeilings | None = field("Ceilings of any one year")


class Guardrails(Ceilings):
    """Ceilings of the portfolio, and of the part of one owner."""

    owners: Mapping[Slug, Ceilings] = field("Ceilings of the part of an owner, by id", default={})
    increase: Percent | None = field("Ceiling of the increase, for `diff`")


class SeverityChange(Model):
    """A changed severity of a rule, with a reason that is printed under Method."""

    level: Literal["error", "warning", "information"] | None = field("New severity", needed="always")
    because: Text | None = field("Reason, printed under Method", needed="always", french="motif, raison")


class Delivery(Model):
    """The rule of delivery and its dates."""

    rule: Text | None = field("Rule adopted before the first delivery", french="règle")
    adopted: Day | None = field("Day the rule was adopted", french="adoptée, adopté")
    on: Day | None = field("Day of delivery", french="remise, livraison?")
    poll: Day | None = field("Polling day", french="scrutin, vote?")


class Idea(Model):
    """An idea that was not costed, and why."""

    title: Text = field("Title", default="", needed="always", french="titre, intitulé, libellé")
    why: Text = field("Why it is not costed", default="", needed="always", french="motif, raison")


class GlossaryEntry(Model):
    """A term of the glossary."""

    term: Text = field("Term", default="", needed="always", french="mandat, terme")
    means: Text = field("Meaning", default="", needed="always")


class Erratum(Model):
    """What a version of the text corrects in the one before."""

    date: Day | None = field("Day of the correction", needed="always")
    version: Text | None = field("Version of the text that holds the correction")
    what: Text = field("What was wrong, and what is right", default="", needed="always", french="quoi")


class Edition(Model):
    """All that belongs to the booklet as a whole."""

    title: Text = field("Title", default="", needed="always", french="titre, intitulé, libellé")
    subtitle: Text | None = field("Subtitle", french="sous-titre")
    version: Text = field("Version of the text", default="", needed="always")
    lang: LanguageCode = field(
        "Language and number format of the booklet", default="fr", needed="always", french="langue"
    )
    date: Day | None = field("Day of publication", needed="always")
    licence: Text | None = field("Licence of the texts")
    data: CodeAddress | None = field("Web address of the source data", french="données")
    publisher: Publisher | None = field("Who publishes", needed="always", french="éditeur")
    term: EditionTerm | None = field("T0 and the six budget years", needed="always", french="mandat, terme")
    prices: Prices | None = field("Price year and basis", needed="always", french="prix")
    funding_base: Literal["ht", "ttc"] | None = field(
        "What shares and the 20 % and 80 % rules are computed on"
    )
    law_as_of: Day | None = field("Use only parameters known by that day")
    territory: Territory | None = field("Territory and yardstick", needed="always", french="territoire")
    domains: Mapping[Slug, Domain] = field("Domains, by id", default={}, needed="always", french="domaines")
    organisations: Mapping[Slug, Organisation] = field(
        "Owners and funders, by id",
        default={},
        needed="always",
        french="organismes, collectivités, financeurs?",
    )
    correlation: Correlation | None = field(
        "How much all costs move together, from 0 (also where the key is absent) to 0.9, in the uncertainty",
        french="corrélation",
    )
    lines_of_one_nature: Literal["together", "apart"] = field(
        "Whether lines of one nature of one proposal that name no driver move together in the uncertainty",
        default="apart",
    )
    guardrails: Guardrails | None = field("Bounds of the portfolio")
    severities: Mapping[Text, SeverityChange] = field("Severities changed, by rule code", default={})
    delivery: Delivery | None = field("Rule of delivery and dates")
    letter: Prose = field(
        "Letter to each list (Markdown; slots {list} {head} {commune} {sector} {panel}, and figures of the whole)",
        default="",
        needed="always",
        french="lettre",
    )
    ideas: tuple[Idea, ...] = field("Ideas not costed, and why", default=())
    glossary: tuple[GlossaryEntry, ...] = field("Terms explained", default=(), french="lexique, glossaire")
    errata: tuple[Erratum, ...] = field(
        "What was corrected since the first delivery",
        default=(),
        french="erratum, correction, corrections, rectificatif",
    )

    @property
    def budget_term(self) -> Term | None:
        """T0 and the six budget years; None where one is unknown."""
        if self.term is None or self.term.start is None or self.term.years is None:
            return None
        return Term(self.term.start, self.term.years)
