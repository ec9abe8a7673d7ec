"""A title → a commented proposal file that passes as a draft."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from booklet.content.proposal_files import FOLDER
from booklet.money.calendar import Month, Term

if TYPE_CHECKING:
    from pathlib import Path

    from booklet.content.model.edition import Edition
    from booklet.text.language import Language

MODELINE = "# yaml-language-server: $schema=../../.vscode/proposal.schema.json\n"
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


def proposal_path(domain: str, id: str) -> str:
    """The path of a proposal's file, relative to the workspace."""
    return f"{FOLDER}/{domain}/{id}.yaml"
