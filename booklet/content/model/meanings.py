"""Coded values that people write (`works`) → what each means, as editors say it beside the choice.

The words that print a value are in `words.py`, those that French authors type instead in `french_words.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: one table for each list of values
_MEANINGS: tuple[Mapping[str, Message], ...] = (
    {
        "draft": say("Draft: may have holes, is never printed in a release, counts in no total"),
        "ready": say("Ready: nothing is missing, it is printed and counted"),
    },
    {
        "investissement": say("Investment: what is bought or built once, and lasts"),
        "fonctionnement": say("Operation: what is consumed or comes back every year (staff, upkeep, energy)"),
    },
    {
        "works": say("Works: what is built or laid"),
        "equipment": say("Equipment: what is bought, and lasts"),
        "software": say("Software and licences"),
        "service": say("Service: a study, upkeep, a contract with a company"),
        "staff": say("Staff, whose unit is `ETP` (full-time equivalent); no VAT"),
        "land": say("Land or a building that is bought; no VAT"),
        "grant": say("Grant that is paid to others; no VAT"),
    },
    {
        "study": say("Study: what is done before deciding or ordering"),
        "procurement": say("Procurement: call for tenders, up to the contract"),
        "works": say("Works: something is built"),
        "rollout": say("Roll-out: it is put into service, place after place"),
        "operation": say("Operation: it works, and costs every year"),
        "evaluation": say("Evaluation: what it changed is measured"),
    },
    {
        "contract": say("A signed contract: one amount will do"),
        "benchmark": say("A price that was paid elsewhere"),
        "expert": say("The opinion of an expert"),
        "assumption": say("An assumption of the authors: a wide range, round figures"),
    },
    {
        "fctva": say("FCTVA: the State gives a part of the VAT back, later"),
        "assujetti": say("Deducted, because the service is sold"),
        "aucun": say("Not given back"),
    },
    {
        "batiments-publics": say("Upkeep of public buildings"),
        "voirie": say("Upkeep of roads"),
        "reseaux": say("Upkeep of networks"),
    },
    {
        "together": say("Dear or cheap at once, as parts of one purchase"),
        "apart": say("Each on its own"),
    },
    {
        "standard-building": say("A building of a usual kind: up to 24 % beyond the first estimate of works"),
        "non-standard-building": say("A building like few others: up to 51 %"),
        "standard-civil-engineering": say("Roads, networks and the like of a usual kind: up to 44 %"),
        "non-standard-civil-engineering": say("Civil engineering like few others: up to 66 %"),
        "equipment-development": say("Equipment and software: up to 200 % of these"),
        "outsourcing": say("Services that others run: up to 41 % of their operating cost"),
    },
    {"ht": say("Before VAT"), "ttc": say("VAT included")},
    {
        "grant": say("Grant that is received, and not paid back"),
        "loan": say("Loan, which is paid back"),
        "private": say("Private money: a sponsor, a company"),
    },
    {
        "level": say("Level: every instalment is the same, and more and more of it is principal"),
        "equal_principal": say("Equal principal: instalments fall with the interest"),
    },
    {
        "acquis": say("Secured: decided and signed"),
        "notifie": say("Notified: the funder has written that it will pay"),
        "sollicite": say("Applied for: the funder has the application"),
        "espere": say("Hoped for: nothing is applied for yet"),
    },
    {
        "commune": say("Commune"),
        "metropole": say("Métropole"),
        "departement": say("Département"),
        "region": say("Region"),
        "etat": say("The State, its ministries and prefects"),
        "ue": say("European Union"),
        "agence": say("Agency of the State: Ademe, Anah, an agency for water"),
        "banque": say("Public bank"),
        "prive": say("Company, association or household"),
        "communaute-urbaine": say("Communauté urbaine"),
        "communaute-agglomeration": say("Communauté d’agglomération"),
        "communaute-communes": say("Communauté de communes"),
        "syndicat": say("Syndicate of communes or of other authorities"),
        "epci": say("Another intercommunal body"),
        "ccas": say("Social action of a commune or a group of communes (CCAS, CIAS)"),
        "spl": say("Company that belongs to local authorities (SPL)"),
        "etablissement-public": say(
            "Another public establishment: fire service, school fund, port, hospital"
        ),
    },
)


def describe_values(values: Sequence[str]) -> tuple[Message, ...]:
    """What each of some values means, in order; none where the list has no table."""
    table = next((table for table in _MEANINGS if set(table) == set(values)), {})
    return tuple(table[value] for value in values if value in table)
