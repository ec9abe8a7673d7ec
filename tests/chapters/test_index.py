"""The index: words merged and sorted as a French reader looks for them, and where they lead."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from booklet.chapters.index import IndexEntry, french_key, gather_entries, group_by_letter, set_columns
from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import CostedProposal, Portfolio, build_portfolio
from tests.samples.commands import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.content.model.edition import Edition


@cache
def example() -> tuple[Edition, Portfolio]:
    workspace = read_workspace(ROOT)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None and workspace.edition is not None
    return workspace.edition.value, portfolio


def entries(glossary: tuple[str, ...], *proposals: Mapping[str, object]) -> dict[str, IndexEntry]:
    """Gather the index of proposals that have nothing but what is given, called p0, p1 and so on."""
    edition, portfolio = example()
    bare = {
        "promise": None,
        "problem": None,
        "solution": None,
        "uncertainty": None,
        "funding": (),
        "title": None,
    }
    bare |= {"costs": (), "revenues": (), "risks": (), "precedents": (), "keywords": ()}

    def make(index: int, words: Mapping[str, object]) -> CostedProposal:
        costed = portfolio.ready[0]
        value = costed.document.value.model_copy(update={**bare, **words})
        return replace(costed, document=replace(costed.document, value=value, id=f"p{index}"))

    ready = tuple(make(index, words) for index, words in enumerate(proposals))
    terms = edition.model_validate({"glossary": [{"term": term, "means": "…"} for term in glossary]}).glossary
    found = gather_entries(
        edition.model_copy(update={"glossary": terms}), replace(portfolio, ready=ready, drafts=())
    )
    return {entry.word: entry for entry in found}


def test_words_are_in_french_order() -> None:
    """Letters decide first, then accents from the end of the word; ligatures, hyphens and case change nothing."""
    words = ["vélo", "côté", "cote", "école", "coté", "côte", "œuvre", "Eau", "zone", "eau-de-mer", "ordre"]
    assert sorted(words, key=french_key) == [
        *("cote", "côte", "coté", "côté", "Eau", "eau-de-mer", "école", "œuvre", "ordre", "vélo", "zone"),
    ]


@given(st.lists(st.text(max_size=8)))
def test_order_is_total(words: list[str]) -> None:
    """Whatever the order in which words come, they come out in the same order."""
    backwards = words[::-1]
    assert sorted(words, key=french_key) == sorted(backwards, key=french_key)


def test_case_and_accents_do_not_make_two_entries() -> None:
    """Keywords that differ by case or accents are one entry, in the form typed most, then with its accents."""
    found = entries(
        (), {"keywords": ("Vélo",)}, {"keywords": ("vélo", "metro")}, {"keywords": ("vélo", "métro")}
    )
    assert {word: entry.proposals for word, entry in found.items()} == {
        "métro": ("p1", "p2"),
        "vélo": ("p0", "p1", "p2"),
    }


def test_term_leads_to_the_glossary_and_to_those_that_use_it() -> None:
    """A term leads to the proposals that hold it as a word: an acronym as written, another in any case and number."""
    texts = (
        "Deux bornes.",
        "La DSIL paie une Borne.",
        "Le dsil n’est pas un mot, ni embornes.",
        "Rien.",
        "Rien.",
    )
    found = entries(("DSIL", "borne"), *({"problem": text} for text in texts))
    assert found["DSIL"] == IndexEntry("DSIL", ("p1",), is_in_glossary=True)
    assert found["borne"] == IndexEntry("borne", ("p0", "p1"), is_in_glossary=True)


def test_term_of_every_page_leads_to_the_glossary_alone() -> None:
    """A term that more than half of the proposals use lists no page but the glossary's."""
    found = entries(("TVA", "AP"), {"problem": "La TVA."}, {"problem": "TVA"}, {"problem": "L’AP."})
    assert found["TVA"].proposals == () and found["AP"].proposals == ("p2",)


def test_entries_stand_under_their_letter() -> None:
    """An accented initial stands under its plain letter; figures and signs stand first, under none."""
    words = sorted(("été", "eau", "œuf", "2020", "air"), key=french_key)
    letters = [
        (head, [one.word for one in group])
        for head, group in group_by_letter(IndexEntry(w, ()) for w in words)
    ]
    assert letters == [("", ["2020"]), ("A", ["air"]), ("E", ["eau", "été"]), ("O", ["œuf"])]


def test_every_keyword_of_the_example_is_found() -> None:
    """In the example each keyword leads to its proposal, in the booklet's order."""
    edition, portfolio = example()
    found = gather_entries(edition, portfolio)
    for costed in portfolio.ready:
        for keyword in costed.document.value.keywords:
            entry = next(one for one in found if french_key(one.word)[0] == french_key(keyword)[0])
            assert costed.id in entry.proposals
    order = [costed.id for costed in portfolio.ready]
    assert all(list(one.proposals) == sorted(one.proposals, key=order.index) for one in found)
    assert [one.word for one in found] == sorted((one.word for one in found), key=french_key)


@given(st.lists(st.sampled_from([12.0, 24.0, 34.0, 60.0, 900.0]), max_size=400))
def test_every_word_stands_in_one_column(heights: list[float]) -> None:
    """Words keep their order over pages of three columns, which hold them; the last page's columns end alike."""
    pages = set_columns(heights)
    columns = [column for page in pages for column in page]
    assert [index for column in columns for index in range(column.start, column.stop)] == [
        *range(len(heights))
    ]
    for number, page in enumerate(pages):
        filled = [heights[column] for column in page]
        assert len(page) <= 3 and all(
            len(words) == 1 or sum(words) <= (730 if number else 670) for words in filled
        )
    if len(pages[-1]) == 3 and max(heights) < 900:
        first, *_ = last = [sum(heights[column]) for column in pages[-1]]
        assert max(last) - first <= 2 * max(heights)
