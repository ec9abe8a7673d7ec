"""`link-proposal-capital`: a scheme means the same in any case, and no link leads where `check` did not look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from booklet.text.language import FRENCH
from booklet.text.markdown import mentions, render_markdown

if TYPE_CHECKING:
    from tests.samples.workspace import Sample

#: each leads to the proposal `feux`
TYPED = (
    "[x](Proposal:feux)",
    "[x](PROPOSAL:feux)",
    "<pRoPoSaL:feux>",
    "[x](<Proposal:feux>)",
    "[x](&#112;roposal:feux)",
    "[x](proposal&colon;feux)",
    "[x](proposal\\:feux)",
)


@pytest.mark.parametrize("typed", TYPED)
def test_scheme_in_any_case_is_a_mention(typed: str) -> None:
    """However the scheme is typed, the text links to the proposal and mentions it."""
    assert 'href="proposal:feux"' in render_markdown(typed, FRENCH)
    assert [(found.kind, found.id) for found in mentions(typed)] == [("proposal", "feux")]


@pytest.mark.parametrize("typed", TYPED)
def test_link_to_nowhere_is_told_in_any_case(bare: Sample, typed: str) -> None:
    """A link to no proposal is R105, however its scheme is typed; one to a proposal is nothing."""
    bare.edit("mobilite/armoires.yaml", "tient en un mot.", f"tient en un mot. {typed}")
    assert bare.run("check").status == 0
    bare.edit("mobilite/armoires.yaml", typed, typed.replace("feux", "nulle-part"))
    ran = bare.run("check")
    assert ran.status == 1 and "error[R105]" in ran.out and "nulle-part" in ran.out


@pytest.mark.parametrize(
    "typed",
    [
        "[x](Proposal:FEUX)",
        "[x](proposal:Feux)",
        "[x](Proposals:feux)",
        "[x](JavaScript:alert)",
        "[x](File:///etc)",
    ],
)
def test_other_schemes_are_no_links(typed: str) -> None:
    """What is no scheme of a link, or no id, is printed as typed."""
    assert "<a" not in render_markdown(typed, FRENCH)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("<HTTPS://Example.org/A>", "https://Example.org/A"),
        ("[x](Mailto:a@example.org)", "mailto:a@example.org"),
        ("[x](Http://example.org)", "http://example.org"),
    ],
)
def test_schemes_of_the_web_are_written_in_lower_case(typed: str, written: str) -> None:
    """A link is written with the scheme that every reader of PDF knows."""
    assert f'href="{written}"' in render_markdown(typed, FRENCH)


@pytest.mark.parametrize(
    "typed",
    [
        "[x](https://a@example.org)",
        "[x](https://a&#64;example.org)",
        "[x](https://a\\\\@example.org)",
        "<https://a@b.org>",
    ],
)
def test_an_address_with_a_user_name_is_no_link(typed: str) -> None:
    """A link that would lead elsewhere than it reads is never written, whatever hides it."""
    assert "<a" not in render_markdown(typed, FRENCH)


@pytest.mark.parametrize(("length", "status"), [(300, 0), (301, 1)])
@pytest.mark.parametrize("key", ["website", "data"])
def test_an_address_too_long_for_a_code_is_told(bare: Sample, key: str, length: int, status: int) -> None:
    """What would be too fine a QR code, or none, is M103 with the limit; the longest that passes is drawn."""
    address = "https://example.org/é".ljust(length - 1, "a")
    new = {"website": f"essai, website: {address}}}\nterm", "data": f"essai}}\ndata: {address}\nterm"}[key]
    bare.edit("edition.yaml", "essai}\nterm", new)
    ran = bare.run("check", "--lang", "en")
    assert ran.status == status
    told = f"error[M103] an address of {length} bytes, at most 300 for a QR code" in ran.out
    assert told is bool(status), ran.out
