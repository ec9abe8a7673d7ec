"""The French catalogue: complete, well set, compiled when needed, and read by the tool."""

from __future__ import annotations

import gettext
import io
import re
import string
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from booklet.diagnostics.message import Message, say
from booklet.installation import TEMPLATES
from booklet.layout.page import make_environment
from booklet.money.euros import Euros
from booklet.text.catalogue import compile_catalogue, find_catalogue, load_catalogue
from booklet.text.language import FRENCH
from booklet.text.typography import HOLE, set_run

if TYPE_CHECKING:
    from pathlib import Path

PO = find_catalogue("fr").read_bytes()
TRANSLATIONS = {str(one.id): str(one.string) for one in read_po(io.BytesIO(PO)) if one.id}
#: what the strip of key figures has room for on one line, in letters
STRIP = 24
WORD = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Cost"\nmsgstr "%s"\n'


def placeholders(template: str) -> frozenset[str]:
    """List the names that a template leaves to fill, `{name}` in Python and `%(name)s` in a page."""
    braces = {f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    page_names = {f"%({part.partition(')')[0]})s" for part in template.split("%(")[1:]}
    return frozenset(braces | page_names)


def test_no_translation_is_fuzzy_or_obsolete() -> None:
    """The file holds no guess and nothing that was struck out."""
    catalog = read_po(io.BytesIO(PO))
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert dict(catalog.obsolete) == {}


def test_compiled_catalogue_is_what_gettext_reads() -> None:
    """Python's own reader finds every translation in the compiled file, which is the same each time."""
    compiled = compile_catalogue(PO)
    read = gettext.GNUTranslations(io.BytesIO(compiled))
    assert {id: read.gettext(id) for id in TRANSLATIONS} == TRANSLATIONS
    assert compile_catalogue(PO) == compiled


def test_edited_word_shows_in_the_next_run(tmp_path: Path) -> None:
    """A catalogue is compiled when it is first needed and when a word of it changed, whatever the times of files."""
    po_file, mo_file = tmp_path / "booklet.po", tmp_path / "booklet.mo"
    assert load_catalogue(po_file).gettext("Cost") == "Cost"
    for word in ("Coût", "Prix"):
        po_file.write_bytes(WORD % word.encode())
        assert load_catalogue(po_file).gettext("Cost") == word
        compiled = mo_file.stat().st_mtime_ns
        assert load_catalogue(po_file).gettext("Cost") == word
        assert mo_file.stat().st_mtime_ns == compiled
    mo_file.write_bytes(b"not a catalogue")
    assert load_catalogue(po_file).gettext("Cost") == "Prix"


def test_catalogue_is_read_where_nothing_can_be_written(tmp_path: Path) -> None:
    """An installation that may not be written is translated all the same, and nothing is left in it."""
    po_file = tmp_path / "booklet.po"
    po_file.write_bytes(WORD % b"Prix")
    po_file.with_suffix(".mo").mkdir()  # root may write everywhere, but no file over a folder
    assert load_catalogue(po_file).gettext("Cost") == "Prix"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["booklet.mo", "booklet.po"]


def test_placeholders_are_kept() -> None:
    """A translation fills in the same values as its message, under the same names."""
    assert sum(bool(placeholders(id)) for id in TRANSLATIONS) > 700
    assert [id for id, text in TRANSLATIONS.items() if placeholders(text) != placeholders(id)] == []


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
    environment = make_environment(TEMPLATES, FRENCH)
    template = environment.from_string(
        '{{ _("%(amount)s per year", amount="<2 k€>") }} {{ _("No running cost:") }}'
    )
    assert template.render() == "&lt;2 k€&gt; par an Aucun coût récurrent\u00a0:"
