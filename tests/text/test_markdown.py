"""Contributors' texts come out safe, well set, and with the links they ask for."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from booklet.text.language import ENGLISH, FRENCH, Language
from booklet.text.markdown import TAGS, Cited, cited, inline, mentions, render_markdown
from booklet.text.typography import superscript_ordinals, typography

N, B = "\u202f", "\u00a0"


class _Tags(HTMLParser):
    """Collect the tags, attributes and text that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> _Tags:
    parser = _Tags()
    parser.feed(str(html))
    parser.close()
    return parser


markdown_pieces = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "<b>",
            "<script>alert(1)</script>",
            "<!--",
            "&lt;",
            "![a](b.png)",
            "[x](javascript:alert(1))",
            "[x](data:,y)",
            '[x](https://e.org "t")',
            "[x](proposal:bus)",
            "[@anah-2017]",
            "`code`",
            "*",
            "**",
            "_",
            "\n",
            "\n\n",
            "# ",
            "- ",
            "1. ",
            "> ",
            "    ",
            "```",
            "| a | b |\n|---|---|",
            "<https://e.org>",
            "[a]: b",
            "« ",
            " »",
            '"',
            "'",
            " ;",
            " !",
            " ?",
            " :",
            "12 000 €",
            "1er",
            "http://a.b/c?d",
            "me@e.org",
            "\u202f",
            "\xa0",
            "\ufdd0",
            "...",
        ]
    ),
)
texts = st.lists(markdown_pieces, max_size=14).map("".join)
languages = st.sampled_from([FRENCH, ENGLISH])


@given(texts, languages)
def test_output_holds_only_known_tags_and_safe_links(text: str, language: Language) -> None:
    """Whatever is typed, only the listed tags come out, and links only go where they may."""
    for html in (render_markdown(text, language), inline(text, language)):
        for tag, attributes in read(html).tags:
            assert tag in TAGS | {"h3"}
            assert attributes.keys() <= {"a": {"href", "class"}, "ol": {"start"}}.get(tag, set())
            if tag == "a":
                assert re.match(r"(?i)https?://|mailto:|proposal:[a-z0-9]", attributes["href"] or "")


@given(texts, languages)
@example('"[x](https://e.org "t")"', FRENCH)
def test_typography_is_idempotent(text: str, language: Language) -> None:
    """A text that is already set right is left as it is."""
    once = typography(text, language)
    assert typography(once, language) == once


@given(texts)
def test_every_mention_points_at_its_id(text: str) -> None:
    """The offset of a mention is where its id stands in the text."""
    for mention in mentions(text):
        assert text[mention.offset :].lower().startswith(mention.id)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Quoi ? Non !", f"Quoi{N}? Non{N}!"),
        ("Quoi? Non!", f"Quoi{N}? Non{N}!"),
        ("ceci; cela : fin", f"ceci{N}; cela{B}: fin"),
        ("« mot » et «mot»", f"«{N}mot{N}» et «{N}mot{N}»"),
        ('dit "non" hier', f"dit «{N}non{N}» hier"),
        ("l'usager d'ici", "l’usager d’ici"),
        ("12 000 € et 1 200 000 km", f"12{N}000{B}€ et 1{N}200{N}000{B}km"),
        ("20% de 50 % et 3€", f"20{B}% de 50{B}% et 3{B}€"),
        ("1,2 M€ en 2020 300 fois", f"1,2{B}M€ en 2020 300 fois"),
        ("le 6 février, à 10:30", f"le 6{B}février, à 10:30"),
        (
            "voir https://exemple.org/a?b=1:2;c! ou a@b.fr",
            f"voir https://exemple.org/a?b=1:2;c{N}! ou a@b.fr",
        ),
        ("Attends... le CO2", "Attends… le CO₂"),
        ("n° 5 (sic !)", f"n°{B}5 (sic{N}!)"),
        ("e\u0301te\u0301 in\u00advi\u200bsible", "été invisible"),
        ("porte\u2010vélos", "porte-vélos"),
    ],
)
def test_french_typography(typed: str, expected: str) -> None:
    """French spaces, quotes, apostrophes and numbers are set; addresses and clock times are not touched."""
    assert typography(typed, FRENCH) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ('the council\'s "own" share', "the council’s “own” share"),
        ("Really ? Yes: 12 000 km", f"Really? Yes: 12{N}000{B}km"),
    ],
)
def test_english_typography(typed: str, expected: str) -> None:
    """English has curly quotes and no space before punctuation."""
    assert typography(typed, ENGLISH) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("le 1er mai", "le 1<sup>er</sup> mai"),
        ("la 1re et la 2e", "la 1<sup>re</sup> et la 2<sup>e</sup>"),
        ("au XXe siècle", "au XX<sup>e</sup> siècle"),
        ("Le CE, Me Ve 12e6", "Le CE, Me V<sup>e</sup> 12e6"),
    ],
)
def test_ordinals_are_raised(typed: str, expected: str) -> None:
    """French ordinals have a raised ending; words that look like one do not."""
    assert superscript_ordinals(typed, FRENCH) == expected


def test_typography_sees_through_markup() -> None:
    """Spaces are right where punctuation and words stand on either side of emphasis or code."""
    assert (
        inline("« *mot* » et **gras**!", FRENCH)
        == f"«{N}<em>mot</em>{N}» et<span> </span><strong>gras</strong>{N}!"
    )
    assert inline("`a ? b` ?", FRENCH) == f"<code>a ? b</code>{N}?"
    assert inline("l'*usager*", FRENCH) == "l’<em>usager</em>"
    assert render_markdown("un\nmot\n!", FRENCH) == f"<p>un mot{N}!</p>\n"


def test_html_is_shown_as_typed() -> None:
    """HTML in a text is text."""
    html = render_markdown("<img src=x onerror=alert(1)> & co", FRENCH)
    assert read(html).tags == [("p", {})]
    assert read(html).text == "<img src=x onerror=alert(1)> & co\n"


def test_headings_have_one_level() -> None:
    """Headings of any level come out at the level asked for."""
    html = render_markdown("# Un\n\n#### Deux", FRENCH, heading_level=4)
    assert html == "<h4>Un</h4>\n<h4>Deux</h4>\n"


def test_lists_and_breaks() -> None:
    """Lists keep their items and their first number, and two spaces break a line."""
    assert render_markdown("- un\n- deux", FRENCH) == "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>\n"
    assert render_markdown("3. trois", FRENCH) == '<ol start="3">\n<li>trois</li>\n</ol>\n'
    assert render_markdown("un  \ndeux", FRENCH) == "<p>un<br>deux</p>\n"


def test_links_and_citations() -> None:
    """A citation links to the source's anchor and shows its label; a proposal keeps the private scheme."""
    html = inline(
        "Voir [leur titre](proposal:bus-priorite) [@anah-2017].", FRENCH, labels={"anah-2017": "Anah, 2017"}
    )
    assert html == (
        'Voir<span> </span><a href="proposal:bus-priorite">leur titre</a><span> </span>'
        '<a class="citation" href="proposal:sources:anah-2017">[Anah, 2017]</a>.'
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "//e.org", "a.html", "proposal:A/../b"]
)
def test_other_links_stay_text(url: str) -> None:
    """An address that is none of those allowed makes no link."""
    assert read(inline(f"[ici]({url})", FRENCH)).tags == []


def test_cited_names_each_once_in_order() -> None:
    """Sources and proposals are named once, in order; code does not count."""
    text = "[@b] [x](proposal:p-1) [@a] [@b] `[@c]` [y](proposal:p-1)"
    assert cited(text) == Cited(proposals=("p-1",), sources=("b", "a"))
    assert [text[mention.offset] for mention in mentions(text)] == ["b", "p", "a", "b", "p"]
    assert cited("rien") == Cited((), ())


@given(st.text(max_size=30) | st.text("-+=~|.)1 \t\n*", max_size=6))
@example("+ de Marseille")
@example("1. Tous ensemble")
@example("Une liste\n    d’union")
def test_slots_are_plain_text(value: str) -> None:
    """A value put in a slot is shown as it is, whatever it holds, wherever it stands; other braces are left alone."""
    letter = "{list}\n\nÀ {list}. `{list}` *{list}*\n\n# {list}\n\n> {list} {other}"
    html = render_markdown(letter, ENGLISH, slots={"list": value})
    assert {tag for tag, _ in read(html).tags} <= {"p", "code", "em", "h3", "blockquote", "span"}
    assert read(html).text.endswith("{other}\n\n")
    assert "\\" not in read(html).text or "\\" in value


def test_slots_stand_in_code_and_names_of_links() -> None:
    """A slot between backquotes or in a link's text has its words as they are; no address changes with the list."""
    html = render_markdown("`{list}` [{list}](https://a.fr/{list})", ENGLISH, slots={"list": "A *B* `c` & d"})
    text = "A *B* `c` &amp; d"
    assert html == f'<p><code>{text}</code><span> </span><a href="https://a.fr/%7Blist%7D">{text}</a></p>\n'
    words = {"peak_year": "2022"}
    assert render_markdown("{peak_year} {peak_share}", ENGLISH, slots=words) == "<p>2022 {peak_share}</p>\n"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/2e/1er?a=3e", "HTTP://example.org/XXe", "www.ville.example/1er-arrondissement", "ftp://a.fr/2e",
        "ville.fr/2e/plan", "a.2e@ville.fr", "mailto:b@1er.example.org",
    ],
)  # fmt: skip
def test_addresses_are_printed_as_typed(address: str) -> None:
    """No ordinal is raised inside an address, as text, as a link or in it; those beside it are."""
    raised = "le 2<sup>e</sup>"
    assert render_markdown(f"le 2e, {address}, le 2e", FRENCH) == f"<p>{raised}, {address}, {raised}</p>\n"
    linked = render_markdown(f"[{address}](https://a.fr/2e) <https://a.fr/2e>", FRENCH)
    assert (
        address in linked and 'href="https://a.fr/2e">https://a.fr/2e</a>' in linked and "<sup>" not in linked
    )
    assert superscript_ordinals(f"2e : {address}", FRENCH) == f"2<sup>e</sup> : {address}"
