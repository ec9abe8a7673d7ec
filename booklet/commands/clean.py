"""`clean`: empty the store, or bring it down to a size."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.commands.arguments import read_size
from booklet.commands.session import CLEAN, Session
from booklet.diagnostics.message import say

if TYPE_CHECKING:
    from booklet.commands.arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add `clean`."""
    arguments = commands.add("clean", run_clean, say("empty the store, or bring it down to a size"))
    arguments.add(
        "--store-size",
        read=read_size,
        default=0,
        metavar="SIZE",
        help=say("what the store may hold, as `500 MB` (default: nothing)"),
    )


def run_clean(session: Session) -> int:
    """Empty the store, or bring it down to a size; what is missing is laid out again when it is needed."""
    from booklet.pipeline.staging import only_build

    with only_build(session.root):
        found = session.open_store().trim()
    message = say(
        "store: entries removed: {removed} ({removed_mb} MB); left: {kept} ({kept_mb} MB)",
        removed=found.removed,
        removed_mb=_megabytes(found.removed_bytes),
        kept=found.kept,
        kept_mb=_megabytes(found.kept_bytes),
    )
    print(session.text(message))
    return CLEAN


def _megabytes(size: int) -> Decimal:
    return Decimal(f"{size / 1e6:.2f}")
