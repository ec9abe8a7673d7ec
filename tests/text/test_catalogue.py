"""The French catalogue: complete, current, well set, and read by the tool."""

from __future__ import annotations

import ast
import gettext
import io
import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from booklet.diagnostics.message import Message, say
from booklet.diagnostics.rule_pages import list_rules, read_page
from booklet.layout.page import make_environment
from booklet.money.euros import Euros
from booklet.text import catalogue
from booklet.text.catalogue import (
    MO_FILE,
    PO_FILE,
    ROOT,
    compile_catalogue,
    extract,
    extract_python,
    extract_template,
    placeholders,
    read_translations,
    translatable_paragraphs,
    write_catalogue,
)
from booklet.text.language import FRENCH
from booklet.text.typography import HOLE, set_run

if TYPE_CHECKING:
    from pathlib import Path

TRANSLATIONS = read_translations(PO_FILE.read_bytes())
IDS = tuple(entry.id for entry in extract())
#: what the strip of key figures has room for on one line, in letters
STRIP = 24


def test_every_message_is_translated() -> None:
    """Nothing that the tool or a page says lacks its French text."""
    assert [id for id in IDS if id not in TRANSLATIONS] == []


def test_no_translation_is_left_over() -> None:
    """Nothing is translated that is said no more."""
    assert sorted(TRANSLATIONS.keys() - set(IDS)) == []


def test_no_translation_is_fuzzy_or_obsolete() -> None:
    """The file holds no guess and nothing that was struck out."""
    catalog = read_po(io.BytesIO(PO_FILE.read_bytes()))
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert dict(catalog.obsolete) == {}


def test_catalogue_is_written_as_the_command_writes_it() -> None:
    """The .po file is what `python -m booklet.catalogue` makes of it: same order, same comments."""
    assert PO_FILE.read_bytes() == write_catalogue(extract(), TRANSLATIONS)


def test_compiled_catalogue_is_current() -> None:
    """The .mo file holds exactly the .po file's translations, byte for byte."""
    assert MO_FILE.read_bytes() == compile_catalogue(TRANSLATIONS)


def test_compiled_catalogue_is_what_gettext_reads() -> None:
    """Python's own reader finds every translation in the compiled file."""
    read = gettext.GNUTranslations(io.BytesIO(compile_catalogue(TRANSLATIONS)))
    assert {id: read.gettext(id) for id in TRANSLATIONS} == TRANSLATIONS


def test_order_of_translations_changes_nothing() -> None:
    """Compiling the same translations in another order gives the same bytes."""
    assert compile_catalogue(dict(reversed(TRANSLATIONS.items()))) == compile_catalogue(TRANSLATIONS)


@pytest.mark.parametrize("id", sorted(id for id in TRANSLATIONS if placeholders(id)))
def test_placeholders_are_kept(id: str) -> None:
    """A translation fills in the same values as its message, under the same names."""
    assert placeholders(TRANSLATIONS[id]) == placeholders(id)


def test_code_is_kept() -> None:
    """What stands between backticks is what people type or what they typed, and is not translated."""
    pairs = TRANSLATIONS.items()
    lost = [(id, code) for id, text in pairs for code in re.findall(r"`[^`]*`", id) if code not in text]
    assert lost == []


def test_french_is_set_as_printed() -> None:
    """Spaces, quotes and apostrophes are already those of the printed page, outside code."""
    runs = {id: re.sub(r"`[^`]*`", HOLE, text) for id, text in TRANSLATIONS.items()}
    assert {id: run for id, run in runs.items() if set_run(run, FRENCH) != run} == {}


def test_diagnostics_end_without_a_full_stop() -> None:
    """A translation begins and ends as its message does: same case of a sentence, same final mark."""

    def ends(text: str) -> str:
        return text[-1] if text[-1] in ".:" else ""

    different = [
        id for id, text in TRANSLATIONS.items() if ends(id) != ends(text) and id not in ("Reviewed by",)
    ]
    assert different == []


def test_words_of_the_key_figures_fit() -> None:
    """The labels over the key figures of a fiche fit on one line."""
    labels = ("Investment, six years", "Then, each year", "Own share", "Likely ceiling (P80)", "Start")
    assert {label: TRANSLATIONS[label] for label in labels if len(TRANSLATIONS[label]) > STRIP} == {}


def test_every_message_is_a_literal() -> None:
    """`say` and `field` are given their words as one literal, or the catalogue would not find them."""
    hidden = []
    for path in sorted((ROOT / "booklet").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id == "say" or (node.func.id == "field" and node.args):
                first = node.args[0] if node.args else None
                if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                    hidden.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert hidden == []


def test_python_messages_are_found() -> None:
    """Marked literals, descriptions and prose of a rule's page are found in order; examples are not."""
    module = '''
@rule("X1", "name", Severity.ERROR)
def check():
    """Summary over
    two lines.

    Why
        Because.

    Fails
        a: 1

    Passes
        a: 2

    Source
        Somewhere.
    """
    yield check.at(span, say("found {x}", x=say("a thing")))
key: int = field("Words", default=("no",))
other: int = Field(default="no", description="Other words")
'''
    assert list(extract_python(module)) == [
        *("Summary over two lines.", "Because.", "Somewhere."),
        *("found {x}", "a thing", "Words", "Other words"),
    ]


def test_template_messages_are_found() -> None:
    """Messages of a template are found with their values and as the environment reads them."""
    template = (
        '<p title="{{ _("A title") }}">\n{{ _("From %(low)s to %(high)s", low=low, high=1|string) }}</p>'
    )
    assert list(extract_template(template)) == ["A title", "From %(low)s to %(high)s"]


def test_new_messages_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A message without a translation is named, kept empty in the .po file, and fails the command."""
    po_file, mo_file = tmp_path / "booklet.po", tmp_path / "booklet.mo"
    first, second, *others = extract()
    kept = {id: text for id, text in TRANSLATIONS.items() if id != first.id}
    po_file.write_bytes(write_catalogue((second, *others, catalogue.Entry("said before", ())), kept))
    monkeypatch.setattr(catalogue, "PO_FILE", po_file)
    monkeypatch.setattr(catalogue, "MO_FILE", mo_file)
    assert catalogue.main(["--check"]) == 1
    assert not mo_file.exists()
    assert catalogue.main([]) == 1
    assert f"to translate ({', '.join(first.files)}): {first.id}" in capsys.readouterr().out
    assert read_translations(po_file.read_bytes()) == kept
    assert mo_file.read_bytes() == compile_catalogue(kept)


def test_paragraphs_of_a_rule_do_not_depend_on_line_breaks() -> None:
    """A docstring that is filled again gives the same messages."""
    page = "One.\n\nTwo words\nand more.\n\nWhy\n    Three\n    words.\n\n"
    page += "Fails\n    a: 1\n\n    b: 2\n\nSource\n    End."
    assert list(translatable_paragraphs(page)) == ["One.", "Two words and more.", "Three words.", "End."]


def test_pages_of_rules_are_translated() -> None:
    """Every paragraph that `explain` looks up is one that the catalogue found."""
    pages = [read_page(rule) for rule in list_rules()]
    assert pages
    prose = [text for page in pages for text in (page.summary, *page.details, *page.why, *page.source)]
    assert [text for text in prose if text not in TRANSLATIONS] == []


@pytest.mark.parametrize(
    ("message", "written"),
    [
        (
            say("{what} in {when}, after the term ends in {year}", what=say("cost"), when="2033", year=2026),
            "coût en 2033, après la fin du mandat en 2026",
        ),
        (
            say(
                "declared {declared}, the lines add up to {computed}, difference {difference}",
                declared=Euros.of(1_900_000),
                computed=Euros.of(1_800_000),
                difference=Euros.of(100_000),
            ),
            "total déclaré 1\u202f900\u202f000\u00a0€, somme des lignes 1\u202f800\u202f000\u00a0€, "
            "écart 100\u202f000\u00a0€",
        ),
        (
            say(
                "found {found}, expected {expected}",
                found="`12e`",
                expected=say("a number, as `150` or `1,5`"),
            ),
            "trouvé `12e`, attendu\u00a0: un nombre, comme `150` ou `1,5`",
        ),
        (say("did you mean `{key}`?", key="title"), "vouliez-vous écrire `title`\u202f?"),
        (
            say("add a line with `recurs: {{from: …}}`, or say why in `no_running_cost: …`"),
            "ajouter une ligne avec `recurs: {from: …}`, ou dire pourquoi dans `no_running_cost: …`",
        ),
        (
            say(
                "phase {verb} in {month}, before T0 in {start}",
                verb=say("starts"),
                month="2020-05",
                start="2020-07",
            ),
            "la phase commence en 2020-05, avant T0 en 2020-07",
        ),
        (say("{count} errors", count=Decimal(1200)), "1\u202f200 erreurs"),
        (say("hint: {hint}", hint=date(2020, 7, 1)), "conseil\u00a0: 2020-07-01"),
    ],
)
def test_diagnostics_read_well(message: Message, written: str) -> None:
    """Messages are French sentences once their values are in."""
    assert message.text(FRENCH) == written


def test_pages_speak_french() -> None:
    """A template's words come from the catalogue, values filled in and escaped."""
    environment = make_environment(ROOT / "templates", FRENCH)
    template = environment.from_string(
        '{{ _("%(amount)s per year", amount="<2 k€>") }} {{ _("No running cost:") }}'
    )
    assert template.render() == "&lt;2 k€&gt; par an Aucun coût de fonctionnement\u00a0:"
