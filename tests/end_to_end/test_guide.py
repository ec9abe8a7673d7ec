"""The guide in French: what it shows is what happens, and no key is forgotten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

import pytest
from PIL import Image
from pydantic import BaseModel

from booklet.content.model.proposal import LINE_GROUPS, CostLine, Proposal
from booklet.content.model.sources import Reference
from booklet.content.shorthand import YEARS
from tests.samples.commands import ROOT
from tests.samples.guide import (
    FILES,
    FIRST,
    FOLLOWED,
    GUIDE,
    REFERENCE,
    Block,
    Example,
    Guide,
    Lines,
    difference,
    headings,
    read_blocks,
    read_examples,
    section,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = GUIDE.read_text("utf-8").splitlines()
EXAMPLES = tuple(read_examples(LINES))
#: what is said of the whole programme changes with every proposal: there, figures are not compared
WHOLE = re.compile(r"> (### |\| \*\*Total\*\*|<sub>)|rien à signaler")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Guide:
    """The guide with a copy of every published proposal."""
    guide = Guide(tmp_path_factory.mktemp("story"))
    guide.prepare()
    return guide


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Guide:
    """The guide with a copy of the proposals that it names."""
    guide = Guide(tmp_path_factory.mktemp("few"))
    guide.prepare(only=True)
    return guide


def comparable(lines: Lines) -> Lines:
    """Take away figures where they are those of the whole programme."""
    return tuple(re.sub(r"[\d  ,]+", "N", line) if WHOLE.match(line) else line for line in lines)


def test_the_story_is_what_happens(story: Guide) -> None:
    """Every command of the stories prints what is quoted, and the comment is the one of that pull request."""
    followed = [(block, printed) for block, printed in story.follow()]
    assert [block.language for block, _ in followed].count("comment") == 1
    assert len(followed) >= 13
    for block, printed in followed:
        assert difference(comparable(block.lines), comparable(printed)) == "", (
            f"line {block.first + 1}: run `python -m tests.samples.guide`"
        )


def test_the_first_draft_is_clean_in_three_rounds() -> None:
    """A draft of some fifteen faults: a correction by the tool and two by hand, then nothing is left to report."""
    blocks = [block for block in read_blocks(LINES) if block.first in section(LINES, FIRST)]
    assert [block.language for block in blocks].count("diff") == 2
    said = [block.lines for block in blocks if block.language == "console"]
    assert sum(" error[" in line for line in said[0]) > 15
    assert said[-1][1].startswith("rien à signaler")


def test_the_story_ends_with_the_file_it_shows(story: Guide) -> None:
    """The corrections, applied one after another to the first draft, give the file that is shown as merged."""
    first, *others, last = (block for block in story.story() if block.language in ("yaml", "diff"))
    assert {first.language, last.language} == {"yaml"}
    text = story.write(first, "") or ""
    for block in others:
        text = story.write(block, text) or ""
    assert difference(tuple(text.splitlines()), last.lines) == ""


def test_each_correction_of_the_story_is_needed_and_enough(few: Guide) -> None:
    """What is said of a fault is found before its correction, word for word, and no longer after it."""
    corrections = list(few.corrections())
    assert len(corrections) == 10
    for told, before, after in corrections:
        assert (told.code, told.message) in before - after, f"line {told.line + 1}"


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(example, id=example.name, marks=[pytest.mark.long] if index % 4 else [])
        for index, example in enumerate(EXAMPLES)
    ],
)
def test_examples_are_what_they_say(few: Guide, example: Example) -> None:
    """In the followed proposal, a good example brings no finding, and a bad one exactly those that are told."""
    assert few.said(example, "+") == frozenset()
    assert few.said(example, "-") == {(told.code, told.message) for told in example.told}


def keys_of(model: type[BaseModel]) -> set[str]:
    """List the keys of a model as they are written, with those of what it holds."""
    found = set()
    for name, info in model.model_fields.items():
        if info.alias == YEARS:  # all years, no key
            continue
        found.add(info.alias or name)
        for inner in models_in(info.annotation):
            found |= keys_of(inner)
    return found


def models_in(annotation: object) -> list[type[BaseModel]]:
    """List the models that a type speaks of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def test_every_key_is_explained() -> None:
    """The guide has a heading for every key that a proposal may hold, in its group, and for no other."""
    expected: dict[str, set[str]] = {"": set()}
    for name, info in Proposal.model_fields.items():
        key = info.alias or name
        expected[""].add(key)
        inner = models_in(info.annotation)
        if key in LINE_GROUPS[1:]:  # the same lines as `costs`, or less
            (model,) = inner
            assert issubclass(model, CostLine)
            assert set(model.model_fields) <= set(CostLine.model_fields)
        elif inner:
            expected[key] = set().union(*map(keys_of, inner))
    explained = headings(LINES)
    assert [explained.pop(group) for group in LINE_GROUPS[1:]] == [set()] * 3
    assert explained == expected


def test_every_explanation_begins_with_its_purpose() -> None:
    """Under the heading of a key stands a sentence that says what it is for, before any example."""
    first = {line: LINES[number + 2] for number, line in enumerate(LINES) if line.startswith("#### ")}
    assert len(first) > 75
    assert [heading for heading, line in first.items() if not line or line.startswith(("`" * 3, "#"))] == []


#: asked by a rule and not by the model: one of two keys, or where another key wants it
ASKED_BY_RULES = {
    *("source", "assumption", "spread", "recurs", "until", "share", "amount", "vat", "alt", "funding"),
    "affiliation",  # explained with `name`, which is needed
}


def test_what_is_optional_is_said() -> None:
    """An explanation says « facultatif » of the keys that a ready proposal may lack, and of no other."""
    needed = {("", key): need for key, need in needs_of(Proposal)}
    for name, info in Proposal.model_fields.items():
        for model in models_in(info.annotation):
            needed |= {(info.alias or name, key): need for key, need in needs_of(model, deep=True)}
    wrong, group = [], ""
    for number in section(LINES, REFERENCE):
        keys = re.findall(r"`([a-z_]+)`", LINES[number])
        if LINES[number].startswith("### "):
            group = next(iter(keys), "")
            asked = [("", key) for key in keys]
        elif LINES[number].startswith("#### "):
            asked = [(group, key) for key in keys]
        else:
            continue
        optional = LINES[number + 2].startswith("Facultatif")
        wrong += [key for key in asked if needed[key] == optional and key[1] not in ASKED_BY_RULES]
    assert wrong == []


def needs_of(model: type[BaseModel], *, deep: bool = False) -> Iterator[tuple[str, bool]]:
    """List the keys of a model, and whether a ready proposal must have each."""
    for name, info in model.model_fields.items():
        if info.alias == YEARS:  # all years, no key
            continue
        extra = info.json_schema_extra
        yield info.alias or name, isinstance(extra, dict) and bool(extra.get("needed"))
        for inner in models_in(info.annotation) if deep else ():
            yield from needs_of(inner, deep=True)


def test_every_key_has_a_good_and_a_bad_example() -> None:
    """Each key that a heading names stands in a `+` line and in a `-` line of an example under it."""
    shown = {
        (example.group, key): {sign for block in other_blocks for sign in "+-" if holds(block, sign, key)}
        for example in EXAMPLES
        for key in (example.keys or (example.group,))
        if (other_blocks := blocks_of(example.group, example.keys))
    }
    assert len(shown) > 90
    assert [where for where, signs in shown.items() if len(signs) < 2] == SHOWN_OTHERWISE


#: a relation is the same on both sides: what differs stands in the timeline, or in the other file
SHOWN_OTHERWISE = [("links", "needs")]


def blocks_of(group: str, keys: tuple[str, ...]) -> list[Block]:
    """List the blocks of every example under one heading."""
    return [block for one in EXAMPLES if (one.group, one.keys) == (group, keys) for block in one.blocks]


def holds(block: Block, sign: str, key: str) -> bool:
    """Check whether one side of a block writes a key, by itself or inside braces."""
    return re.search(rf"(?:^|[\s{{-]){key}:(?:\s|$)", "\n".join(block.signed(sign))) is not None


def test_every_key_of_a_source_is_explained() -> None:
    """The section on other files explains every key of an entry of the bibliography."""
    inside = section(LINES, FILES)
    named = set(re.findall(r"^#### `(\w+)`", "\n".join(LINES[inside.start : inside.stop]), re.MULTILINE))
    assert keys_of(Reference) <= named


def test_the_diagnostic_that_is_explained_is_real(story: Guide) -> None:
    """The finding that the guide teaches to read is one of the story, line for line."""
    title = LINES.index("## Lire un diagnostic")
    _, quoted, _ = "\n".join(LINES[title:]).split("\n```\n", 2)
    printed = "\n".join("\n".join(block.lines) for block in story.story() if block.language == "console")
    assert quoted in printed


def test_links_inside_the_guide_lead_to_a_heading() -> None:
    """Every link to a place of the guide names a heading, as GitHub makes its anchor."""
    anchors = {anchor(line) for line in LINES if re.match("#{1,4} ", line)}
    links = re.findall(r"\]\(#([^)]+)\)", "\n".join(LINES))
    assert len(links) > 20
    assert [link for link in links if link not in anchors] == []


def anchor(heading: str) -> str:
    """Write the anchor of a heading: lower case, no punctuation, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lstrip("# ").lower()).replace(" ", "-")


def test_the_picture_is_of_two_pages_and_light() -> None:
    """The picture of the two pages stands beside the guide, wide enough to read and below 150 kB."""
    path = ROOT / "docs" / "pages" / "guide.png"
    with Image.open(path) as picture:
        assert picture.width > picture.height > 900
    assert path.stat().st_size < 150_000


def test_the_followed_proposal_stands_in_the_guide_only() -> None:
    """The proposal of the guide is not one of the booklet: `new` would refuse to write over it."""
    assert not (ROOT / FOLLOWED).exists()
