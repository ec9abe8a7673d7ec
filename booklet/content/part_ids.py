"""Ids of a booklet's parts that are no proposal: reserved, since the anchors of a part and of a proposal are their ids.

They stand below the rules about proposals, which refuse such a file name (M107), and below the table of chapters, which
can have no other id: `PartId` is checked by the type checker.
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
