"""Family N: the same booklet for every list, and no word in favour of one.

Code électoral, art. L52-8 (a legal person helps no candidate) and its reading by the judge: a neutral document handed
to all alike is no help.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from booklet.checks.scopes import for_each_document, for_workspace
from booklet.checks.words import Phrase, Phrases, fold_words
from booklet.content.spelling import nearest
from booklet.content.yaml.findings import Findings
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import quote_all, say
from booklet.diagnostics.positions import Position, Span
from booklet.diagnostics.rule import rule
from booklet.text.markdown import LIST_SLOTS, PORTFOLIO_SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.checks.context import Context
    from booklet.content.document import Document
    from booklet.content.model.lists import ElectoralList, ElectoralLists

SLOTS = LIST_SLOTS + PORTFOLIO_SLOTS
#: phrases that ask a reader to vote, for or against
CALLS = (
    "votez",
    "votons",
    "revotez",
    "voter pour",
    "voter contre",
    "donnez votre voix",
    "donnez-nous votre voix",
    "donner votre voix",
    "apportez votre voix",
    "apportez-nous votre voix",
    "accordez votre voix",
    "vos suffrages",
    "votre suffrage",
    "vote utile",
    "glissez un bulletin",
    "glissez le bulletin",
    "élisez",
    "réélisez",
    "élisons",
    "réélisons",
    "vote for",
    "vote against",
)
_SLOT = re.compile(r"\{([^{}\n]{0,60})\}")


@for_workspace
@rule("N101", "duplicate-list", Severity.ERROR)
def duplicate_list(context: Context) -> Iterator[Diagnostic]:
    """Two lists have the same id; or, in one commune and sector, the same panel or the same name.

    Names are compared without case, accents and punctuation. Two communes of one name are told apart by their codes,
    where both are written (`insee`).

    Why
        One list would be served twice, or two lists would share one file and one of them would receive nothing.

    Fails
        - {id: debout-marseille, name: Debout Marseille, commune: Marseille, sector: 1}
        - {id: debout-marseille-2, name: DEBOUT MARSEILLE, commune: Marseille, sector: 1}

    Passes
        - {id: debout-marseille-1, name: Debout Marseille, commune: Marseille, sector: 1}
        - {id: debout-marseille-2, name: DEBOUT MARSEILLE, commune: Marseille, sector: 2}

    Source
        `docs/format.md`, "lists.yaml"; Code électoral, art. L52-8 (equal treatment is what makes the gift lawful).
    """
    document = context.workspace.lists
    if document is None:
        return
    findings = Findings(document.source.path)
    #: of each identity, the first list with each code of a commune
    firsts: dict[tuple[object, ...], dict[str, int]] = {}
    for index, electoral_list in enumerate(document.value.root):
        code = electoral_list.insee or ""
        for key, identity in _identities(electoral_list):
            known = firsts.setdefault(identity, here := {code: index})
            if known is here:
                continue
            # a list without a code may be of any commune of that name
            first = known.get(code, known.get("")) if code else next(iter(known.values()), None)
            known.setdefault(code, index)
            if first is None or document.is_broken(index, key):
                continue
            if findings.is_full:
                findings.count(Severity.ERROR)
            else:
                findings.add(_find_duplicate(document, first, index, key))
            break
    yield from findings.all


def _find_duplicate(
    document: Document[ElectoralLists], first: int, index: int, key: str
) -> Iterator[Diagnostic]:
    yield duplicate_list.at(
        document.span(index, key),
        say("`{key}` is that of an earlier list of the same sector", key=key)
        if key != "id"
        else say("id `{id}` is already taken", id=document.value.root[index].id),
        say("delete the list that stands twice, or correct its `{key}`", key=key),
        *([say("or write the `insee:` of both, where they are two communes")] if key != "id" else []),
        related=(Label(document.span(first, key), say("the first list stands here")),),
    )


def _identities(electoral_list: ElectoralList) -> Iterator[tuple[str, tuple[object, ...]]]:
    where = (fold_words(electoral_list.commune), str(electoral_list.sector))
    if electoral_list.id:
        yield "id", ("id", electoral_list.id)
    if electoral_list.panel is not None and electoral_list.commune:
        yield "panel", ("panel", *where, str(electoral_list.panel))
    if electoral_list.name and electoral_list.commune:
        yield "name", ("name", *where, fold_words(electoral_list.name))


@for_each_document
@rule("N102", "list-or-candidate-named", Severity.ERROR)
def list_or_candidate_named(document: Document[Any], context: Context) -> Iterator[Diagnostic]:
    """A text of a proposal or of the edition names a list or a head of list.

    Looked for without case, accents and punctuation, as whole words: the full name of every head, in either order; the
    name of every list of three words or more; a shorter one only after the word « liste ». Titles of sources may name
    anybody. The letter names its list through `{list}` and `{head}`.

    Why
        A booklet that names one list is no longer the same for all.

    Fails
        promise: Comme le propose la liste Debout Marseille.

    Passes
        promise: Un bus qui arrive à l'heure.

    Source
        Code électoral, art. L52-8; Conseil d'État, n° 445515 (contents that favour a candidate).
    """
    for phrase, span in context.list_names.find(document, context.words(document)):
        yield list_or_candidate_named.at(
            span,
            say("the text names « {name} », a list or a candidate", name=phrase.shown),
            say("leave the name out: the booklet is the same for every list"),
        )


@for_each_document
@rule("N103", "call-to-vote", Severity.ERROR)
def call_to_vote(document: Document[Any], context: Context) -> Iterator[Diagnostic]:
    """A text asks the reader to vote.

    Why
        The booklet gives solutions to every list; a call to vote makes it a tract, with the law of tracts.

    Fails
        promise: Votez pour des bus à l'heure !

    Passes
        promise: Des bus à l'heure.

    Source
        Code électoral, art. L49 and L52-8.
    """
    for phrase, span in _calls().find(document, context.words(document)):
        yield call_to_vote.at(
            span,
            say("« {words} » calls to vote", words=phrase.shown),
            say("say what the proposal does, not how to vote"),
        )


@cache
def _calls() -> Phrases:
    return Phrases.of((call, lambda text: (Phrase.of(text),)) for call in CALLS)


@for_workspace
@rule("N107", "unknown-slot", Severity.ERROR)
def unknown_slot(context: Context) -> Iterator[Diagnostic]:
    """The letter holds a slot that is neither of the list nor of the whole, or a slot in an address.

    Why
        It would be printed as typed in the letter to every list. Only what a list is may differ between two letters:
        `{list}`, `{head}`, `{commune}`, `{sector}`, `{panel}`. The figures of the whole are computed and the same in
        all: `{proposals}`, `{investment}`, `{after}`, `{peak}`, `{peak_year}`, `{peak_share}`, `{yearly}`,
        `{yardstick}`; with a point and the id of an owner, those of its part (`{investment.amp}`). An address is the
        same for all.

    Fails
        letter: Vous conduisez {liste}, à {commune}.

    Passes
        letter: Vous conduisez {list}, à {commune}.

    Source
        `docs/format.md`, "edition.yaml".
    """
    for slot, span in _find_slots(context):
        is_known = slot in SLOTS or _is_of_owner(slot, context)
        if is_known and not _is_in_address(context, span):
            continue
        if is_known:
            message = say("`{slot}` in an address: every list gets the same links", slot=f"{{{slot}}}")
            yield unknown_slot.at(span, message, say("write the whole address"))
            continue
        close = nearest(slot.strip(), SLOTS) or _FRENCH_SLOTS.get(slot.strip().lower())
        hint = (
            say("write `{slot}`", slot=f"{{{close}}}")
            if close
            else say("the slots are {slots}", slots=quote_all(f"{{{name}}}" for name in SLOTS))
        )
        yield unknown_slot.at(span, say("unknown slot `{slot}`", slot=f"{{{slot}}}"), hint)


def _is_of_owner(slot: str, context: Context) -> bool:
    """Check whether a slot is a figure of one owner's part, as `investment.amp`."""
    name, point, owner = slot.partition(".")
    return bool(point) and name in PORTFOLIO_SLOTS and context.organisation(owner) is not None


#: keys of a list that it may lack
_OPTIONAL_SLOTS = ("head", "sector", "panel")
#: slots that French authors type by habit
_FRENCH_SLOTS = {
    "liste": "list",
    "tête": "head",
    "tete": "head",
    "secteur": "sector",
    "panneau": "panel",
    "ville": "commune",
}


@for_workspace
@rule("N108", "empty-slot", Severity.ERROR)
def empty_slot(context: Context) -> Iterator[Diagnostic]:
    """The letter holds a slot that has no value for a list, or for the whole.

    Why
        The sentence would be printed with a hole in it, to these lists only: « panneau , à Marseille ».

    Fails
        # a list of `lists.yaml` has no `panel`
        letter: Vous êtes au panneau {panel}.

    Passes
        # every list of `lists.yaml` has a `panel`
        letter: Vous êtes au panneau {panel}.

    Source
        `docs/format.md`, "edition.yaml".
    """
    edition, lists = context.workspace.edition, context.workspace.lists
    if edition is None:
        return
    territory = edition.value.territory
    has_yardstick = bool(territory and territory.yearly_investment)
    for slot, span in _find_slots(context):
        if slot in ("peak_share", "yardstick") and not has_yardstick:
            yield empty_slot.at(
                span,
                say("`{slot}` has no value: the territory has no `yearly_investment`", slot=f"{{{slot}}}"),
                say("write `yearly_investment` under `territory`, or take the slot out of the letter"),
            )
        name, _, id = slot.partition(".")
        owner = context.organisation(id)
        if owner is not None and name in ("peak_share", "yardstick") and owner.yearly_investment is None:
            yield empty_slot.at(
                span,
                say(
                    "`{slot}` has no value: `{owner}` has no `yearly_investment`",
                    slot=f"{{{slot}}}",
                    owner=id,
                ),
                say("write `yearly_investment` in its entry, or take the slot out of the letter"),
                related=(Label(edition.key_span("organisations", id), say("the owner stands here")),),
            )
        if slot not in _OPTIONAL_SLOTS or lists is None:
            continue
        without = [
            index
            for index, one in enumerate(lists.value.root)
            if getattr(one, slot) is None and not lists.is_broken(index, slot)
        ]
        if without:
            yield empty_slot.at(
                span,
                say("`{slot}` has no value for a list", slot=f"{{{slot}}}")
                if len(without) == 1
                else say("`{slot}` has no value for {count} lists", slot=f"{{{slot}}}", count=len(without)),
                say("write `{key}:` in each of them, or take the slot out of the letter", key=slot),
                related=(Label(lists.span(without[0], "id"), say("the first list stands here")),),
            )


def _is_in_address(context: Context, span: Span) -> bool:
    """Check whether a slot stands in the address of a link, which is not filled."""
    assert context.workspace.edition is not None, "its letter has a slot"
    line = context.workspace.edition.source.lines[span.start.line - 1]
    return re.search(r"(\]\(|<)[A-Za-z]+:[^\s<>()]*$", line[: span.start.column - 1]) is not None


def _find_slots(context: Context) -> Iterator[tuple[str, Span]]:
    """Find what stands in braces in the letter, each with its place."""
    document = context.workspace.edition
    if document is None or document.is_broken("letter") or not document.value.letter:
        return
    span = document.span("letter")
    for number in range(span.start.line, span.end.line + 1):
        for match in _SLOT.finditer(document.source.lines[number - 1]):
            start, end = (Position(number, column + 1) for column in match.span())
            if span.start <= start < span.end:
                yield match[1], Span(span.path, start, end)
