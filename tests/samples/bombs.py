"""Files made to exhaust whoever reads them, each put into an otherwise tiny workspace (`benchmarks/bombs.py`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.samples.hostile_pictures import (
    deep,
    huge_png,
    long_path,
    second_header,
    selectors,
    short_steps,
    sizes_of_text,
    stops,
    svg,
    uses,
    wrong_chunk_size,
)
from tests.samples.hostile_workbooks import BOMBS as WORKBOOKS
from tests.samples.hostile_workbooks import SHEET, add_cells, declare_rows, rewrite
from tests.samples.workbooks import cost
from tests.samples.workspace import EDITION, LISTS, PROPOSAL, SOURCES, png, write_small

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

BUS = "proposals/mobilite/feux.yaml"
_LISTS, _SOURCES, _EDITION = (f"proposals/{name}.yaml" for name in ("lists", "sources", "edition"))
_MANY = 100_000
_HUGE = 100_000_000
_ROW = f"[{'a,' * 900}a],"
Data = str | bytes


@dataclass(frozen=True, slots=True)
class Bomb:
    """Files by path in a workspace, and the command that meets them."""

    name: str
    make: Callable[[], Mapping[str, Data]]
    command: str = "check"


def every_bomb() -> Iterator[Bomb]:
    """Yield every bomb, in the order of the table."""
    yield from _sizes()
    yield from _characters()
    yield from _keys()
    yield from _tables()
    yield from _entries()
    yield from _amounts()
    yield from _near_misses()
    yield from _markdown()
    yield from _workbooks()
    yield from _layouts()


def find_bomb(name: str) -> Bomb:
    """Find a bomb by its name."""
    return next(bomb for bomb in every_bomb() if bomb.name == name)


def _lines(line: str, count: int = _MANY) -> str:
    """Write a line for each number, where it stands in place of `#`."""
    return "".join(f"{line.replace('#', str(number))}\n" for number in range(count))


def _file(name: str, path: str, text: Callable[[], Data]) -> Bomb:
    return Bomb(name, lambda: {path: text()})


def _instead(name: str, old: str, new: Callable[[], str]) -> Bomb:
    """Put a text in place of another one in a proposal that is otherwise sound."""
    assert old in PROPOSAL, old
    return Bomb(name, lambda: {BUS: PROPOSAL.replace(old, new(), 1)})


def _sizes() -> Iterator[Bomb]:
    for kind, path in (("proposal", BUS), ("lists", _LISTS)):
        yield _file(f"100 MB of empty lines, {kind}", path, lambda: "\n" * _HUGE)
        yield _file(f"100 MB of two-letter lines, {kind}", path, lambda: "ab\n" * (_HUGE // 3))
        yield _file(f"100 MB of one scalar, {kind}", path, lambda: "title: " + "a" * _HUGE)
    yield _file("1 MB of empty lines", BUS, lambda: "\n" * 999_000)
    yield _file("1 MB of comments", BUS, lambda: "#\n" * 499_000)
    yield _file("15 MB of empty lines before the lists", _LISTS, lambda: "\n" * 9_000_000 + LISTS)
    yield _file("14 MB of comments before the lists", _LISTS, lambda: "#\n" * 7_000_000 + LISTS)
    yield _file(
        "15 000 lists before a fault of syntax",
        _LISTS,
        lambda: _lines("- {id: l#, name: Une liste #, commune: Une ville}", 15_000) + "- [\n- a: b: c\n",
    )
    yield _file("15 MB of one scalar", _LISTS, lambda: "a" * 9_000_000)
    yield _file("14 MB of short keys", _SOURCES, lambda: _lines("k#:", 1_500_000))
    yield _file("15 MB of short items", _LISTS, lambda: "- a\n" * 3_900_000)
    yield _file("15 MB of empty lists in a list", _LISTS, lambda: f"[{'[],' * 5_000_000}a]")
    yield _file("1 MB of brackets", BUS, lambda: "a: " + "[" * 900_000)
    yield _file("1 MB of lists in lists", BUS, lambda: f"a: [{_ROW * 500}a]")
    yield _file("1 MB of ever deeper keys", BUS, lambda: "".join(f"{' ' * one}a:\n" for one in range(1_300)))


def _characters() -> Iterator[Bomb]:
    yield _file("1 MB of control characters", BUS, lambda: "title: " + "\x01" * 990_000)
    yield _file("16 MB of control characters", _LISTS, lambda: "\x01" * 15_900_000)
    yield _file("1 MB of bytes that are no UTF-8", BUS, lambda: b"title: " + b"\xff" * 990_000)
    yield _file("16 MB of bytes that are no UTF-8", _LISTS, lambda: b"\xff" * 15_900_000)
    yield _file("10⁵ escapes of control characters", BUS, lambda: "a:\n" + _lines(r'- "\x01"'))


def _keys() -> Iterator[Bomb]:
    yield _file("10⁵ distinct keys", BUS, lambda: _lines("k#: 1", 90_000))
    yield _file("10³ unknown keys", BUS, lambda: PROPOSAL + _lines("k#: 1", 950))
    yield _file("10⁵ unknown keys", BUS, lambda: PROPOSAL + _lines("k#: 1", 80_000))
    yield _file("10⁵ times one key", BUS, lambda: PROPOSAL + "title: b\n" * 90_000)
    yield _file("10⁵ merge keys", BUS, lambda: "a: &a {b: 1}\n" + "<<: *a\n" * _MANY)
    yield _file("10⁵ merge keys, each in a group", BUS, lambda: "a: &a {}\nb:\n" + "- {<<: *a}\n" * 80_000)
    yield _file("10⁵ aliases", BUS, lambda: "a: &a 1\nb:\n" + "- *a\n" * _MANY)
    yield _file("10⁵ tags", BUS, lambda: "a:\n" + "- !t a\n" * _MANY)
    yield _file("10⁵ keys that are lists", BUS, lambda: _lines("[#]: a", 90_000))
    yield _file("10⁵ decimals cut at a comma", BUS, lambda: f"a: [{'1,2,' * 200_000}3]")


#: entries of `sources.yaml` and of `lists.yaml`
_TABLES = {
    "sources": (_SOURCES, "s#: {title: T}"),
    "misspelt sources": (_SOURCES, "s#: {titel: T}"),
    "empty sources": (_SOURCES, "s#:"),
    "wrong sources": (_SOURCES, "S#: {year: x, url: y, read: z}"),
    "lists": (
        _LISTS,
        "- {id: l#, name: Une liste nommée #, head: Prénom Nom#, commune: Une ville, sector: 1}",
    ),
    "lists alike": (_LISTS, "- {id: l, name: Une liste, commune: Une ville}"),
    "empty lists": (_LISTS, "-"),
    "lists without keys": (_LISTS, "- {}"),
}


def _tables() -> Iterator[Bomb]:
    for name, (path, line) in _TABLES.items():
        most = 30_000 if path == _LISTS else 5_000
        yield _file(f"{most} {name}", path, partial(_lines, line, most))
        yield _file(f"10⁵ {name}", path, partial(_lines, line))
    yield _file(
        "10³ heads of 9 000 words", _LISTS, lambda: _lines(f"- {{id: l#, head: {'a ' * 9_000}}}", 800)
    )
    yield _file(
        "8·10³ heads of 900 words", _LISTS, lambda: _lines(f"- {{id: l#, head: {'a ' * 900}}}", 8_000)
    )
    yield _file("10⁵ unknown keys of a list", _LISTS, lambda: "- id: a\n" + _lines("  k#: 1"))
    for key, line in (("domains", "  d#: {title: T}"), ("organisations", "  d#: {name: T}")):
        yield _file(f"10⁵ {key}", _EDITION, partial(_after, EDITION, f"{key}:\n", line, 50_000))
    yield _file(
        "10⁵ words of a glossary", _EDITION, lambda: EDITION + "glossary:\n" + _lines("- {term: #}", 60_000)
    )
    yield _file("5 000 slots in the letter", _EDITION, lambda: EDITION.replace("Voici", "{a} " * 4_500))


def _after(text: str, key: str, line: str, count: int) -> str:
    """Put numbered lines below a key."""
    assert key in text, key
    return text.replace(key, key + _lines(line, count), 1)


#: lists of a proposal: the key and an item
_ENTRIES = {
    "phases": ("timeline:\n", "  - {id: p#, start: 2021-01, end: 2021-02}"),
    "phases that wait for others": (
        "timeline:\n",
        "  - {id: p#, label: a, kind: works, after: [p1, p2, p3, p#]}",
    ),
    "cost lines": ("costs:\n", "  - {label: a#}"),
    "empty cost lines": ("costs:\n", "  -"),
    "misspelt cost lines": (
        "costs:\n",
        "  - {lable: a, quantitiy: b, section: investisement, nature: servise}",
    ),
    "lines of funding": ("funding:\n", "  - {funder: a#, share: 1 %}"),
    "waivers": ("waivers:\n", "  - {rule: C104, because: a#}"),
    "images": ("figures:\n", "  - {file: a#.png}"),
    "keywords": ("keywords:\n", "  - mot#"),
}


def _entries() -> Iterator[Bomb]:
    text = PROPOSAL.replace("funding: []\n", "") + "funding:\nwaivers:\nfigures:\nkeywords:\n"
    for name, (key, line) in _ENTRIES.items():
        for count, many in ((900, "900"), (10_000, "10⁴"), (200_000, "2·10⁵")):
            most = 990_000 // (len(line) + 5)
            if count <= most or many == "2·10⁵":
                yield _file(f"{many} {name}", BUS, partial(_after, text, key, line, min(count, most)))
    years = ", ".join(f"{year}: 1" for year in range(_MANY))
    yield _instead("spread over 10⁵ years", "spread: pose", lambda: f"spread: {{{years}}}")
    yield _instead(
        "10⁵ needed proposals", "authors:", lambda: f"links: {{needs: [{'a, ' * _MANY}b]}}\nauthors:"
    )


def _amounts() -> Iterator[Bomb]:
    gap = " " * 200_000
    for name, old, new in (
        ("a quantity", "quantity: 10", f"quantity: 10{gap}x"),
        ("an amount", "12 000 €", f"12{gap}000 x"),
        ("a percentage", "20 %", f"20{gap}x%"),
        ("a month", "2020-10", f"2020{gap}10"),
    ):
        yield _instead(f"2·10⁵ spaces in {name}", old, partial(str, new))
    yield _instead("2·10⁵ spaces after a €", "12 000 €", lambda: f"€{gap}x")
    yield _instead("2·10⁵ digits apart", "12 000 €", lambda: f"{'1 ' * 200_000}x")
    yield _instead("4·10⁵ digits", "12 000 €", lambda: "1" * 400_000)
    yield _instead("2·10⁴ millions", "12 000 €", lambda: f"{'1 million d’' * 20_000}x")


def _near_misses() -> Iterator[Bomb]:
    near = "investissement" * 6_000
    yield _instead("a near-miss of 84 000 letters", "section: investissement", lambda: f"section: {near}")
    yield _instead("an id of 4·10⁵ letters", "owner: ville", lambda: f"owner: {'a-' * 200_000}")
    yield _instead("an address of 2·10⁵ letters", "owner: ville", lambda: f"owner: https://{'a' * 200_000}")
    yield _instead("a key of 900 letters", "costs:\n", lambda: f"{'costs' * 180}: a\ncosts:\n")
    cited = " ".join(f"[@source-of-figur-{number}]" for number in range(160))
    sources = partial(_lines, "source-of-figure-#: {title: T}", 4_500)
    yield Bomb(
        "160 near-misses of 4 500 sources",
        lambda: {_SOURCES: SOURCES + sources(), BUS: PROPOSAL.replace("tient", cited, 1)},
    )
    yield Bomb(
        "near-misses of sources, 40 letters alike",
        lambda: {
            _SOURCES: SOURCES + _lines(f"{'a' * 34}#: {{title: T}}", 4_500),
            BUS: PROPOSAL.replace("[un essai]", "\n" + _lines(f"    - '[@{'a' * 36}b#]'", 200), 1)
            .replace("scope: {included: ", "scope:\n  included:")
            .replace(", excluded: [tout le reste]}", "  excluded: [tout le reste]"),
        },
    )


_MARKDOWN = {
    "brackets": "[",
    "pairs of brackets": "[]",
    "links": "[a](",
    "images in links": "![[]()",
    "angles": "<",
    "addresses": "<http:a",
    "stars": "*",
    "stars apart": "*a ",
    "stars of every kind": "*a_ **b__ ",
    "backquotes": "`",
    "growing backquotes": "`a``b```c````d",
    "quotes": "> ",
    "items": "- ",
    "numbered items": "1. ",
    "entities": "&a",
    "backslashes": "\\",
    "lines": "a\n",
    "citations": "[@a] ",
    "words": "mot ",
    "letters": "a",
}


def _markdown() -> Iterator[Bomb]:
    for name, text in _MARKDOWN.items():
        yield _instead(f"10⁵ {name}", "tient", partial(_repeated, text, _MANY))
        yield _file(f"texts of 20 000 {name}", BUS, partial(_with_texts, _repeated(text, 20_000)))


def _repeated(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length].replace("\n", " ")


def _with_texts(text: str, cited: str = " [@x]") -> str:
    """Fill every long text of a proposal, and many short ones; each cites what does not exist, so that it is parsed."""
    quoted, short = (f'"{escape(text[:length])}{cited}"' for length in (19_000, 3_900))
    texts = "".join(f"{key}: {quoted}\n" for key in ("problem", "solution", "uncertainty"))
    kept = re.sub(r"(?ms)^(problem|solution|uncertainty): \|\n(  .*?\n)+|^scope: .*?\n", "", PROPOSAL)
    return f"{kept}{texts}scope: {{included: [{', '.join([short] * 100)}]}}\n"


#: complete entries of lists that a fiche prints, 900 of each
_PRINTED = {
    "cost lines": (
        "costs:\n",
        "  - {label: Armoire #, section: investissement, nature: equipment, quantity: 10, unit: armoire, unit_cost: "
        "{low: 9 000 €, central: 12 000 €, high: 15 000 €}, spread: pose, vat: 20 %, vat_regime: fctva, "
        "evidence: benchmark, source: bilan-2018}",
    ),
    "phases": ("timeline:\n", "  - {id: p#, label: Pose #, kind: works, start: 2021-01, end: 2021-12}"),
    "risks": ("risks:\n", "  - {risk: Un risque #, answer: Une réponse #}"),
    "effects": (
        "effects:\n",
        "  - {indicator: Retard #, unit: min, baseline: 9, target: 5, year: 2024, source: bilan-2018}",
    ),
    "authors": ("reviewers:\n", "  - {name: Prénom Nom #, when: 2020-01-01}"),
    "keywords": ("keywords:\n", "  - mot clé #"),
}


def _layouts() -> Iterator[Bomb]:
    """Yield proposals that `check` takes, each as large as it may be, and some that it refuses."""
    build = "build --jobs 2"
    text = PROPOSAL + "risks:\neffects:\nreviewers:\nkeywords:\n"
    for name, (key, line) in _PRINTED.items():
        yield Bomb(f"900 {name}", partial(dict, {BUS: _after(text, key, line, 900)}), build)
    for name, words in (("words", "mot "), ("letters", "a"), ("lines", "mot\n\n"), ("items", "- mot\n")):
        yield Bomb(f"texts of 20 000 {name}", partial(dict, {BUS: _with_texts(words * 20_000, "")}), build)
    yield Bomb("10⁵ words", partial(dict, {BUS: PROPOSAL.replace("tient", "mot " * _MANY)}), build)
    yield Bomb(
        "10⁴ cost lines", partial(dict, {BUS: _after(text, "costs:\n", "  - {label: a#}", 10_000)}), build
    )
    hostile = {
        "copies of copies": uses(7),
        "10⁵ stops of a gradient": stops(100, 1_000),
        "a path of 1 MB": long_path(1_000_000),
        "10⁴ selectors": selectors(10_000),
        "deep groups": deep(1_000),
        "a number of 10¹²": svg('<rect x="1e12"/>'),
        "texts of 10 000 sizes": sizes_of_text(10_000),
        "4 900 texts, each of another size": sizes_of_text(4_900),
        "nine paths of short steps": short_steps(180_000),
        "a second header": second_header(),
        "a wrong chunk size": wrong_chunk_size(),
        "40 million rows": huge_png(1, 40_000_000),
        "65 000 rows": png(600, 65_000, (9, 9, 9)),
        "10⁹ pixels": huge_png(),
        "20 000 elements": svg('<rect width="9" height="9"/>' * 19_000),
        "a path of 0.2 MB": long_path(199_000),
        "40 million pixels": png(8_000, 4_999, (9, 9, 9)),
    }
    for name, image in hostile.items():
        figures = f"{PROPOSAL}figures: [{{file: plan.img, alt: Un plan}}]\n"
        files: dict[str, Data] = {BUS: figures, "proposals/mobilite/feux/plan.img": image}
        yield Bomb(f"an image with {name}", partial(dict, files), build)
    many = "".join(f"  - {{file: i{number}.png, alt: Un plan}}\n" for number in range(200))
    large = png(2_000, 2_000, (9, 9, 9)) + b"\0" * 20_000_000
    files = {f"proposals/mobilite/feux/i{number}.png": large for number in range(200)}
    yield Bomb("200 images of 20 MB", partial(dict, {BUS: f"{PROPOSAL}figures:\n{many}"} | files), build)


def _workbooks() -> Iterator[Bomb]:
    command = "costs import book.xlsx"
    within: dict[str, Callable[[bytes], bytes]] = {
        "10⁶ declared rows": declare_rows,
        "195 000 cells": lambda text: add_cells(text, 195_000),
    }
    bombs = {f"a bomb of {name}": (part, edit) for name, (part, edit, _) in WORKBOOKS.items()}
    for name, (part, edit) in (bombs | {name: (SHEET, edit) for name, edit in within.items()}).items():
        yield Bomb(f"workbook: {name}", partial(_workbook, part, edit), command)


def _workbook(part: str, edit: Callable[[bytes], bytes]) -> Mapping[str, Data]:
    with TemporaryDirectory() as folder:
        exported = cost(write_small(Path(folder)).root).workbook
    return {"book.xlsx": rewrite(exported, part, edit)}


def escape(text: str) -> str:
    """Write a text as it stands between double quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
