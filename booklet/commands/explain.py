"""`explain`: the documentation of a rule, or the list of all."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from booklet.commands.session import CLEAN, Session, UsageError
from booklet.diagnostics.message import say

if TYPE_CHECKING:
    from booklet.commands.arguments import Commands

#: columns that hold a long word, and from which on lines are hard to read
NARROWEST, WIDEST = 24, 100


def add_parser(commands: Commands) -> None:
    """Add `explain`."""
    arguments = commands.add("explain", run_explain, say("print the documentation of a rule"))
    arguments.add(
        "code",
        nargs="?",
        metavar="CODE",
        help=say("code or name of the rule, as C103 (default: list all rules)"),
    )


def run_explain(session: Session) -> int:
    """Print the page of a rule, or one line for each rule."""
    from booklet.checks.engine import find_rule, rule_codes
    from booklet.content.spelling import nearest
    from booklet.diagnostics.rule_pages import write_text

    code = session.options.code
    if code is None:
        print(_list_rules(session), end="")
        return CLEAN
    found = find_rule(code)
    if found is None:
        close = nearest(code, rule_codes())
        hint = say("did you mean `{key}`?", key=close) if close else say("`explain` alone lists all rules")
        raise UsageError(say("no rule `{code}`", code=code), hint)
    width = max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST))
    print(write_text(found, session.language, width), end="")
    return CLEAN


def _list_rules(session: Session) -> str:
    """Write code, name, severity and first sentence of every rule in columns."""
    from booklet.diagnostics.reporters.findings import severity_word
    from booklet.diagnostics.rule_pages import list_rules, read_page

    rows = [
        (
            rule.code,
            rule.name,
            session.text(severity_word(rule.severity)),
            session.language.gettext(read_page(rule).summary),
        )
        for rule in list_rules()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    return "".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) + "\n"
        for row in rows
    )
