"""Proposals of every size, and what Poppler says of the pages that they make: where each word stands."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from tests.samples.workspace import Sample, write_small

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

#: a word that no line holds and no hyphen cuts
LONG_WORD = "anticonstitutionnellement" * 8
AMOUNT = "123 456 789 012 €"
_SENTENCE = "Un bus qui perd une minute à chaque feu rouge se fait rattraper par le suivant, plein ou vide. "
#: points from an edge of the sheet to its type area (page.css), and what rounding may add
_MARGINS, _TOLERANCE = (51.0, 42.0, 51.0, 48.0), 1.5
_SHEET = (595.3, 841.9)


def text(length: int) -> str:
    """Write about so many characters, in paragraphs of four sentences."""
    paragraphs, sentences = [], max(1, round(length / len(_SENTENCE)))
    for start in range(0, sentences, 4):
        paragraphs.append((_SENTENCE * min(4, sentences - start)).strip())
    return "\n\n".join(paragraphs)


def usual(times: int = 1, *, lines: int = 4, amount: str = "12 000 €") -> dict[str, Any]:
    """A complete proposal whose texts are so many times as long as those of the example."""
    line = {
        "section": "investissement", "nature": "equipment", "quantity": "10", "unit": "armoire", "unit_cost": amount,
        "spread": {"2021": "5", "2022": "5"}, "vat": "20 %", "vat_regime": "fctva", "evidence": "contract",
        "source": "bilan-2018",
    }  # fmt: skip
    costs: list[dict[str, Any]] = [
        {"label": f"Équipement et réglage {number}", **line} for number in range(1, lines)
    ]
    running = {"label": "Entretien", **line, "section": "fonctionnement", "nature": "service", "unit": "an"}
    running |= {"quantity": "1", "recurs": {"from": "2023-01"}, "vat_regime": "aucun"}
    del running["spread"]
    first = {"label": "Une centrale de régulation", **line}
    return {
        "title": ("Donner la priorité aux bus à 150 carrefours " * times).strip(),
        "status": "ready",
        "promise": ("Un bus attendu est un bus qui arrive à l’heure, sans un seul chantier. " * times).strip(),
        "problem": text(500 * times),
        "solution": text(900 * times),
        "scope": {"included": [text(80 * times)] * 3, "excluded": [text(80 * times)] * 2},
        "owner": "ville",
        "impact_study": "bilan-2018",
        "beneficiaries": {"who": "voyageurs quotidiens", "number": "120 000", "source": "bilan-2018"},
        "decision": "2020-10",
        "timeline": [
            {"id": "etude", "label": "Mesure des temps perdus", "kind": "study", "start": "2020-11", "end": "2020-12"},
            {"id": "pose", "label": "Équipement des carrefours", "kind": "works", "start": "2021-01", "end": "2022-12"},
            {"id": "suite", "label": "Réglage continu", "kind": "operation", "start": "2023-01", "end": "2026-12"},
        ],
        "costs": [first] if lines == 1 else [*costs, running],
        **({"no_running_cost": "rien ne revient"} if lines == 1 else {}),
        "funding": [
            {"funder": "ville", "form": "grant", "section": "investissement", "share": "30 %", "status": "sollicite"}
        ],
        "effects": [
            {"indicator": "Régularité", "unit": "%", "baseline": "78", "target": "88", "year": "2024",
             "source": "bilan-2018"}
        ],
        "uncertainty": text(350 * times),
        "risks": [{"risk": text(70 * times), "answer": text(90 * times)}] * 2,
        "precedents": [{"place": "Dijon", "what": text(120 * times), "source": "bilan-2018"}] * 2,
        "authors": [{"name": "Groupe mobilité", "affiliation": "Association d’exemple"}],
    }  # fmt: skip


def with_long_words() -> dict[str, Any]:
    """Put a word longer than a line in every text of a proposal that is printed."""

    def stretch(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: stretch(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [stretch(inner, key) for inner in value]
        printed = "title promise problem solution included excluded who label unit indicator uncertainty risk answer"
        is_text = key in {*printed.split(), "place", "what", "name", "affiliation", "no_running_cost"}
        return f"{value} {LONG_WORD}" if is_text else value

    stretched: dict[str, Any] = stretch(usual())
    return stretched


#: what is built together: each looks right or is told
CASES: Mapping[str, Mapping[str, Any]] = {
    "texte-1": usual(),
    "texte-3": usual(3),
    "texte-10": usual(10),
    "lignes-1": usual(lines=1),
    "lignes-40": usual(lines=40),
    "montants": usual(lines=6, amount=AMOUNT),
    "mots": with_long_words(),
}

#: those whose title or amounts try the pages around the fiches too
RELEASED = {"montants", "mots"}


def write_cases(root: Path) -> Sample:
    """Write a workspace that holds every case; JSON is YAML."""
    sample = write_small(root)
    for id, proposal in CASES.items():
        write_case(root, id, proposal)
    return sample


def write_case(root: Path, id: str, proposal: Mapping[str, Any]) -> Path:
    """Write a proposal as JSON, one key a line."""
    path = root / "proposals" / "mobilite" / f"{id}.yaml"
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in proposal.items())
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


# --- what a reader sees ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Word:
    """A word and its place on a page, in points from the top left."""

    page: int
    text: str
    left: float
    top: float
    right: float
    bottom: float


def read_words(pdf: Path) -> Iterator[Word]:
    """Ask Poppler where each word stands; a word's box is reduced to its small letters, which no neighbour touches."""
    command = ["pdftotext", "-bbox", str(pdf), "-"]
    page = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    tree = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>| xmlns=\"[^\"]*\"", "", page))
    for number, element in enumerate(tree.iter("page"), 1):
        for word in element.iter("word"):
            left, top, right, bottom = (float(word.attrib[name]) for name in ("xMin", "yMin", "xMax", "yMax"))
            height = bottom - top
            yield Word(number, word.text or "", left, top + 0.35 * height, right, bottom - 0.3 * height)


def overlaps(words: Iterable[Word]) -> list[tuple[int, str, str]]:
    """Find the words of one page that stand on one another."""
    found = []
    ordered = sorted(words, key=lambda word: (word.page, word.top))
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.page != one.page or other.top > one.bottom:
                break
            if other.left < one.right - _TOLERANCE and one.left < other.right - _TOLERANCE:
                found.append((one.page, one.text, other.text))
    return found


def outside(words: Iterable[Word]) -> list[tuple[int, str]]:
    """Find the words that are neither in the type area nor wholly in the running foot."""
    left, top, right, bottom = _MARGINS
    width, height = _SHEET
    return [
        (word.page, word.text)
        for word in words
        if word.left < left - _TOLERANCE
        or word.right > width - right + _TOLERANCE
        or word.top < top - _TOLERANCE
        or (word.bottom > height - bottom + _TOLERANCE and not height - bottom + 10 < word.top < height - 12)
    ]
