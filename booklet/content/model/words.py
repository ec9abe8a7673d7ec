"""Coded values that people write (`works`) → the words that print them: one table for each kind of value.

Every table, sheet, chart and comparison takes its words from here; `templates/locale/` has their French. The French
words for a *key* are declared beside the key (`french=` of `base.field`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.content.model.proposal import Section

SECTION_NAMES: Mapping[Section, Message] = {
    "investissement": say("Investment"),
    "fonctionnement": say("Operation"),
}
ESTIMATE_NAMES: Mapping[str, Message] = {
    "low": say("Low"),
    "central": say("Central"),
    "high": say("High"),
}
PHASE_NAMES: Mapping[str, Message] = {
    "study": say("study"),
    "procurement": say("procurement"),
    "works": say("works"),
    "rollout": say("roll-out"),
    "operation": say("operation"),
    "evaluation": say("evaluation"),
}
EVIDENCE_NAMES: Mapping[str, Message] = {
    "contract": say("a contract"),
    "benchmark": say("a comparison"),
    "expert": say("an expert"),
    "assumption": say("an assumption"),
}
VAT_REGIME_NAMES: Mapping[str, Message] = {
    "assujetti": say("deducted"),
    "aucun": say("not given back"),
    "fctva": say("FCTVA"),
}
FORM_NAMES: Mapping[str, Message] = {
    "grant": say("grant"),
    "loan": say("loan"),
    "private": say("private funding"),
}
#: from the most to the least certain
STATUS_NAMES: Mapping[str, Message] = {
    "acquis": say("secured"),
    "notifie": say("notified"),
    "sollicite": say("applied for"),
    "espere": say("hoped for"),
}
KIND_NAMES: Mapping[str, Message] = {
    "commune": say("commune"),
    "metropole": say("métropole"),
    "departement": say("département"),
    "region": say("région"),
    "etat": say("State"),
    "ue": say("European Union"),
    "agence": say("public agency"),
    "banque": say("public bank"),
    "prive": say("private"),
    "communaute-urbaine": say("communauté urbaine"),
    "communaute-agglomeration": say("communauté d’agglomération"),
    "communaute-communes": say("communauté de communes"),
    "syndicat": say("syndicate of authorities"),
    "epci": say("intercommunal body"),
    "ccas": say("communal centre for social action"),
    "spl": say("local public company"),
    "etablissement-public": say("public establishment"),
}
NATURE_NAMES: Mapping[str, Message] = {
    "works": say("works"),
    "equipment": say("equipment"),
    "software": say("software"),
    "service": say("services"),
    "staff": say("staff"),
    "land": say("land"),
    "grant": say("grants"),
}
REFERENCE_CLASS_NAMES: Mapping[str, Message] = {
    "standard-building": say("usual buildings"),
    "non-standard-building": say("unusual buildings"),
    "standard-civil-engineering": say("usual civil engineering"),
    "non-standard-civil-engineering": say("unusual civil engineering"),
    "equipment-development": say("equipment and software"),
    "outsourcing": say("outsourced services"),
}
