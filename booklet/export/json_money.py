"""The financing of a proposal, of an owner or of the whole → the keys of `costs --format json`, null where unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.costs.financing import Cells, Financing
from booklet.export.json_balance import write_balance
from booklet.export.json_values import (
    own_share_of,
    sum_years,
    write_optional_years,
    write_own_share,
    write_rounded_sum,
    write_sum,
)
from booklet.text.language import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

    from booklet.content.model.proposal import Section

_NOT_KNOWN = Cells(None, None, None)
#: figures of an owner's part, by the key of the JSON: each year rounded once, but the own share, rounded in all
_OF_A_PART: Mapping[str, Callable[[Financing], Decimal | None]] = {
    "gross": lambda chain: sum_years(chain.ht),
    "base": lambda chain: sum_years(chain.base),
    "own_share": own_share_of,
    "earned": lambda chain: sum_years(chain.earned),
}
#: amounts part of which may come after the six years, by the key of the JSON
_LATE: Mapping[str, Callable[[Financing], Cells]] = {
    "fctva": lambda chain: chain.fctva_cells,
    "net": lambda chain: chain.net_cells,
}


def write_money(years: tuple[int, ...], financing: Mapping[Section, Financing | None]) -> dict[str, object]:
    """Write, by section over the six years, the funding base, own share, FCTVA, revenues and net cost, and the years.

    Null where unknown, and then `net_unknown` says why; the years of the net and what comes after them add up to it.
    """
    return {
        "base": {
            section: write_rounded_sum(chain.base) if chain else None for section, chain in financing.items()
        },
        "own_share": {section: write_own_share(chain) for section, chain in financing.items()},
        "earned": {
            section: write_rounded_sum(chain.earned) if chain else None
            for section, chain in financing.items()
        },
        **write_late_money(years, {section: [chain] for section, chain in financing.items()}),
        "net_unknown": {
            section: [reason.text(ENGLISH) for reason in chain.unknown]
            for section, chain in financing.items()
            if chain and chain.unknown
        },
    }


def write_parts_of(
    years: tuple[int, ...], financing: Mapping[Section, Financing | None]
) -> dict[str, object]:
    """Write the part of each owner of a proposal that has several; nothing of one that has one."""
    found = {owner for chain in financing.values() if chain for owner in chain.parts}
    if not found:
        return {}
    return {
        "owners": {
            owner or "": write_part(
                years,
                {section: [chain.parts[owner] if chain else None] for section, chain in financing.items()},
            )
            for owner in sorted(found, key=str)
        }
    }


def write_part(
    years: tuple[int, ...], chains: Mapping[Section, Sequence[Financing | None]]
) -> dict[str, object]:
    """Write an owner's part by section: cost HT, base, own share, revenues, and FCTVA and net with their years."""
    written: dict[str, object] = {
        name: {
            section: write_sum(figure(chain) if chain else None for chain in financings)
            for section, financings in chains.items()
        }
        for name, figure in _OF_A_PART.items()
    }
    return {**written, **write_late_money(years, chains), **write_balance(years, chains)}


def write_late_money(
    years: tuple[int, ...], chains: Mapping[Section, Sequence[Financing | None]]
) -> dict[str, object]:
    """Write the FCTVA and the net cost of one or several proposals: the whole, by year, and what comes late."""
    written: dict[str, object] = {}
    for name, cells_of in _LATE.items():
        sections = {
            section: [cells_of(chain) if chain else _NOT_KNOWN for chain in financings]
            for section, financings in chains.items()
        }
        written[name] = {
            section: write_sum(cells.whole for cells in late) for section, late in sections.items()
        }
        written[f"{name}_by_year"] = {
            section: write_optional_years([cells.by_year for cells in late], years)
            for section, late in sections.items()
        }
        written[f"{name}_after_term"] = {
            section: write_sum(cells.after_term for cells in late) for section, late in sections.items()
        }
    return written
