"""French words that authors write → the words of the contract: months, and the values of keys that have a few.

They are proposed in hints, never accepted: what a file says stays what is read.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: by value, the words that mean it where the value is one of those expected
_VALUES = {
    "ready": "prête, prêt, finale, terminée, complète",
    "draft": "brouillon, ébauche, en cours",
    "study": "étude, études, conception",
    "procurement": "marché, achat, appel d'offres, consultation, commande publique",
    "works": "travaux, chantier, pose, construction",
    "rollout": "déploiement, mise en service, installation",
    "operation": "exploitation, fonctionnement, entretien",
    "evaluation": "évaluation, bilan",
    "equipment": "équipement, équipements, matériel",
    "software": "logiciel, logiciels, licence, licences, application",
    "service": "prestation, prestations, maintenance, entretien",
    "staff": "personnel, agents, salaires, salaire",
    "land": "terrain, terrains, foncier",
    "grant": "subvention, subventions, aide",
    "contract": "contrat, devis, marché, offre",
    "benchmark": "comparaison, référence, étalonnage, exemple",
    "expert": "expertise, avis d'expert, dire d'expert, à dire d'expert",
    "assumption": "hypothèse, estimation",
    "loan": "emprunt, prêt",
    "private": "privé, mécénat",
    "investissement": "investment, capex, invest",
    "fonctionnement": "operating, opex, exploitation",
    "ht": "hors taxes, hors taxe",
    "ttc": "toutes taxes comprises, taxes comprises",
    "acquis": "acquise, obtenu, obtenue, accordé",
    "notifie": "notifiée",
    "sollicite": "demandé, demandée, en attente",
    "espere": "espérée, attendu, attendue, possible",
    "low": "basse, bas, faible, peu probable",
    "medium": "moyenne, moyen",
    "high": "haute, haut, élevée, forte, fort, élevé",
    "yes": "oui",
    "no": "non",
    "error": "erreur",
    "warning": "avertissement",
    "information": "info",
}
_MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
_DATE = re.compile(
    r"(?:(?P<day>\d{1,2})(?:er)?[-/. ])?\s*(?P<month>\d{1,2}|[a-z]{3,9})\.?[-/. ]\s*(?P<year>[12]\d{3})"
    r"|(?P<first>[12]\d{3})[-/. ](?P<second>\d{1,2})(?:[-/. ](?P<third>\d{1,2}))?",
    re.ASCII,
)


def value_of(word: str, expected: Iterable[str]) -> str | None:
    """The value that a French word means, among those expected."""
    folded = _fold(word)
    return next((value for value in expected if folded in _words(value)), None)


def day_of(text: str) -> tuple[int, int, int | None] | None:
    """Year, month and day of a date as people write it; the day is None where only the month is there."""
    match = _DATE.fullmatch(_fold(text))
    if match is None:
        return None
    year, month = match["year"] or match["first"], match["month"] or match["second"]
    day = match["day"] or match["third"]
    if month.isdecimal():
        number = int(month)
    else:
        number = next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(month)), 0)
    try:
        date(int(year), number, int(day or 1))
    except ValueError:
        return None
    return int(year), number, int(day) if day else None


@lru_cache
def _words(value: str) -> frozenset[str]:
    return frozenset(map(_fold, _VALUES.get(value, "").split(", "))) - {""}


def _fold(word: str) -> str:
    """Lower case without accents, with plain apostrophes and spaces."""
    text = (
        unicodedata.normalize("NFKD", word.strip()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold()
    )
    return " ".join("".join(one for one in text if not unicodedata.combining(one)).split())
