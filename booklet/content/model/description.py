"""What a proposal says besides its calendar and its money: its scope, effects, risks, images, links and authors."""

from __future__ import annotations

from booklet.content.model.base import Model, field
from booklet.content.model.types import Day, ProposalId, SignedNumber, SourceId, Text, WholeNumber, Year


class Scope(Model):
    """What the cost covers, and what it does not."""

    included: tuple[Text, ...] = field(
        "What the cost covers, one item each", default=(), needed="ready", french="inclus, compris"
    )
    excluded: tuple[Text, ...] = field("What it does not cover", default=(), french="exclu, exclus")


class Beneficiaries(Model):
    """Who benefits, and how many."""

    who: Text | None = field("Who benefits", needed="ready", french="qui")
    number: WholeNumber | None = field("How many people", french="quantité, nombre, combien")
    source: SourceId | None = field("Id of the source in sources.yaml")
    assumption: Text | None = field("In words, when there is no source", french="hypothèse")


class Effect(Model):
    """An expected effect: from a baseline to a target in a year."""

    indicator: Text | None = field("What is measured", needed="ready", french="indicateur")
    unit: Text | None = field("Unit", french="unité")
    baseline: SignedNumber | None = field(
        "Value today", french="référence?, aujourd'hui?, actuel?, situation actuelle"
    )
    target: SignedNumber | None = field("Value aimed at", french="cible, objectif")
    year: Year | None = field("Year of the target", french="année, années")
    source: SourceId | None = field("Id of the source in sources.yaml")
    assumption: Text | None = field("In words, when there is no public source", french="hypothèse")


class Carbon(Model):
    """The yearly effect on emissions."""

    tonnes_per_year: SignedNumber | None = field(
        "Tonnes of CO₂e avoided a year", needed="ready", french="tonnes, tonnes par an"
    )
    start: Year | None = field("First year", alias="from", needed="ready", french="début, depuis")
    source: SourceId | None = field("Id of the source in sources.yaml")
    assumption: Text | None = field("In words, when there is no public source", french="hypothèse")


class Risk(Model):
    """A risk and the answer to it."""

    risk: Text | None = field("What could go wrong", needed="ready", french="risque, risques")
    answer: Text | None = field(
        "What is planned against it", needed="ready", french="réponse, parade, solution?"
    )


class Precedent(Model):
    """A place where it was done."""

    place: Text | None = field("Where", needed="ready", french="lieu, ville?, où")
    what: Text | None = field("What was done", needed="ready", french="quoi")
    source: SourceId | None = field("Id of the source in sources.yaml")


class Figure(Model):
    """An image of the proposal's own folder."""

    file: Text | None = field("File name in the proposal's folder", needed="ready", french="fichier")
    alt: Text | None = field(
        "What the image says, for those who do not see it", french="description?, texte alternatif"
    )
    caption: Text | None = field("Caption", french="légende")
    credit: Text | None = field("Author and licence of the image", french="crédit, auteur?")


class Links(Model):
    """Relations to other proposals, by id."""

    needs: tuple[ProposalId, ...] = field(
        "Proposals without which this one does not work", default=(), french="besoins, nécessite, dépend de"
    )
    overlaps: tuple[ProposalId, ...] = field(
        "Proposals that do part of the same", default=(), french="recoupe, doublons"
    )
    conflicts: tuple[ProposalId, ...] = field(
        "Proposals that exclude this one", default=(), french="exclut, conflits, incompatible"
    )


class Author(Model):
    """An author and whom they work for."""

    name: Text | None = field("Name", needed="ready", french="nom")
    affiliation: Text | None = field("Organisation", french="organisme?, association?")


class Reviewer(Model):
    """A reviewer and when they read the proposal."""

    name: Text | None = field("Name", needed="ready", french="nom")
    when: Day | None = field("Day of the review", french="date, quand?, le?")
