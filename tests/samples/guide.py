"""Read the French guide: follow its two proposals from stage to stage, and put its examples into the second.

The guide keeps to a few forms, which are also how it looks on GitHub:

    ```diff            `- ` what not to write, `+ ` what to write instead, two spaces for what stands around, `…` for
                       lines that are passed over
    ```yaml            the whole file of the followed proposal, at that stage
    ```console         `$ sh run.sh …`, then exactly what it prints on a terminal
    > <!-- booklet:costs -->    the comment of the pull request, quoted
    **M104** : *…*     the code and the message of what the tool finds in the `- ` lines above
    **À la relecture** what a reader says of them, where no rule can see it

Under `## Chaque rubrique…`, `### … : `costs`` opens the keys of one group and `#### `unit_cost` …` explains one key or
several. The examples of a key are lines of one item of its group: the item that has most of them. An example that
begins with a comment, `# proposals/sources.yaml`, is one of that file.

What commands print and what rules say is never typed: `python -m tests.samples.guide` writes it into the guide.
"""

from __future__ import annotations

import difflib
import re
import shlex
import shutil
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from booklet.cache.store import Store
from booklet.pipeline.analysis import check_incrementally
from booklet.text.language import FRENCH
from tests.samples.commands import ROOT
from tests.samples.workspace import Sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from booklet.diagnostics.diagnostic import Diagnostic

GUIDE = ROOT / "docs" / "guide-fr.md"
FIRST = "## Un premier jet mis au propre, en trois tours"
STORY = "## Une proposition, de l’idée à la fusion"
FILES = "## Les autres fichiers"
REFERENCE = "## Chaque rubrique, avec un bon et un mauvais exemple"
COMMENT = "> <!-- booklet:costs -->"
ID = "mettre-arrets-bus-ombre"
FOLLOWED = f"proposals/mobilite/{ID}.yaml"
#: the sections whose commands are run, each with the file that it follows
STORIES = {FIRST: "proposals/ecologie/fontaines-boire.yaml", STORY: FOLLOWED}

_FENCE = re.compile(r"```(\w+)")
_VERDICT = re.compile(r"\*\*(?:([A-Z]\d{3})\*\* : \*(.+?)\*(?=[ .,;\n]|$)|À la relecture\*\*)")
_PLACE = re.compile(r"  # (proposals/\S+)")
_KEY = re.compile(r"([a-z_]+):(?: |$)")

#: the image that the examples of `figures` name
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"><path d="M0 0h3v2H0z"/></svg>'

Lines = tuple[str, ...]
#: code and message of a finding
Said = tuple[str, str]


OF_ALL_LINES = frozenset({"C116", "C117"})


@dataclass(frozen=True)
class Block:
    """One fenced block, or the quoted comment: its lines in the guide, and its language."""

    language: str
    first: int
    lines: Lines

    @property
    def place(self) -> str | None:
        """Name the other file that an example belongs to."""
        match = _PLACE.fullmatch(self.lines[0])
        return match[1] if match else None

    def side(self, sign: str) -> Lines:
        """The lines of one side, `-` or `+`, with the unchanged ones around them, as a file has them."""
        lines = self.lines[1:] if self.place else self.lines
        return tuple(line[2:] for line in lines if line[:1] in (sign, " ", ""))

    def signed(self, sign: str) -> Lines:
        """The lines of one side alone."""
        return tuple(line[2:] for line in self.lines if line.startswith(sign))


class Told(NamedTuple):
    """A statement of the guide about the output of the tool, and its line."""

    line: int
    code: str
    message: str


@dataclass(frozen=True)
class Example:
    """One fault in the guide: the blocks that show it, and the findings (none: only a reader sees it)."""

    group: str
    keys: tuple[str, ...]
    blocks: tuple[Block, ...]
    told: tuple[Told, ...]

    @property
    def name(self) -> str:
        """Name the example in a report of tests."""
        return f"{self.group or 'top'}-{'-'.join(self.keys) or 'whole'}-{self.blocks[0].first}"

    @property
    def own(self) -> tuple[Block, ...]:
        """The blocks that change the followed proposal."""
        return tuple(block for block in self.blocks if not block.place)


def read_blocks(lines: Iterable[str]) -> Iterator[Block]:
    """List the fenced blocks and the quoted comment of the guide, in order."""
    opened: Block | None = None
    held: list[str] = []
    for number, line in enumerate([*lines, ""]):
        if opened is None and (line == COMMENT or _FENCE.fullmatch(line)):
            match = _FENCE.fullmatch(line)
            opened = Block(match[1], number + 1, ()) if match else Block("comment", number, ())
            held = [] if match else [line]
        elif opened is not None and (line == "```" or (opened.language == "comment" and line[:1] != ">")):
            yield Block(opened.language, opened.first, tuple(held))
            opened = None
        elif opened is not None:
            held.append(line)


def section(lines: list[str], title: str) -> range:
    """The lines of one section of the second level."""
    start = lines.index(title)
    following = (n for n in range(start + 1, len(lines)) if lines[n].startswith("## "))
    return range(start, next(following, len(lines)))


def read_examples(lines: list[str]) -> Iterator[Example]:
    """List the examples of every key, each with what is told of it."""
    inside = range(section(lines, REFERENCE).start, section(lines, FILES).stop)
    blocks = {block.first: block for block in read_blocks(lines) if block.language == "diff"}
    group, keys = "", tuple[str, ...]()
    held: list[Block] = []
    number = inside.start
    while number < inside.stop:
        line = lines[number]
        if line.startswith("### "):
            group, keys = next(iter(re.findall(r"`([a-z_]+)`", line)), ""), ()
        elif line.startswith("#### "):
            keys = tuple(re.findall(r"`([a-z_]+)`", line))
        elif line == "```diff":
            held.append(blocks[number + 1])
            number += len(held[-1].lines) + 1
        elif held and _VERDICT.match(line):
            end = next(n for n in range(number, len(lines)) if not lines[n])
            yield Example(group, keys, tuple(held), read_told(lines, range(number, end)))
            held = []
        number += 1
    assert not held, f"nothing is said of the example of line {held[0].first + 1}"


def read_told(lines: list[str], inside: range) -> tuple[Told, ...]:
    """List what lines say the tool says; a message stands on one line with its code."""
    return tuple(
        Told(number, match[1], match[2])
        for number in inside
        for match in _VERDICT.finditer(lines[number])
        if match[1]
    )


def headings(lines: list[str]) -> dict[str, set[str]]:
    """List the keys that are explained, by group; the group `""` holds those of the proposal itself."""
    found: dict[str, set[str]] = {"": set()}
    group = ""
    for number in section(lines, REFERENCE):
        named = re.findall(r"`([a-z_]+)`", lines[number])
        if lines[number].startswith("### "):
            group = next(iter(named), "")
            found[""] |= {group} - {""}
            found.setdefault(group, set())
        elif lines[number].startswith("#### "):
            found[group] |= set(named)
    return found


# --- texts -------------------------------------------------------------------------------------------------------


def change(text: str, block: Block) -> str:
    """Apply a change: each line is looked for from where the last one ended; what is not there is a fault of ours."""
    lines, position = text.splitlines(), 0
    for shown in block.lines[1:] if block.place else block.lines:
        line = shown[2:]
        if shown.startswith("+"):
            lines.insert(position, line)
            position += 1
            continue
        if line.strip() == "…":
            continue
        assert line in lines[position:], f"line {block.first + 1}: `{line}` does not follow in the file"
        position = lines.index(line, position)
        if shown.startswith("-"):
            del lines[position]
        else:
            position += 1
    return "\n".join(lines) + "\n"


def swap(text: str, block: Block, sign: str) -> str:
    """Put one side of an example into another file, which holds one of the two sides, or none."""
    lines, position = text.splitlines(), 0
    for shown in block.lines[1:]:
        line = shown[2:]
        if shown[:1] in "+-":
            if position < len(lines) and lines[position] == line:
                del lines[position]
            if shown.startswith(sign):
                lines.insert(position, line)
                position += 1
        else:
            assert line in lines[position:], f"line {block.first + 1}: `{line}` does not follow in the file"
            position = lines.index(line, position) + 1
    return "\n".join(lines) + "\n"


def entries(lines: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Cut lines into the keys at their margin, each with all its lines; what stands before the first has no key."""
    cut: list[tuple[str, list[str]]] = [("", [])]
    for line in lines:
        match = _KEY.match(line)
        if match:
            cut.append((match[1], [line]))
        else:
            cut[-1][1].append(line)
    return cut


def merge(lines: Iterable[str], added: Lines, dropped: set[str]) -> list[str]:
    """Put keys in the place of those of the same name, or at the end; take away keys that must not stand there."""
    new = dict(entries(added))
    new.pop("", None)
    out: list[str] = []
    for key, held in entries(lines):
        if key in new:
            out += new.pop(key)
        elif key not in dropped:
            out += held
    return out + [line for held in new.values() for line in held]


def put(text: str, group: str, block: Block, sign: str) -> str:
    """Put one side of an example into a proposal: into the group's fitting item, or into the proposal itself."""
    side = block.side(sign)
    keys = {key for key, _ in entries(line[2:] for line in block.lines)} - {""}
    if not group or group in keys:
        return "\n".join(merge(text.splitlines(), side, keys)) + "\n"
    out: list[str] = []
    for key, held in entries(text.splitlines()):
        out += [held[0], *_merge_group(held[1:], block, side, keys)] if key == group else held
    return "\n".join(out) + "\n"


def _merge_group(lines: list[str], block: Block, side: Lines, keys: set[str]) -> list[str]:
    if not any(line.startswith("  - ") for line in lines):
        return [f"  {line}" for line in merge((line[2:] for line in lines), side, keys)]
    items: list[list[str]] = []
    for line in lines:
        if line.startswith("  - "):
            items.append([])
        items[-1].append(line[4:])

    def fits(item: list[str]) -> tuple[int, int]:
        return len({*item} & {*block.signed(" ")}), len({key for key, _ in entries(item)} & keys)

    best = max(items, key=fits)
    items[items.index(best)] = merge(best, side, keys)
    return [f"  {'- ' if not n else '  '}{line}" for item in items for n, line in enumerate(item)]


# --- following ---------------------------------------------------------------------------------------------------


@dataclass
class Guide:
    """The guide, and a copy of the published proposals in which it is followed."""

    root: Path
    lines: list[str] = field(default_factory=lambda: GUIDE.read_text("utf-8").splitlines())

    @property
    def file(self) -> Path:
        """Name the file of the followed proposal."""
        return self.root / FOLLOWED

    def prepare(self, *, only: bool = False) -> None:
        """Copy the published proposals, or only those that the guide names, and draw the image of the examples."""
        named = set(re.findall(r"[a-z]+(?:-[a-z]+)+", "\n".join(self.lines)))
        for path in (ROOT / "proposals").rglob("*.*"):
            if not only or path.parent.name == "proposals" or {path.stem, path.parent.name} & named:
                copy = self.root / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, copy)
        if only:
            self.file.with_suffix("").mkdir(parents=True)
            (self.file.with_suffix("") / "abri.svg").write_text(DRAWING, "utf-8")

    def story(self, title: str = STORY) -> tuple[Block, ...]:
        """List the blocks of the proposal that a section follows."""
        inside = section(self.lines, title)
        return tuple(block for block in read_blocks(self.lines) if block.first in inside)

    def write(self, block: Block, text: str) -> str | None:
        """The file after a block that writes or changes it; None for a block that is only printed."""
        if block.language == "yaml":
            return "\n".join(block.lines) + "\n"
        return change(text, block) if block.language == "diff" else None

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """List the examples of every key."""
        return tuple(read_examples(self.lines))

    @cached_property
    def final(self) -> str:
        """The followed proposal as it is merged."""
        text = ""
        for block in self.story():
            text = self.write(block, text) or text
        return text

    def printed(self, block: Block) -> Lines:
        """Run the command of a block, and give it with what it prints on a terminal."""
        words = shlex.split(block.lines[0].removeprefix("$ sh run.sh "))
        full = ["--format", "full"] if words[0] == "check" and "--format" not in words else []
        ran = Sample(self.root).run(*words, *full, environment={"LANG": "fr_FR.UTF-8"})
        return (block.lines[0], *(ran.out + ran.err).splitlines())

    def comment(self) -> Lines:
        """Write the comment of the pull request that brings the proposal as it stands."""
        sample, text = Sample(self.root), self.file.read_text("utf-8")
        after = self.root / "after.json"
        before = self.root / "before.json"
        for path in (after, before):
            path.write_text(sample.run("costs", "--format", "json").out, "utf-8")
            self.file.unlink(missing_ok=True)
        self.file.write_text(text, "utf-8")
        ran = sample.run("diff", str(before), str(after), "--format", "markdown", "--lang", "fr")
        return tuple(f"> {line}" if line else ">" for line in ran.out.splitlines())

    def follow(self) -> Iterator[tuple[Block, Lines]]:
        """Do what the stories say, block after block; give what is really printed beside what is quoted."""
        for title, path in STORIES.items():
            text, file = "", self.root / path
            for block in self.story(title):
                if block.language == "console":
                    yield block, self.printed(block)
                    text = file.read_text("utf-8")
                elif block.language == "comment":
                    yield block, self.comment()
                else:
                    text = self.write(block, text) or text
                    file.write_text(text, "utf-8")
            if title != STORY:
                file.unlink()  # the next story begins with the published proposals

    def base(self, example: Example) -> str:
        """The followed proposal with the group of an example in it, and without the sum that examples change."""
        text = self.final
        if example.group != "total":
            text = "\n".join(merge(text.splitlines(), (), {"total"})) + "\n"
        if example.group and example.group not in {key for key, _ in entries(text.splitlines())}:
            whole = next(one for one in self.examples if one.group == example.group)
            for block in whole.own:
                text = put(text, "", block, "+")
        return text

    def findings(self, example: Example, sign: str) -> tuple[Diagnostic, ...]:
        """The findings in the files of an example, when one side of it is written into them."""
        known = self.known
        texts = {FOLLOWED: self.base(example)}
        for block in example.blocks:
            if block.place:
                texts[block.place] = swap((ROOT / block.place).read_text("utf-8"), block, sign)
            else:
                texts[FOLLOWED] = put(texts[FOLLOWED], example.group, block, sign)
        for path, text in texts.items():
            (self.root / path).write_text(text, "utf-8")
        found = self.check()
        for path in texts:
            if path != FOLLOWED:
                shutil.copy(ROOT / path, self.root / path)
        return tuple(
            one
            for one in found
            if (one.span.path in texts or any(label.span.path in texts for label in one.related))
            and (one.span.path, message(one)) not in known
            and one.accepted is None
            # what is said of all lines together is no fault of one of them
            and (one.code not in OF_ALL_LINES or "reference_class" in example.keys)
        )

    @cached_property
    def known(self) -> frozenset[tuple[str, str]]:
        """The findings in the published files without any example."""
        self.file.write_text(self.final, "utf-8")
        return frozenset((one.span.path, message(one)) for one in self.check())

    def check(self) -> tuple[Diagnostic, ...]:
        """Check the copy; what did not change since the last time is not read again."""
        return check_incrementally(self.root, Store(self.root / ".store")).diagnostics

    def said(self, example: Example, sign: str) -> frozenset[Said]:
        """The code and message of each finding with one side of an example, waived ones left out."""
        found = self.findings(example, sign)
        return frozenset((one.code, message(one)) for one in found if one.waived is None)

    def corrections(self) -> Iterator[tuple[Told, frozenset[Said], frozenset[Said]]]:
        """The story's words about each fault, with the findings before its correction and after."""
        text, end = "", section(self.lines, STORY).start
        for block in self.story():
            told = read_told(self.lines, range(end, block.first))
            end = block.first + len(block.lines)
            new = self.write(block, text) or text
            if told:
                before, after = self._said_of(text), self._said_of(new)
                yield from ((one, before, after) for one in told)
            text = new

    def _said_of(self, text: str) -> frozenset[Said]:
        self.file.write_text(text, "utf-8")
        found = (one for one in self.check() if one.span.path == FOLLOWED)
        return frozenset((one.code, message(one)) for one in found)

    def rewrite(self) -> None:
        """Write into the guide what commands print and what rules say."""
        lines = list(self.lines)
        printed = [(block, real) for block, real in self.follow()]
        told = [(one, self.said(example, "-")) for example in self.examples for one in example.told]
        told += [(one, before) for one, before, _ in self.corrections()]
        for one, said in told:
            real = next((words for code, words in sorted(said) if code == one.code), one.message)
            old, new = (f"**{one.code}** : *{words}*" for words in (one.message, real))
            lines[one.line] = lines[one.line].replace(old, new)
        for block, real_lines in reversed(printed):
            lines[block.first : block.first + len(block.lines)] = real_lines
        GUIDE.write_text("\n".join(lines) + "\n", "utf-8")


def message(found: Diagnostic) -> str:
    """Write a message as the guide does: with plain spaces."""
    return re.sub(r"[\u00a0\u202f]", " ", found.message.text(FRENCH))


def difference(quoted: Lines, printed: Lines) -> str:
    """Show where the guide no longer says what is printed."""
    return "\n".join(difflib.unified_diff(quoted, printed, "guide", "printed", lineterm=""))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        guide = Guide(Path(folder))
        guide.prepare()
        guide.rewrite()
