"""What French authors type by habit for a key of the format.

The keys are English; a French word for one resembles it too little for a guess by spelling (`calendrier`, `timeline`),
and would cost an author two reports: a key that is unknown, and another that is missing.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: a French word, without accents and signs → the keys that it can stand for, the first one known is meant
_KEYS_BY_WORD: dict[str, tuple[str, ...]] = {
    word: tuple(keys.split())
    for words, keys in (
        ("titre intitule", "title label"),
        ("libelle", "label title"),
        ("nom", "name label"),
        ("statut etat", "status"),
        ("promesse", "promise"),
        ("perimetre", "scope"),
        ("inclus compris", "included"),
        ("exclu exclus", "excluded"),
        ("porteur maitredouvrage", "owner"),
        ("motscles", "keywords"),
        ("calendrier planning phases etapes", "timeline"),
        ("cout couts depenses", "costs unit_cost"),
        ("coutunitaire prixunitaire", "unit_cost"),
        ("type genre", "kind nature"),
        ("debut", "start from"),
        ("fin", "end until"),
        ("apres", "after"),
        ("depuis", "from start"),
        ("jusque jusqua", "until"),
        ("quantite nombre", "quantity number"),
        ("unite", "unit"),
        ("repartition etalement", "spread"),
        ("recurrence recurrent", "recurs"),
        ("tva", "vat"),
        ("entretien", "upkeep"),
        ("preuve", "evidence"),
        ("hypothese", "assumption"),
        ("recettes", "revenues"),
        ("financement financements", "funding"),
        ("financeur", "funder"),
        ("part taux", "share"),
        ("montant", "amount"),
        ("annee annees", "year years"),
        ("effets", "effects"),
        ("cible", "target"),
        ("incertitude incertitudes", "uncertainty"),
        ("risque risques", "risks risk"),
        ("reponse", "answer"),
        ("lieu", "place"),
        ("quoi", "what"),
        ("qui", "who"),
        ("fichier", "file"),
        ("legende", "caption"),
        ("images", "figures"),
        ("liens", "links"),
        ("besoins", "needs"),
        ("auteur auteurs", "authors"),
        ("relecteurs", "reviewers"),
        ("derogations", "waivers"),
        ("regle", "rule"),
        ("motif raison", "because why"),
        ("soustitre", "subtitle"),
        ("langue", "lang"),
        ("editeur", "publisher"),
        ("imprimeur", "printer"),
        ("mandat", "term"),
        ("prix", "prices price unit_cost"),
        ("territoire", "territory"),
        ("domaines", "domains"),
        ("domaine", "field"),
        ("couleur", "colour"),
        ("lettre", "letter"),
        ("lexique glossaire", "glossary"),
        ("donnees", "data"),
        ("erratum correction corrections rectificatif", "errata"),
        ("terme", "term"),
        ("tete tetedeliste", "head"),
        ("secteur", "sector"),
        ("panneau", "panel"),
        ("lu", "read"),
    )
    for word in words.split()
}


def from_french(word: str, known: Iterable[str]) -> str | None:
    """Find the known key that a French word stands for, however it is accented and joined."""
    letters = filter(str.isalpha, unicodedata.normalize("NFKD", word).casefold())
    known = frozenset(known)
    return next((key for key in _KEYS_BY_WORD.get("".join(letters), ()) if key in known), None)
