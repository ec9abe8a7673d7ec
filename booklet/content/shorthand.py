"""Short forms of a group of keys: one value for low, central and high, and years beside keys that have names."""

from __future__ import annotations

from booklet.content.amount_hints import hint_estimate
from booklet.content.scalars import fault, kind_of, read_quantity
from booklet.diagnostics.message import say

#: the name under which a model gathers keys that are years
YEARS = "*"


def spread_price(raw: object) -> object:
    """Make one price the low, central and high of an estimate; two or three that were typed as one are refused."""
    if isinstance(raw, dict):
        return raw
    if hints := hint_estimate(raw):
        raise fault(
            "M104",
            say("found {found}, expected one amount, or low, central and high", found=kind_of(raw)),
            *hints,
        )
    return {"low": raw, "central": raw, "high": raw}


def read_quantities(raw: object) -> object:
    """Read one number as the low, central and high of a quantity; two or three that were typed as one are refused."""
    if isinstance(raw, dict):
        return raw
    if hints := hint_estimate(raw, in_euros=False):
        raise fault(
            "M103",
            say("found {found}, expected one number, or low, central and high", found=kind_of(raw)),
            *hints,
        )
    read_quantity(raw)
    return {"low": raw, "central": raw, "high": raw}


def gather_years(raw: object) -> object:
    """Put the units by year of a ramp, `{2022: 10, then: 150}`, under one key."""
    if not isinstance(raw, dict):
        return raw
    years = {key: units for key, units in raw.items() if key.strip()[:1].isdigit()}
    return {
        **{key: item for key, item in raw.items() if key not in years},
        **({YEARS: years} if years else {}),
    }
