"""Rules → their pages: what `explain CODE` prints and what `docs/rules.md` holds.

A page is the docstring of the rule's function: a first sentence, paragraphs, then the headings Why, Fails, Passes and
Source. Every paragraph is one message of the catalogue, so that a translation follows its rule paragraph by paragraph;
so is what an example says in words, in a comment or in place of YAML.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.diagnostics.message import say
from booklet.diagnostics.rule import FIXED_FAMILIES, FIXED_RULES, RULES, Rule
from booklet.text.language import ENGLISH, Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: a comment, or a line without the `key:` or `- ` of YAML
_WORDS = re.compile(r"""(?m)(?:(?<=^# )|(?<=\s# )).+$|^(?![ ]*(?:[\w"{-][^ ]*:(?: |$)|[-}\]{\[#])).+$""")
#: a comment that is YAML alone
_CODE = re.compile(r"[\w.-]+: \{[^;]*\}")

#: how far the sections of a page are set in on a terminal
_INDENT = "  "
_EMPHASIS = re.compile(r"\*([^*`]+)\*")
HEADINGS = ("Why", "Fails", "Passes", "Source")
#: headings as the catalogue knows them
_WRITTEN = {"Why": say("Why"), "Fails": say("Fails"), "Passes": say("Passes"), "Source": say("Source")}
_SEVERITIES = {"error": say("error"), "warning": say("warning"), "information": say("information")}
#: families in the order of the page, with what each is about
FAMILIES = {
    "Y": say("Y: reading YAML"),
    "M": say("M: what the files hold"),
    "C": say("C: costs"),
    "T": say("T: time"),
    "F": say("F: funding"),
    "S": say("S: sources"),
    "N": say("N: neutrality"),
    "P": say("P: the whole booklet"),
    "R": say("R: the printed page"),
    "X": say("X: figures brought back from a workbook"),
}
_INTRODUCTION = say(
    "Every rule has a code, stable for ever, and a name. Errors stop the build, warnings only with `--strict`, "
    "information never. An edition can change a severity, and a proposal can waive a finding, with a reason that is "
    "printed; not of families {families}, nor of {rules}.",
    families=", ".join(FIXED_FAMILIES),
    rules=", ".join(FIXED_RULES),
)
_GENERATED = say("This page is made from the rules' own documentation by `python -m booklet.generate`.")


@dataclass(frozen=True, slots=True)
class Page:
    """One rule's page: its paragraphs by heading, examples as typed."""

    summary: str
    details: tuple[str, ...]
    why: tuple[str, ...]
    fails: str
    passes: str
    source: tuple[str, ...]


def read_page(rule: Rule[...]) -> Page:
    """Read a rule's docstring; raises `ValueError` where a heading is missing or out of order."""
    blocks: dict[str, list[str]] = {"": []}
    for line in rule.page.splitlines():
        if line in HEADINGS:
            blocks[line] = []
        else:
            blocks[[*blocks][-1]].append(line.removeprefix("    ") if len(blocks) > 1 else line)
    if tuple(blocks) != ("", *HEADINGS):
        raise ValueError(f"{rule.code}: expected the headings {', '.join(HEADINGS)}, in this order")
    summary, *details = _paragraphs(blocks[""])
    return Page(
        summary,
        tuple(details),
        _paragraphs(blocks["Why"]),
        "\n".join(blocks["Fails"]).strip("\n"),
        "\n".join(blocks["Passes"]).strip("\n"),
        _paragraphs(blocks["Source"]),
    )


def _paragraphs(lines: list[str]) -> tuple[str, ...]:
    """Join the lines of each paragraph: where a docstring breaks its lines changes no message."""
    return tuple(" ".join(block.split()) for block in "\n".join(lines).split("\n\n") if block.strip())


def words_of(page: Page) -> Iterator[str]:
    """What the examples of a page say in words: comments, and the lines of one that is not YAML."""
    for example in (page.fails, page.passes):
        yield from filter(_is_said, _WORDS.findall(example))


def _is_said(words: str) -> bool:
    return " " in words and not _CODE.fullmatch(words)


def _translate(example: str, language: Language) -> str:
    """An example as typed, with its words in a language."""
    return _WORDS.sub(lambda one: language.gettext(one[0]) if _is_said(one[0]) else one[0], example)


def write_text(rule: Rule[...], language: Language, width: int) -> str:
    """Write one rule's page as a terminal shows it: paragraphs in lines of a width, examples set in."""
    page = read_page(rule)

    def fold(texts: tuple[str, ...], width: int = width) -> list[str]:
        return [textwrap.fill(_EMPHASIS.sub(r"\1", language.gettext(text)), width) for text in texts]

    def section(name: str, blocks: Iterable[str]) -> str:
        return f"{_WRITTEN[name].text(language)}\n" + textwrap.indent("\n\n".join(blocks), _INDENT)

    blocks = (
        f"{rule.code} {rule.name} ({_SEVERITIES[rule.severity].text(language)})",
        *fold((page.summary, *page.details)),
        section("Why", fold(page.why, width - len(_INDENT))),
        section("Fails", [_translate(page.fails, language)]),
        section("Passes", [_translate(page.passes, language)]),
        section("Source", fold(page.source, width - len(_INDENT))),
    )
    return "\n\n".join(blocks) + "\n"


def list_rules() -> tuple[Rule[...], ...]:
    """List every rule of the tool, by family in the order of the page, then by code."""
    order = {family: index for index, family in enumerate(FAMILIES)}
    return tuple(sorted(RULES.values(), key=lambda rule: (order[rule.code[0]], rule.code)))


def render_page(rule: Rule[...], language: Language = ENGLISH, *, level: int = 1) -> str:
    """Write one rule's page as Markdown, in a language."""
    page = read_page(rule)

    def heading(name: str) -> str:
        return f"**{_WRITTEN[name].text(language)}**"

    def paragraphs(texts: tuple[str, ...]) -> str:
        return "\n\n".join(language.gettext(text) for text in texts)

    severity = _SEVERITIES[rule.severity].text(language)
    parts = "\n\n".join(
        (
            f"{'#' * level} {rule.code} {rule.name} ({severity})",
            paragraphs((page.summary, *page.details)),
            heading("Why"),
            paragraphs(page.why),
            heading("Fails"),
            f"```yaml\n{_translate(page.fails, language)}\n```",
            heading("Passes"),
            f"```yaml\n{_translate(page.passes, language)}\n```",
            heading("Source"),
            paragraphs(page.source),
        )
    )
    return f"{parts}\n"


def render_all(language: Language = ENGLISH) -> str:
    """Write the page of all rules as Markdown: a table first, then each rule by family."""
    rules = list_rules()
    columns = (say("code"), say("name"), say("severity"), say("says"))
    parts = [
        f"# {say('The rules').text(language)}",
        f"{_INTRODUCTION.text(language)} {_GENERATED.text(language)}",
    ]
    table = [_row(*(column.text(language) for column in columns)), _row("---", "---", "---", "---")]
    for rule in rules:
        severity = _SEVERITIES[rule.severity].text(language)
        code = f"[{rule.code}](#{_anchor(rule, severity)})"
        table.append(_row(code, rule.name, severity, language.gettext(read_page(rule).summary)))
    parts.append("\n".join(table))
    for family, title in FAMILIES.items():
        pages = [
            render_page(rule, language, level=3).rstrip() for rule in rules if rule.code.startswith(family)
        ]
        if pages:
            parts += [f"## {title.text(language)}", *pages]
    return "\n\n".join(parts) + "\n"


def _anchor(rule: Rule[...], severity: str) -> str:
    """The anchor that GitHub makes of a rule's heading."""
    return f"{rule.code} {rule.name} {severity}".lower().replace(" ", "-")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
