"""Page numbers are stamped on laid-out pages, in the place of zeros."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pytest

from booklet.pdf.body import link_body
from booklet.pdf.merge import UnresolvedTargets
from booklet.text.stamps import Stamp
from tests.samples import linked_parts as samples

TARGET = samples.as_part(
    "cible", samples.render("<h1>Cible</h1><h2 id='plus' style='break-before: page'>Plus</h2>"), "Cible"
)


def link_after(digits: int, pages: int) -> tuple[str, list[str], float]:
    """Link a page that prints a page number after so many others: its text, its links, the right edge of a number."""
    numbers = f"Voir {Stamp('cible:plus', digits).__html__()}</p><p>Et {Stamp('cible+1', digits).link}"
    source = samples.as_part("source", samples.render(f"<p>{numbers}</p>"), "Source")
    between = [samples.as_part(f"p-{at}", samples.render("<p>Page</p>"), "P") for at in range(pages)]
    pdf = link_body((source, *between, TARGET), samples.numbers(pages + 8), samples.DESCRIPTION).pdf
    drawn = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    text = drawn.get_text_range()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        links = [str(note["/Dest"]) for note in document.pages[0].obj["/Annots"].as_list()]
    return text, links, drawn.get_charbox(text.index("\r\n") - 1)[2]


@pytest.mark.parametrize(("digits", "pages", "number"), [(1, 2, "5"), (1, 12, "15"), (2, 2, "5")])
def test_number_ends_where_the_zeros_end(digits: int, pages: int, number: str) -> None:
    """A number of more or fewer digits than zeros is read as it is, ends where they did, and leads where it should."""
    text, links, edge = link_after(digits, pages)
    assert text.split()[:4] == ["Voir", number, "Et", number] and links == ["cible"]
    assert edge == pytest.approx(link_after(digits, 22 if digits == 2 else 2)[2], abs=0.01)


def test_number_of_no_page_is_told() -> None:
    """A page number of a target that no part defines ends the link, as a link to it does."""
    lost = samples.as_part("perdue", samples.render(f"<p>{Stamp('nulle-part').__html__()}</p>"), "Perdue")
    with pytest.raises(UnresolvedTargets, match="nulle-part"):
        link_body((lost, TARGET), samples.numbers(), samples.DESCRIPTION)
