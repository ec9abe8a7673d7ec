"""The ids of the parts of a booklet: reserved, since the ids of parts and of proposals are anchors in one document.

M107 refuses a proposal with such a file name. A chapter (`chapters/table`) can have no id but these: the type checker
compares them with `PartId`.
"""

from __future__ import annotations

from typing import Literal, NewType, get_args

PartId = Literal[
    "opening", "portfolio", "closing", "index", "sources", "front", "register", "numbers", "blank"
]
#: id of the pages that open a domain
DomainPartId = NewType("DomainPartId", str)
_DOMAIN, _BLANK = "domain-", "blank-"
_PART_IDS: frozenset[str] = frozenset(get_args(PartId))


def domain_part_id(domain: str) -> DomainPartId:
    """Name the part that opens a domain, which is also the target of links to it."""
    return DomainPartId(f"{_DOMAIN}{domain}")


def blank_part_id(number: int) -> str:
    """Name one of the empty pages before parts that open on the left."""
    return f"{_BLANK}{number}"


def is_part_id(id: str) -> bool:
    """Check whether an id is reserved for a part of the booklet."""
    return id in _PART_IDS or id.startswith((_DOMAIN, _BLANK))
