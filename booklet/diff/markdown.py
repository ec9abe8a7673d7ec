"""Difference → one comment on a pull request: a sentence, the table, then details to unfold.

The hidden first line is a mark, by which the comment is found again and updated. Authors' texts are escaped: no markup,
no mention of a person, no reference to an issue, no link. GitHub refuses a comment over 65 536 characters; proposals
that do not fit are counted, never cut in the middle.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import Message, say
from booklet.diff.amounts import write_change
from booklet.diff.cause_words import describe_kind, group_causes, tell, write_moved
from booklet.diff.sentences import closing, consequences, headline
from booklet.diff.table import choose_layout, tabulate_proposals, tabulate_years
from booklet.text.outside import break_references, escape_markdown, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from booklet.diff.cause import Cause
    from booklet.diff.change import ProposalChange
    from booklet.diff.difference import Difference
    from booklet.export.text_table import TextTable
    from booklet.text.language import Language

MARK = "<!-- booklet:costs -->"
#: of UTF-8, which is at least as long as GitHub's count of characters
MAX_BYTES = 65_536
#: bytes reserved for the last lines, which count the proposals left out
RESERVE = 1_024
MAX_ROWS = 40
MAX_CAUSES = 30
MAX_TEXT = 160
MAX_LISTED = 12


def write_markdown(
    difference: Difference,
    found: Sequence[Diagnostic],
    notes: Sequence[Message],
    language: Language,
    max_bytes: int = MAX_BYTES,
) -> str:
    """Write the comment; proposals beyond `max_bytes` are left out and counted."""
    layout = choose_layout(difference, language, escape)
    head = [
        MARK,
        f"### {escape(headline(difference, language))}",
        _paragraph(consequences(difference, language)),
    ]
    head += [_warning(note.text(language)) for note in notes]
    head += [_finding(diagnostic, language) for diagnostic in found]
    moving = [change for change in difference.changes if change.moves_money]
    if moving:
        head.append(_write_table(tabulate_proposals(difference, layout, MAX_ROWS)))
    if any(difference.cells.values()):
        head.append(_write_table(tabulate_years(difference, layout)))
    body = "\n\n".join(part for part in head if part) + "\n"
    size = len(body.encode()) + RESERVE
    parts, left_out = [body], 0
    if difference.changes:
        parts.append(f"\n**{escape(say('Why').text(language))}**\n")
    for change in difference.changes:
        text = "" if left_out else _detail(change, difference, language)
        size += len(text.encode())
        if left_out or size > max_bytes:
            left_out += 1
        else:
            parts.append(text)
    if left_out:
        message = say("Proposals that changed and have no room here: {count}.", count=left_out)
        parts.append(f"\n{escape(message.text(language))}\n")
    end = "".join(f"\n{line}\n" for line in _end(difference, language))
    if size + len(end.encode()) <= max_bytes:
        parts.append(end)
    return "".join(parts)


def escape(text: str) -> str:
    """Escape a text, on one short line, for Markdown."""
    return escape_markdown(_shorten(visible(" ".join(text.split()))))


def _escape_html(text: str) -> str:
    """Escape a text inside an element of HTML, where Markdown is not read."""
    shown = _shorten(visible(" ".join(text.split())))
    return html.escape(break_references(shown))


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def _paragraph(sentences: Iterator[str]) -> str:
    return "  \n".join(escape(sentence) for sentence in sentences)


def _warning(text: str) -> str:
    return f"> ⚠️ {escape(text)}"


def _finding(diagnostic: Diagnostic, language: Language) -> str:
    sign = "❌" if diagnostic.severity is Severity.ERROR else "⚠️"
    lines = [f"> {sign} **{escape(diagnostic.message.text(language))}** ({diagnostic.code})"]
    lines += [f"> {escape(hint.text(language))}" for hint in diagnostic.hints]
    return "  \n".join(lines)


def _write_table(table: TextTable) -> str:
    """Write a table, its last row (the total) in bold; the first column is escaped already."""
    lines = [f"| {' | '.join(table.head)} |", f"| --- |{' ---: |' * (len(table.head) - 1)}"]
    lines += [f"| {' | '.join(row)} |" for row in table.rows[:-1]]
    lines += [f"| {' | '.join(f'**{cell}**' if cell else '' for cell in row)} |" for row in table.rows[-1:]]
    return "\n".join([f"**{escape(table.title)}**", "", *lines])


def _detail(change: ProposalChange, difference: Difference, language: Language) -> str:
    """Write one proposal to unfold: its title and change on the fold, one cause a line inside."""
    kind = describe_kind(change, language)
    amount = write_moved(change, language)
    title = f"<b>{_escape_html(change.current.name)}</b>" + (f", {_escape_html(kind)}" if kind else "")
    blocks = [
        f"{name.text(language)}\n\n{_causes(causes, difference, language)}"
        for name, causes in group_causes(change)
    ]
    if change.after_term:
        after = escape(say("every year after the term").text(language))
        blocks.append(f"**{write_change(change.after_term, language)}** {after}")
    inside = "\n\n".join(blocks) or escape(say("only its name or its place changed").text(language))
    summary = f"<summary>{title} · {html.escape(amount)}</summary>"
    return f"\n<details>{summary}\n\n{inside}\n\n</details>\n"


def _causes(causes: Sequence[Cause], difference: Difference, language: Language) -> str:
    """Write causes of one group, one a line; those beyond `MAX_CAUSES` are counted."""
    lines = [_cause(cause, difference, language) for cause in causes[:MAX_CAUSES]]
    if len(causes) > MAX_CAUSES:
        more = say("other causes: {count}", count=len(causes) - MAX_CAUSES)
        lines.append(f"- {escape(more.text(language))}")
    return "\n".join(lines)


def _cause(cause: Cause, difference: Difference, language: Language) -> str:
    """Write one cause, its amount first."""
    amount, subject, description = tell(cause, difference, language)
    return f"- {f'**{amount}** · ' if amount else ''}{escape(subject)} · {escape(description)}"


def _end(difference: Difference, language: Language) -> Iterator[str]:
    """Write the lists of what the tables do not have, and the count of unchanged proposals."""
    for name, items in closing(difference, language):
        yield escape(name) + _list(items, language)
    still = say("proposals that do not change: {count}", count=difference.unchanged)
    yield f"<sub>{escape(still.text(language))}</sub>"


def _list(items: Sequence[str], language: Language) -> str:
    lines = [f"- {escape(item)}" for item in items[:MAX_LISTED]]
    if len(items) > MAX_LISTED:
        lines.append(f"- {escape(say('{count} more', count=len(items) - MAX_LISTED).text(language))}")
    return "\n\n" + "\n".join(lines)
