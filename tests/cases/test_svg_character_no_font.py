"""`svg-character-no-font`: a character that no font has is R107 where it stands, in a drawing or behind an escape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fontTools.ttLib import TTFont

from booklet.checks.layout import missing_glyph
from booklet.content.workspace import read_workspace
from booklet.layout.fonts import find_unprintable
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import typeset
from tests.samples.commands import ROOT
from tests.samples.hostile_pictures import svg
from tests.samples.workspace import write_figure

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample

PRINTED = "Rue de l’Évêché\N{NARROW NO-BREAK SPACE}: 3\N{EM SPACE}€ →"


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<text>Un <tspan>\N{BUS}</tspan></text>", "U+1F68C"),
        ("<text>&#x4E2D;</text>", "U+4E2D"),
        ("<style>text{fill:red}</style><g><a><text>o\N{LATIN SMALL LIGATURE FI}</text></a></g>", "U+FB01"),
        ("<text>e\N{COMBINING ACUTE ACCENT}</text>", "U+0301"),
        (f"<title>\N{BUS}</title><text>{PRINTED}</text><!--\N{BUS}-->", ""),
    ],
)
def test_character_of_a_drawing_is_told(bare: Sample, inside: str, code: str) -> None:
    """R107 at the figure's file, by `check` already; `--preview` says it and ends with status 1."""
    line = write_figure(bare.proposal("feux"), "a.svg", svg(inside))
    for command in (("check",), ("build", "--preview", "feux"))[: 2 if code else 1]:
        ran = bare.run(*command, "--lang", "en")
        said = ran.out + ran.err
        assert ran.status == bool(code), said
        assert (f"feux.yaml:{line}:9: error[R107] no font prints" in said and f"({code})" in said) is bool(
            code
        )


def test_check_knows_what_layout_prints(tmp_path: Path) -> None:
    """What `check` lets pass is printed without an empty box, and what it tells is not in any font."""
    held = set[int]().union(
        *(TTFont(path)["cmap"].getBestCmap() for path in ROOT.glob("templates/fonts/*.ttf"))
    )
    characters = [
        chr(code) for code in (*range(0xA0, 0xD800, 7), *range(0x2000, 0x2070), *range(0xFE00, 0x10000, 3))
    ]
    told = find_unprintable(characters, tmp_path)
    assert not held.intersection(map(ord, told)) and {"\N{BUS}", "ﬁ"} <= {
        *told,
        *find_unprintable("🚌ﬁ", tmp_path),
    }
    passed = sorted(set(characters) - set(told))
    (tmp_path / "a.svg").write_bytes(svg("".join(f"<text>{one}</text>" for one in passed)))
    page = '<html lang="fr"><head><title>E</title></head><body><img src="a.svg" alt="a"></body></html>'
    laid_out = typeset(page, Styles(ROOT / "templates"), tmp_path)
    assert not laid_out.complaints and not laid_out.missing_characters


@pytest.mark.parametrize(
    ("path", "old", "new", "place"),
    [
        ("mobilite/feux.yaml", "tient en un mot", "\N{BLACK TELEPHONE}", "7:32"),
        ("mobilite/feux.yaml", "tient en un mot", "&eacute; &phone;", "7:41"),
        ("mobilite/feux.yaml", "tient en un mot", "&#9742;", "7:32"),
        ("mobilite/feux.yaml", "tient en un mot", "&#x260E;", "7:32"),
        ("mobilite/feux.yaml", "unit: armoire", 'unit: "\\x41 \\u260E b"', "18:17"),
        ("mobilite/feux.yaml", "unit: armoire", 'unit: "\\U0000260e"', "18:12"),
        ("lists.yaml", "name: Une liste", 'name: "\\u260e"', "1:20"),
        ("sources.yaml", "Une revue", "Une &#9742; revue", "1:57"),
        ("edition.yaml", "Trois idées", "&phone idées", "1:1"),
    ],
)
def test_character_of_a_text_is_told_where_it_is_written(
    bare: Sample, path: str, old: str, new: str, place: str
) -> None:
    """As itself, by an entity of Markdown or by an escape of YAML; what no text holds is told of the first file."""
    bare.edit(path, old, new)
    workspace = read_workspace(bare.root)
    shared = (workspace.edition, workspace.bibliography, workspace.lists)
    documents: list[Any] = [one for one in (*shared, *workspace.proposals) if one is not None]
    (found,) = missing_glyph(documents, "\N{BLACK TELEPHONE}")
    start = found.span.start
    first = "edition.yaml" if place == "1:1" else path
    assert (found.span.path, f"{start.line}:{start.column}") == (f"proposals/{first}", place)


def test_preview_ends_with_what_no_font_prints(unbuilt: Sample) -> None:
    """A page that cannot be printed is never left out in silence."""
    unbuilt.edit("mobilite/feux.yaml", "unit: armoire", 'unit: "\\u260E"')
    ran = unbuilt.run("build", "--preview", "feux", "--lang", "en")
    assert (ran.status, ran.err.count("error[")) == (1, 1) and "feux.yaml:18:12: error[R107]" in ran.err, (
        ran.err
    )
