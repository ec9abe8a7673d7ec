"""A title → a commented proposal file that passes as a draft."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from booklet.content.paths import FOLDER
from booklet.money.calendar import Month, Term
from booklet.text.slug import slugify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from booklet.content.model.edition import Edition
    from booklet.text.language import Language

MODELINE = "# yaml-language-server: $schema=../../.vscode/proposal.schema.json\n"
#: an id made of a title has four of its words where nothing else has that name, and at most fifty letters
_WORDS, _LONGEST_ID = 4, 50
#: words that say nothing of a proposal alone, in French and English
_SMALL_WORDS = frozenset(
    (
        *(
            "a",
            "au",
            "aux",
            "avec",
            "ce",
            "ces",
            "cette",
            "d",
            "dans",
            "de",
            "des",
            "du",
            "en",
            "et",
            "l",
            "la",
            "le",
        ),
        *(
            "les",
            "leur",
            "leurs",
            "notre",
            "nos",
            "ou",
            "par",
            "pour",
            "que",
            "qui",
            "sa",
            "sans",
            "se",
            "ses",
            "son",
        ),
        *("sur", "tous", "tout", "toute", "toutes", "un", "une", "y"),
        *(
            "an",
            "and",
            "at",
            "by",
            "every",
            "for",
            "from",
            "in",
            "of",
            "on",
            "our",
            "the",
            "their",
            "to",
            "with",
        ),
    )
)
_FALLBACK = Term(Month(2020, 7), 2021)


def write_skeleton(title: str, edition: Edition | None, templates: Path, language: Language) -> str:
    """Fill the commented template: the title as a quoted YAML text, the edition's owners, months of its term."""
    term = (edition.budget_term if edition else None) or _FALLBACK
    organisations = tuple(edition.organisations) if edition else ()
    first = Month(term.first_year, 1)
    template = (templates / "new" / f"proposal.{language.code}.yaml").read_text(encoding="utf-8")
    funders = [
        id for id, organisation in (edition.organisations.items() if edition else ()) if organisation.scheme
    ]
    return MODELINE + template.format(
        # JSON strings are YAML double-quoted scalars
        title=json.dumps(title, ensure_ascii=False),
        owner=organisations[0] if organisations else "id",
        owners=", ".join(organisations) or "…",
        funder=(funders or list(organisations) or ["id"])[0],
        start=term.start,
        end=term.end,
        decision=first,
        study_start=first,
        study_end=first.plus(5),
        rollout_start=first.plus(6),
        rollout_end=first.plus(23),
        recurs_from=first.plus(24),
        year=term.first_year,
        next_year=term.first_year + 1,
        last_year=term.last_year,
    )


def short_ids(title: str) -> Iterator[str]:
    """Ids made of a title, the shortest first: its words without figures, which may change, and without small ones."""
    letters = [word for word in slugify(title).split("-") if word.isalpha()]
    words = [word for word in letters if word not in _SMALL_WORDS] or letters
    for count in range(_WORDS, max(_WORDS, len(words)) + 1):
        id = "-".join(words[:count])
        while len(id) > _LONGEST_ID and "-" in id:
            id = id.rpartition("-")[0]
        yield id[:_LONGEST_ID]


def uncomment(text: str) -> str:
    """Take away the `#` before every key, as the head of the file tells its author to do; comments have `# `."""
    return re.sub(r"^#(?=\S|  )", "", text, flags=re.MULTILINE)


def proposal_path(domain: str, id: str) -> str:
    """The path of a proposal's file, relative to the workspace."""
    return f"{FOLDER}/{domain}/{id}.yaml"
