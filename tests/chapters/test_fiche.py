"""A proposal becomes a page that says all of it, adds up, and holds nothing that its author could make it do."""

from __future__ import annotations

import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from booklet.cache.digests import fingerprint
from booklet.chapters.fiche import cited_sources, fill_fiche
from booklet.chapters.fiche_tables import cost_table, year_table
from booklet.chapters.page import Page, Rendered
from booklet.content.workspace import Workspace, read_workspace
from booklet.costs.portfolio import CostedProposal, Portfolio, build_portfolio
from booklet.layout.overflow_report import FieldLines, Layout, Misfit
from booklet.money.euros import Euros, Range, printing_step
from booklet.tables.money_table import MILLION, THOUSAND
from booklet.text.language import FRENCH
from tests.samples.contexts import read_context
from tests.samples.marks import long
from tests.samples.page_texts import page_texts
from tests.samples.workspace import PROPOSAL, Sample, write_proposal

if TYPE_CHECKING:
    from pathlib import Path

MORE_COSTS = """\
  - label: Pose & réglage
    section: investissement
    nature: service
    quantity: 3
    unit: semaine
    unit_cost: {low: 1 000.40 €, central: 1 333.33 €, high: 1 999.99 €}
    spread: {2021: 1, 2022: 2}
    vat: 20 %
    vat_regime: fctva
    evidence: assumption
    assumption: hypothèse *des* auteurs
  - label: Entretien
    section: fonctionnement
    nature: service
    quantity: 1
    unit: an
    unit_cost: {low: 1 000 €, central: 1 500 €, high: 2 500.50 €}
    recurs: {from: 2023-05}
    vat: 20 %
    vat_regime: aucun
    evidence: expert
    source: bilan-2018
funding:
  - {funder: ville, form: grant, section: investissement, share: 30 %, status: acquis}
"""


def rich(text: str = PROPOSAL) -> str:
    """Add lines of both sections and a financing plan to a proposal."""
    return text.replace("funding: []\n", MORE_COSTS).replace(
        "no_running_cost: rien ne revient, c'est un essai\n", ""
    )


def read(sample: Sample) -> tuple[Workspace, Portfolio]:
    workspace = read_workspace(sample.root)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None and workspace.diagnostics == (), workspace.diagnostics
    return workspace, portfolio


def costed(sample: Sample, id: str) -> CostedProposal:
    return next(one for one in read(sample)[1].ready if one.id == id)


def fill(sample: Sample, id: str = "feux") -> Page:
    """Fill the fiche of one proposal as the build does."""
    context = read_context(sample.root, FRENCH)
    one = next(one for one in context.portfolio.ready if one.id == id)
    return fill_fiche(context, one, context.titles)


class _Elements(HTMLParser):
    """Gather tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


# --- nothing that an author types is a program -------------------------------------------------------------------

HOSTILE = """\
{{ 7*7 }} {% for x in y %} {{ edition }} {# comment #} <script>alert(1)</script> <img src=x onerror=alert(1)>
  </style><style>p { display: none }</style> <link rel=stylesheet href=file:///etc/passwd> &lt;b&gt; <!-- hidden -->
  [un](javascript:alert(1)) [deux](file:///etc/passwd) [trois](data:text/html,x) ![quatre](../../secret.png)
  [cinq](vbscript:x) <https://example.org/?a=<b>> `{{ code }}` **fort** ]]> "guillemets' fin
"""


def hostile(root: Path) -> Path:
    """Write a proposal whose every text tries to be a program."""
    line = " ".join(HOSTILE.split()).replace("'", "''")
    text = rich().replace("La première solution de ID tient en un mot.", HOSTILE.strip())
    text = text.replace("Le premier problème de ID est sans remède", f"{HOSTILE.strip()}\n\n  Fin")
    text = text.replace("title: TITLE", f"title: '{line}'").replace("promise: PROMISE", f"promise: '{line}'")
    text = text.replace("label: Armoire", f"label: '{line}'").replace("unit: armoire", f"unit: '{line}'")
    text = text.replace("label: Pose,", "label: '{{ 7*7 }}</text></svg><script>',")
    text = text.replace("hypothèse *des* auteurs", f"'{line}'").replace(
        "name: Groupe d'essai", f"name: '{line}'"
    )
    return write_proposal(root, "mobilite", "feux", text)


def test_hostile_text_stays_text(unbuilt: Sample) -> None:
    """Template code, HTML, styles, scripts and addresses of files that a text holds are printed as they were typed."""
    plain = _Elements(fill(unbuilt).html)
    hostile(unbuilt.root)
    page = _Elements(fill(unbuilt).html)
    assert page.text.count("{{ 7*7 }}") >= 7 and "49" not in page.text
    for typed in (
        "<script>alert(1)</script>",
        "{% for x in y %}",
        "{# comment #}",
        "<!-- hidden -->",
        "javascript:alert(1)",
    ):
        assert typed in page.text, typed
    allowed = set(plain.tags) | {"tfoot", "code", "strong", "em", "tr", "caption"}
    assert set(page.tags) <= allowed, set(page.tags) - allowed
    assert page.tags.count("style") == plain.tags.count("style")
    assert {name for name, _ in page.attributes} <= {name for name, _ in plain.attributes} | {"class"}
    addresses = [value for name, value in page.attributes if name in ("href", "src")]
    assert addresses and all(re.match(r"proposal:|https?://|#", address) for address in addresses), addresses


@pytest.mark.parametrize("command", ["preview", long("build")])
def test_hostile_proposal_is_printed(unbuilt: Sample, command: str) -> None:
    """Laid out, the same proposal prints its text, runs nothing, reads nothing, and has no link but plain ones."""
    path = hostile(unbuilt.root)
    path.write_text(path.read_text("utf-8").replace("a=<b>", "a=b"), "utf-8")
    if command == "preview":
        assert unbuilt.run("build", "--preview", path.stem).status == 0
        printed = unbuilt.root / "preview" / f"{path.stem}.pdf"
    else:
        unbuilt.build()
        printed = unbuilt.dist / unbuilt.manifest["booklets"][0]["path"]
    document, text = PdfReader(printed), "".join(page_texts(printed))
    assert "{{ 7*7 }}" in text.replace("\n", " ") and "root:" not in text
    actions = [note.get_object().get("/A") for page in document.pages for note in page.get("/Annots", ())]
    addresses = {str(action["/URI"]) for action in actions if action is not None and action["/S"] == "/URI"}
    assert all(address.startswith("https://example.org/") for address in addresses), addresses
    assert not {"/OpenAction", "/AA", "/JavaScript"} & set(document.root_object)


@pytest.mark.parametrize(
    "address",
    [
        "../armoires/secret.svg",
        "/etc/passwd",
        "file:///etc/passwd",
        "https://example.org/a.png",
        "link.svg",
        "asks.svg",
    ],
)
def test_image_from_elsewhere_is_refused(small: Sample, address: str) -> None:
    """An image outside the proposal's folder, by path, address, link or from inside an SVG, is R103 and no release."""
    folder = small.root / "proposals" / "mobilite" / "feux"
    folder.mkdir()
    (small.root.parent / "secret.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    if address == "link.svg":
        (folder / "link.svg").symlink_to(small.root.parent / "secret.svg")
    if address == "asks.svg":
        (folder / "asks.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg"><image href="../../x.png"/></svg>'
        )
    small.edit(
        "mobilite/feux.yaml",
        "funding: []",
        f'funding: []\nfigures:\n  - file: "{address}"\n    alt: Un essai',
    )
    ran = small.run("build", "--jobs", "1")
    assert ran.status == 1
    assert "error[R103]" in ran.err and "proposals/mobilite/feux.yaml:" in ran.err


# --- what a fiche depends on -------------------------------------------------------------------------------------


def test_fingerprint_ignores_what_is_not_printed(unbuilt: Sample, tmp_path: Path) -> None:
    """A comment, another folder and another proposal change no fingerprint; a word, an image or a machine does."""
    before = fill(unbuilt).fingerprint("machine")
    path = unbuilt.proposal("feux")
    path.write_text("# relu\n\n" + path.read_text("utf-8"), "utf-8")
    unbuilt.edit("mobilite/armoires.yaml", "quantity: 10", "quantity: 12")
    moved = Sample(unbuilt.root.rename(tmp_path / "elsewhere"))
    assert fill(moved).fingerprint("machine") == before
    assert fill(moved).fingerprint("another") != before
    moved.edit("mobilite/feux.yaml", "un mot", "deux mots")
    assert fill(moved).fingerprint("machine") != before
    one, other = (Page("x", "<p>", images=fingerprint(n)) for n in (1, 2))
    assert one.fingerprint("machine") != other.fingerprint("machine")


def test_title_of_a_linked_proposal_is_part_of_the_fiche(unbuilt: Sample) -> None:
    """A fiche that names another proposal changes with its title, and only then."""
    unbuilt.edit("mobilite/feux.yaml", "owner: ville", "owner: ville\nlinks: {needs: [armoires]}")
    before = fill(unbuilt)
    assert "Essayer les armoires" in before.html
    unbuilt.edit("mobilite/armoires.yaml", "tient en un mot", "tient en deux mots")
    assert fill(unbuilt) == before
    unbuilt.edit("mobilite/armoires.yaml", "Essayer les armoires", "Tenter les armoires")
    assert fill(unbuilt) != before


def test_record_of_the_store_comes_back() -> None:
    """What is kept of a laid-out page is read back as it was, whatever its bytes and complaints hold."""
    layout = Layout((FieldLines(1, "risks", 3, 27),), (3,), (Misfit("too wide", 1, "risks", "…"),))
    rendered = Rendered(b"%PDF\n\n{}\n", 3, ("\n", "🚌"), ("line\nline", "“"), layout)
    assert Rendered.unpack(rendered.pack()) == rendered


# --- what is printed adds up -------------------------------------------------------------------------------------


def euros(*amounts: int) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, amounts))


def test_cost_table_adds_up(unbuilt: Sample) -> None:
    """The cost table prints every line, rounded once, and totals that are sums of what it prints."""
    write_proposal(unbuilt.root, "mobilite", "feux", rich())
    table = cost_table(costed(unbuilt, "feux"), FRENCH)
    assert table is not None and table.step == 1
    assert [(row.kind, row.cells) for row in table.rows if row.cells] == [
        ("row", euros(90_000, 120_000, 150_000)),
        ("row", euros(3_001, 4_000, 6_000)),
        ("subtotal", euros(93_001, 124_000, 156_000)),
        (
            "row",
            euros(3_667, 5_500, 9_168),
        ),  # 44 months: 1 000 × 44/12, 1 500 × 44/12, 2 500,50 × 44/12 = 9 168,5
        ("subtotal", euros(3_667, 5_500, 9_168)),
    ]


def test_year_table_adds_up(unbuilt: Sample) -> None:
    """Each row of the table by year ends with the sum of its printed years, then the full year after the term."""
    write_proposal(unbuilt.root, "mobilite", "feux", rich())
    table = year_table(costed(unbuilt, "feux"), {}, FRENCH)
    assert table is not None
    first, second = (row.cells for row in table.rows if row.kind == "row")
    # 120 000 by halves; 1 333,33 × 1 and × 2, rounded where they are added
    assert first == euros(61_333, 62_667, 0, 0, 0, 0, 124_000, 0)
    assert second == euros(0, 0, 1_000, 1_500, 1_500, 1_500, 5_500, 1_500)


@pytest.mark.parametrize(("unit_cost", "cells"), [("96 €", 9_600), ("2 €", 200)])
def test_year_table_prints_what_comes_in(unbuilt: Sample, unit_cost: str, cells: int) -> None:
    """Revenues have one faint row under the costs, which stay as they were: by year, in all, and a full year after."""
    write_proposal(unbuilt.root, "mobilite", "feux", rich())
    before = year_table(costed(unbuilt, "feux"), {}, FRENCH)
    earned = f"""revenues:
  - {{label: Billets, section: fonctionnement, nature: service, quantity: 100, unit: an, unit_cost: {unit_cost},
     recurs: {{from: 2025-07}}, vat: 20 %, vat_regime: aucun, evidence: assumption, assumption: essai}}
"""
    write_proposal(unbuilt.root, "mobilite", "feux", rich() + earned)
    table = year_table(costed(unbuilt, "feux"), {}, FRENCH)
    assert before is not None and table is not None and table.rows[:-1] == before.rows
    last = table.rows[-1]
    assert (last.label, last.kind, table.step) == ("Recettes et économies", "faint", before.step)
    assert last.cells == euros(0, 0, 0, 0, cells // 2, cells, cells * 3 // 2, cells)
    assert not any("Recettes" in row.label for row in before.rows)


def test_small_revenue_is_not_printed_as_zero(unbuilt: Sample) -> None:
    """A table in thousands is printed in euros where a revenue would be 0 in it, and one not known is n.c."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 1 000")
    table = year_table(costed(unbuilt, "feux"), {}, FRENCH)
    assert table is not None and table.step == THOUSAND
    earned = """revenues:
  - {label: Billets, section: fonctionnement, nature: service, quantity: 1, unit: an, unit_cost: 400 €,
     recurs: {from: 2021-01}, vat: 20 %, vat_regime: aucun, evidence: assumption, assumption: essai}
no_running_cost"""
    unbuilt.edit("mobilite/feux.yaml", "no_running_cost", earned)
    table = year_table(costed(unbuilt, "feux"), {}, FRENCH)
    assert table is not None and table.step == 1 and table.rows[-1].cells == (*[400] * 6, 2_400, 400)
    unbuilt.edit("mobilite/feux.yaml", " unit_cost: 400 €,", "")
    unbuilt.edit("mobilite/feux.yaml", "status: ready", "status: draft")
    portfolio = build_portfolio(read_workspace(unbuilt.root))
    assert portfolio is not None
    table = year_table(portfolio.drafts[0], {}, FRENCH)
    assert table is not None and table.rows[-1].cells == (None,) * 8


@pytest.mark.parametrize(
    ("amounts", "step"), [((500, 90_000), 1), ((500, MILLION), 1), ((2_000, MILLION), THOUSAND), ((), 1)]
)
def test_step_of_a_table_hides_no_amount(amounts: tuple[int, ...], step: int) -> None:
    """Large amounts are printed in thousands, unless a small one would then be printed as 0."""
    assert printing_step([Range.constant(Euros.of(amount)) for amount in amounts]) == step


def test_cited_sources_come_from_texts_and_data(unbuilt: Sample) -> None:
    """A fiche lists each source that its texts or its figures cite, once."""
    assert cited_sources(costed(unbuilt, "feux").document.value) == ("bilan-2018",)
    unbuilt.edit("mobilite/feux.yaml", "[@bilan-2018]", "[@autre] et [@bilan-2018]")
    assert cited_sources(costed(unbuilt, "feux").document.value) == ("autre", "bilan-2018")
