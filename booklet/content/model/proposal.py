"""`DOMAIN/ID.yaml`: one proposal.

Models are frozen and hold no positions. A field may be a hole (`None` or empty): drafts have holes, and so has a file
with faults: one unreadable field must not hide others' faults. `needed` says where a hole is M102, or if `ready` only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Tag

from booklet.content.model.base import Model, field
from booklet.content.model.description import (
    Author,
    Beneficiaries,
    Carbon,
    Effect,
    Figure,
    Links,
    Precedent,
    Reviewer,
    Risk,
    Scope,
)
from booklet.content.model.types import (
    Money,
    MonthField,
    OrganisationId,
    Percent,
    PhaseId,
    Price,
    Prose,
    Quantity,
    Slug,
    SourceId,
    Text,
    Year,
)
from booklet.content.scalars import spread_price
from booklet.money.calendar import Month, Period
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
PhaseKind = Literal["study", "procurement", "works", "rollout", "operation", "evaluation"]
#: units of a staff line that counts full-time equivalents, whose cost is one of a year
FULL_TIME = re.compile(
    r"(?:(?:agents?|postes?|emplois?|salariés?|personnes?) (?:à |en )?)?"
    r"(?:etpt?s?|ftes?|équivalents? temps pleins?(?: travaillés?)?|temps pleins?|full time equivalents?)"
    r"(?: ?/ ?ans?| par an| annuels?| an| ?/ ?year| per year| a year)?"
)
#: kinds of phases in which something is built or put into service
BUILDING = frozenset({"works", "rollout"})
Evidence = Literal["contract", "benchmark", "expert", "assumption"]
VatRegime = Literal["fctva", "assujetti", "aucun"]
FundingForm = Literal["grant", "loan", "private"]
FundingStatus = Literal["acquis", "notifie", "sollicite", "espere"]
#: from the most to the least certain
FUNDING_STATUSES: tuple[FundingStatus, ...] = ("acquis", "notifie", "sollicite", "espere")


def _by_shape(raw: object) -> str:
    return "mapping" if isinstance(raw, dict) else "scalar"


class Phase(Model):
    """A stretch of the timeline, whole months, ends included."""

    id: Slug | None = field("Short id, used by `spread` and `after`", needed="ready")
    label: Text | None = field("What is done", needed="ready", french="titre, intitulé, libellé, nom")
    kind: PhaseKind | None = field("Kind of phase", needed="ready", french="type, genre, nature?")
    start: MonthField | None = field("First month", needed="ready", french="début, depuis")
    end: MonthField | None = field("Last month, included", needed="ready", french="fin")
    after: tuple[PhaseId, ...] = field(
        "Phases that must end before this one starts", default=(), french="après"
    )

    @property
    def period(self) -> Period | None:
        """The months of the phase; None unless both ends are known and in order."""
        if self.start is None or self.end is None or self.end < self.start:
            return None
        return Period(self.start, self.end)


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


class Recurrence(Model):
    """The months in which a line recurs; without `until` it goes on after the term."""

    start: MonthField | None = field("First month", alias="from", needed="ready", french="début, depuis")
    until: MonthField | None = field(
        "Last month, included; absent: goes on after the term", french="fin, jusque, jusqu'à"
    )


#: the id of a phase (even by month), or units per budget year
Spread = Annotated[
    Annotated[Text, Tag("scalar")] | Annotated[Mapping[Year, Quantity], Tag("mapping")],
    Discriminator(_by_shape),
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
    quantity: Quantity | None = field(
        "Number of units", needed="ready", french="quantité, nombre, qté, volume?"
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
    recurs: Recurrence | None = field(
        "Yearly cost, from a month on", french="récurrence, récurrent, annuel?, chaque année?"
    )
    vat: Percent | None = field("VAT rate; not needed for staff, grant and land", french="tva, taux de tva")
    price: Literal["ht", "ttc"] | None = field(
        "Overrides the edition's price basis for this line", french="prix"
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
    asset: Slug | None = field("The same asset in two lines is a double count")
    ends_because: Text | None = field("Why the line stops with the term")

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


class DeclaredTotal(Model):
    """What the author says the costs add up to: HT, central, six years, exact."""

    investissement: Money | None = field("Total of the investment lines")
    fonctionnement: Money | None = field("Total of the operating lines in the six years")


FundingYears = Annotated[
    Annotated[Year, Tag("scalar")] | Annotated[Mapping[Year, Percent], Tag("mapping")],
    Discriminator(_by_shape),
]


class Funding(Model):
    """One line of the financing plan."""

    funder: OrganisationId | None = field(
        "Id of the organisation in edition.yaml",
        needed="ready",
        french="financeur, organisme?, financé par, partenaire?",
    )
    form: FundingForm | None = field("Form of the funding", needed="ready", french="forme, type?, nature?")
    section: Section | None = field("Section that it funds", needed="ready")
    share: Percent | None = field(
        "Share of the gross central cost of the section in the term", french="part, taux, pourcentage"
    )
    amount: Money | None = field("Amount, instead of a share", french="montant")
    eligible: Money | None = field("Subsidisable expense, where a ceiling applies")
    status: FundingStatus | None = field("How certain it is", needed="ready", french="statut, état")
    year: FundingYears | None = field(
        "Year of payment, or {2022: 60 %, 2023: 40 %}; absent: follows the cost", french="année, années"
    )
    envelope: Slug | None = field("The same envelope twice is a double count")


class Waiver(Model):
    """Acceptance of the findings of one rule in this proposal, with a reason that is printed under Method."""

    rule: Text | None = field(
        "Code of the rule, of families C, F, S, T or N104", needed="always", french="règle"
    )
    because: Text | None = field("Reason, printed under Method", needed="always", french="motif, raison")


class Proposal(Model):
    """One proposal as written; its id is the file's stem, its domain the folder."""

    title: Text | None = field(
        "Title, a sentence that says what is done", needed="ready", french="titre, intitulé, libellé"
    )
    status: Literal["draft", "ready"] | None = field(
        "draft: never printed in a release", needed="always", french="statut, état"
    )
    promise: Text | None = field(
        "One sentence for a citizen", needed="ready", french="promesse, accroche?, résumé?, slogan?, chapeau?"
    )
    problem: Prose | None = field(
        "What is wrong today (Markdown)",
        needed="ready",
        french="problème, constat?, diagnostic?, contexte?, enjeu?, enjeux?",
    )
    solution: Prose | None = field(
        "What is proposed (Markdown)",
        needed="ready",
        french="proposition?, projet?, réponse?, mesure?, mesures?",
    )
    scope: Scope | None = field("What is in, what is out", needed="ready", french="périmètre")
    field_: Text | None = field(
        "Field of competence in the law parameters", alias="field", french="domaine?, compétence"
    )
    owner: OrganisationId | None = field(
        "Maître d'ouvrage, an organisation of edition.yaml",
        needed="ready",
        french="porteur, maître d'ouvrage, maîtrise d'ouvrage, collectivité?, pilote?",
    )
    beneficiaries: Beneficiaries | None = field(
        "Who benefits", french="bénéficiaires, bénéficiaire, public?, usagers?"
    )
    keywords: tuple[Text, ...] = field("Words for the index", default=(), french="mots-clés, mots clefs")
    decision: MonthField | None = field(
        "Month of the deliberation that authorises the spending",
        needed="ready",
        french="décision, délibération, vote?",
    )
    timeline: tuple[Phase, ...] = field(
        "Phases, at least one", default=(), needed="ready", french="calendrier, planning, phases, étapes"
    )
    costs: tuple[CostLine, ...] = field(
        "Cost lines, at least one",
        default=(),
        needed="ready",
        french="coût?, coûts, dépenses, budget?, chiffrage?",
    )
    no_running_cost: Text | None = field(
        "Why nothing recurs", french="pas de fonctionnement?, sans fonctionnement?"
    )
    total: DeclaredTotal | None = field("Assertion on the totals, checked to the cent")
    revenues: tuple[CostLine, ...] = field(
        "Revenues and savings, positive; never netted into the costs", default=(), french="recettes"
    )
    funding: tuple[Funding, ...] = field(
        "Financing plan; [] where nobody else pays",
        default=(),
        needed="written",
        french="financement, financements, plan de financement, subventions?, subvention?, aides?, cofinancement?",
    )
    impact_study: SourceId | None = field(
        "Source of the study of the operating cost, where the law asks for one"
    )
    effects: tuple[Effect, ...] = field("Expected effects", default=(), french="effets")
    carbon: Carbon | None = field("Effect on emissions", french="carbone, bilan carbone")
    uncertainty: Prose | None = field(
        "What could make the figures wrong (Markdown)",
        needed="ready",
        french="incertitude, incertitudes, fiabilité?",
    )
    risks: tuple[Risk, ...] = field("Risks and answers", default=(), french="risque, risques")
    precedents: tuple[Precedent, ...] = field(
        "Where it was done", default=(), french="précédents, exemples?, exemple?, ailleurs?"
    )
    figures: tuple[Figure, ...] = field(
        "Images of the proposal's folder", default=(), french="images, image, photos, illustrations"
    )
    links: Links = field("Links to other proposals", default=Links(), french="liens")
    authors: tuple[Author, ...] = field(
        "Authors", default=(), needed="ready", french="auteur, auteurs, rédacteurs"
    )
    reviewers: tuple[Reviewer, ...] = field("Reviewers", default=(), french="relecteurs, relecteur, relu par")
    waivers: tuple[Waiver, ...] = field("Findings accepted with a reason", default=(), french="dérogations")

    @property
    def is_ready(self) -> bool:
        """Check whether the proposal is meant to be printed; a proposal without a status is not."""
        return self.status == "ready"

    @property
    def has_plan(self) -> bool:
        """Whether a financing plan is written, be it an empty list; without one, who pays is not known."""
        return "funding" in self.model_fields_set

    @property
    def phases_by_id(self) -> dict[str, Phase]:
        """The phases that have an id; of two with one id, the last."""
        return {phase.id: phase for phase in self.timeline if phase.id is not None}


def opening_month(timeline: Sequence[Phase]) -> Month | None:
    """The last month of works or roll-out, after which citizens can use what was built."""
    ends = [phase.end for phase in timeline if phase.end and phase.kind in {"works", "rollout"}]
    return max(ends) if ends else None
