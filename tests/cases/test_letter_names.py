"""Lists with long names get letters of one size, and a slot is filled wherever it stands (`list-name-long`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2

if TYPE_CHECKING:
    from tests.samples.workspace import Sample

LONG = "TOUS UNIS POUR UNE MÉTROPOLE ÉCOLOGIQUE, SOLIDAIRE ET CITOYENNE, AVEC SES HABITANTES ET SES HABITANTS, SES "
LETTER = """
  À {list}, conduite par *{head}*, à `{commune}`.

  > Voici pour [{list}](https://example.org/ici) : `{list}`

  # Les {proposals} propositions de {list}

"""


def test_long_names_fit_and_all_lists_are_treated_alike(unbuilt: Sample) -> None:
    """Names of 200 letters, with and without spaces, have their two pages, alike for all, and no slot is left."""
    unbuilt.edit("lists.yaml", "name: Une liste", f'name: "{(LONG * 2)[:200]}"')
    unbuilt.edit("lists.yaml", "Un nom *marqué*", (LONG * 3).replace(" ", "").replace(",", "")[:200])
    letter = "\n  À la liste {list}, conduite par {head}, à {commune}.\n"
    unbuilt.edit("edition.yaml", letter, LETTER)
    unbuilt.build()
    ran = unbuilt.run("verify", "--lang", "en")
    assert ran.status == 0, ran.out + ran.err
    for booklet in unbuilt.manifest["booklets"]:
        with pypdfium2.PdfDocument(unbuilt.dist / booklet["path"]) as document:
            letter = document[1].get_textpage().get_text_range()
        assert "\\" not in letter and "{" not in letter


def test_a_hole_in_a_letter_is_never_set_aside(bare: Sample) -> None:
    """No edition lowers the severity of a slot without a value: one list's letter would not be that of the others."""
    bare.edit("lists.yaml", ", head: Prénom Nom", "")
    bare.edit("edition.yaml", "delivery:", "severities: {N108: {level: warning, because: essai}}\ndelivery:")
    ran = bare.run("check", "--format", "concise")
    assert ran.status == 1 and "error[N108]" in ran.out and "[M103]" in ran.out
