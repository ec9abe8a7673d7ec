"""What another owner of a line changes: told as its own cause, with the co-funding that follows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.diff.compare import compare
from tests.costs.test_owners import write
from tests.samples.revisions import costs_of

if TYPE_CHECKING:
    from pathlib import Path


def test_another_owner_is_a_cause(tmp_path: Path) -> None:
    """The furniture and its grant pass to the métropole: no cost changes, the owner is told, and causes add up."""
    before = costs_of(write(tmp_path))
    path = tmp_path / "proposals/mobilite/essai.yaml"
    path.write_text(path.read_text("utf-8").replace(", owner: bourg", ""), "utf-8")
    (change,) = compare(before, costs_of(tmp_path)).changes
    keys = {(cause.key, cause.measure): cause for cause in change.causes}
    assert keys["owner", "cost"].before == "bourg" and not keys["owner", "cost"].total
    # 50 % of 200 000 € become 50 % of 2 M€, and the State's 40 % are of 2 M€ too
    assert keys["owner", "funding"].total == Decimal(900_000)
    funding = sum(cause.total for cause in change.causes if cause.measure == "funding")
    assert funding == Decimal(900_000) + Decimal(80_000)
