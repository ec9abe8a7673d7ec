"""What changes beside the net cost, and why: savings, lost revenue, payments outside the term, interest."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.diff.compare import compare
from tests.export.test_balance import LOAN, OTHERS, WORKS
from tests.samples.commands import run
from tests.samples.money import write_money
from tests.samples.revisions import costs_of

if TYPE_CHECKING:
    from pathlib import Path


def test_every_change_beside_the_net_cost_has_its_cause(tmp_path: Path) -> None:
    """A saving that grows, a revenue given up no more, a balance, a rate, another amount lent: each in its measure."""
    changes = (
        (OTHERS, "unit_cost: 1 200,", "unit_cost: 1 500,"),
        (OTHERS, "quantity: 1, unit: an, unit_cost: 300", "quantity: 2, unit: an, unit_cost: 300"),
        (WORKS, "paid_after: 5 000", "paid_after: 6 000"),
        (LOAN, "rate: 3 %", "rate: 2 %"),
    )
    texts = {OTHERS: OTHERS, WORKS: WORKS, LOAN: LOAN}
    for name, before, after in changes:
        assert before in texts[name]
        texts[name] = texts[name].replace(before, after)
    files = []
    for name, (lines, funding, more) in {
        "before": (WORKS, LOAN, OTHERS),
        "after": (texts[WORKS], texts[LOAN], texts[OTHERS]),
        "more": (texts[WORKS], texts[LOAN].replace("100 000", "200 000"), texts[OTHERS]),
    }.items():
        root = write_money(tmp_path / name, lines, funding=funding, more=more)
        files.append(str(tmp_path / f"{name}.json"))
        (tmp_path / f"{name}.json").write_text(run("-C", str(root), "costs", "--format", "json").out, "utf-8")
    found = json.loads(run("--lang", "en", "diff", *files[:2], "--format", "json").out)
    (change,) = found["proposals"]
    causes = [
        (one["measure"], one["cause"], one["key"], one["subject"], one["total"]) for one in change["causes"]
    ]
    assert causes == [
        ("saving", "unit-cost", "unit-cost", "b", "450.00"),
        ("lost-revenue", "quantity", "quantity", "c", "600.00"),
        ("outside-term", "timing", "paid-after", "a", "1000.00"),
        ("interest", "terms", "loan", "region", "-5500.00"),
    ]
    assert (change["total"], change["net"], change["net_after_savings"]) == ("0.00", "0.00", "150.00")
    assert found["totals"]["net"]["after_savings"] == "150.00"
    text = run("--lang", "en", "diff", *files[:2], "--format", "markdown").out
    assert "After savings and lost revenue, the net cost changes by +150" in text
    assert "terms of the loan: 3 % over 10 years" in text.replace("\N{NO-BREAK SPACE}", " ")
    (more,) = json.loads(run("diff", *files[1:], "--format", "json").out)["proposals"]
    assert ("follows-loan", "11000.00") in [(one["key"], one["total"]) for one in more["causes"]]


def test_a_draft_that_is_counted_changes_every_figure_by_all_of_it(tmp_path: Path) -> None:
    """Ready, a draft again, new, removed: each figure of the proposal has causes that add up to its change."""
    draft, ready = (
        costs_of(write_money(tmp_path / status, WORKS, funding=LOAN, more=OTHERS, status=status))
        for status in ("draft", "ready")
    )
    nothing = ready.model_copy(update={"proposals": ()})
    for before, after, key in (
        (draft, ready, "became-ready"),
        (ready, draft, "became-draft"),
        (nothing, ready, "net-follows"),
        (ready, nothing, "net-follows"),
    ):
        (change,) = compare(before, after).changes
        sign = 1 if after is ready else -1
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for cause in change.causes:
            sums[cause.measure] += cause.total
        assert sums["net"] == change.net == sign * Decimal("1003152.00")
        others = ("saving", "lost-revenue", "outside-term", "interest", "fctva")
        assert [sums[name] * sign for name in others] == [1800, 600, 15_000, 16_500, Decimal("196848.00")]
        assert key in {cause.key for cause in change.causes if cause.measure == "net"}
