"""`DOMAIN/ID.yaml`: one proposal.

Models are frozen and hold no positions. A field may be a hole (`None` or empty): drafts have holes, and so has a file
with faults: one unreadable field must not hide others' faults. `needed` says where a hole is M102, or if `ready` only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Discriminator, Tag

from booklet.content.model.base import Model, field
from booklet.content.model.cost_line import (
    ESTIMATES,
    NATURES_WITHOUT_VAT,
    SECTIONS,
    CostLine,
    Earning,
    Estimate,
    EstimateName,
    LostRevenue,
    Section,
    by_shape,
)
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
from booklet.content.model.loan import Loan
from booklet.content.model.types import (
    Money,
    MonthField,
    OrganisationId,
    Percent,
    PhaseId,
    Prose,
    Slug,
    SourceId,
    Text,
    Year,
)
from booklet.money.calendar import Month, Period

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = [
    "BUILDING",
    "ESTIMATES",
    "FUNDING_STATUSES",
    "LINE_GROUPS",
    "NATURES_WITHOUT_VAT",
    "SECTIONS",
    "CostLine",
    "Estimate",
    "EstimateName",
    "Funding",
    "FundingStatus",
    "LineGroup",
    "Phase",
    "Proposal",
    "ReferenceClass",
    "Section",
    "Waiver",
    "opening_month",
]

#: the keys that list lines of money
LineGroup = Literal["costs", "revenues", "savings", "lost_revenue"]
LINE_GROUPS: tuple[LineGroup, ...] = ("costs", "revenues", "savings", "lost_revenue")
PhaseKind = Literal["study", "procurement", "works", "rollout", "operation", "evaluation"]
#: kinds of phases in which something is built or put into service
BUILDING = frozenset({"works", "rollout"})
#: kinds of project whose overruns were measured (`costs/optimism`)
ReferenceClass = Literal[
    "standard-building",
    "non-standard-building",
    "standard-civil-engineering",
    "non-standard-civil-engineering",
    "equipment-development",
    "outsourcing",
]
FundingForm = Literal["grant", "loan", "private"]
FundingStatus = Literal["acquis", "notifie", "sollicite", "espere"]
#: from the most to the least certain
FUNDING_STATUSES: tuple[FundingStatus, ...] = ("acquis", "notifie", "sollicite", "espere")


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


class DeclaredTotal(Model):
    """What the author says the costs add up to: HT, central, six years, exact."""

    investissement: Money | None = field("Total of the investment lines")
    fonctionnement: Money | None = field("Total of the operating lines in the six years")


FundingYears = Annotated[
    Annotated[Year, Tag("scalar")] | Annotated[Mapping[Year, Percent], Tag("mapping")],
    Discriminator(by_shape),
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
    owner: OrganisationId | None = field(
        "Who receives the money, where it is not the proposal's owner",
        french="porteur, maître d'ouvrage, maîtrise d'ouvrage, collectivité?, bénéficiaire?",
    )
    loan: Loan | None = field("Terms of a loan, from which its interest follows", french="emprunt, prêt")

    @property
    def paid_in(self) -> int | Mapping[int, Decimal] | None:
        """The year of payment, or the parts of several; a loan is there when it is drawn. None: follows the cost."""
        return self.loan.drawn.year if self.loan and self.loan.drawn else self.year


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
        "Cost lines; [] where the proposal only saves or earns",
        default=(),
        needed="written",
        french="coût?, coûts, dépenses, budget?, chiffrage?",
    )
    reference_class: ReferenceClass | None = field(
        "Kind of project whose usual overrun is shown beside the cost, where it rests on assumptions only",
        french="classe de référence",
    )
    no_running_cost: Text | None = field(
        "Why nothing recurs", french="pas de fonctionnement?, sans fonctionnement?"
    )
    total: DeclaredTotal | None = field("Assertion on the totals, checked to the cent")
    revenues: tuple[Earning, ...] = field(
        "Revenues, positive; never netted into the costs", default=(), french="recettes"
    )
    savings: tuple[Earning, ...] = field(
        "Costs that fall away, positive; never netted into the costs",
        default=(),
        french="économies, économie, économies attendues",
    )
    lost_revenue: tuple[LostRevenue, ...] = field(
        "Fares and taxes given up, positive; never netted into the revenues",
        default=(),
        french="recettes perdues, pertes de recettes, perte de recettes, manque à gagner",
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

    def owner_of(self, line: CostLine | Funding) -> str | None:
        """The owner of a line: the one that it names, else that of the proposal."""
        return line.owner or self.owner

    @property
    def owners(self) -> tuple[str | None, ...]:
        """Who has a part of the proposal: its owner, then those that lines name, in their order."""
        named = (line.owner for group in (self.all_lines, self.funding) for line in group)
        return tuple(dict.fromkeys((self.owner, *filter(None, named))))

    @property
    def has_plan(self) -> bool:
        """Whether a financing plan is written, be it an empty list; without one, who pays is not known."""
        return "funding" in self.model_fields_set

    @property
    def pays_nothing(self) -> bool:
        """Whether it says that it costs nothing, and saves, earns or gives up something."""
        return "costs" in self.model_fields_set and not self.costs and bool(self.all_lines)

    @property
    def all_lines(self) -> tuple[CostLine, ...]:
        """The lines of every group, costs first."""
        return (*self.costs, *self.revenues, *self.savings, *self.lost_revenue)

    @property
    def phases_by_id(self) -> dict[str, Phase]:
        """The phases that have an id; of two with one id, the last."""
        return {phase.id: phase for phase in self.timeline if phase.id is not None}


def opening_month(timeline: Sequence[Phase]) -> Month | None:
    """The last month of works or roll-out, after which citizens can use what was built."""
    ends = [phase.end for phase in timeline if phase.end and phase.kind in {"works", "rollout"}]
    return max(ends) if ends else None
