"""French words that authors write → the words of the contract: months, and the values of keys that have a few.

They are proposed in hints, never accepted: what a file says stays what is read.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

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
    """The one value that a word means, among those expected: it in another case, or a French word for it."""
    folded = _fold(word)
    found = [value for value in expected if folded in _words(value)]
    return found[0] if len(found) == 1 else None


class Meant(NamedTuple):
    """A date as it was meant; the day is None where only the month is there."""

    year: int
    month: int
    day: int | None
    #: False for `03/04/2021`, a day of April in French and of March in English
    is_certain: bool


def day_of(text: str) -> Meant | None:
    """The date that a text means, as people write dates: where the year comes last, the day comes first."""
    match = _DATE.fullmatch(_fold(text))
    if match is None:
        return None
    year, month = match["year"] or match["first"], match["month"] or match["second"]
    day = match["day"] or match["third"]
    if month.isdecimal():
        number = int(month)
    else:
        numbers = [n for n, name in enumerate(_MONTHS, 1) if name.startswith(month)]
        number = numbers[0] if len(numbers) == 1 else 0
    try:
        date(int(year), number, int(day or 1))
    except ValueError:
        return None
    swaps = match["day"] and month.isdecimal() and int(match["day"]) <= 12 and int(match["day"]) != number
    return Meant(int(year), number, int(day) if day else None, is_certain=not swaps)


@lru_cache
def _words(value: str) -> frozenset[str]:
    return frozenset(map(_fold, (value, *_VALUES.get(value, "").split(", ")))) - {""}


def _fold(word: str) -> str:
    """Lower case without accents, with plain apostrophes and spaces."""
    text = (
        unicodedata.normalize("NFKD", word.strip()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold()
    )
    return " ".join("".join(one for one in text if not unicodedata.combining(one)).split())
