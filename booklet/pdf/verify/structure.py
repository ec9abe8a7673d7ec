"""The structure tree of an update: the body's elements, after those of the front matter, which are the update's own."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from booklet.diagnostics.message import say
from booklet.pdf.verify.body_objects import check_levels
from booklet.pdf.verify.name_trees import examine_tree
from booklet.pdf.verify.sections import items, reference, whole
from booklet.pdf.verify.syntax import Objection, Reference, Value, parse_dictionary, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.pdf.verify.update import Held, Update


def examine_structure(update: Update, roots: dict[str, Held], pages: tuple[int, ...]) -> None:
    """Require the body's elements, after the front matter's, and its way from content to elements."""
    before, root = update.body.held, roots["structure tree root"]
    for key in ("/K", "/ParentTree"):
        is_same = root.get(key) == before["structure tree root"][key]
        update.require(is_same, say("the structure tree root changes {key}", key=key))
    document, old = roots["document element"], before["document element"]
    update.require(document.get("/P") == old["/P"], say("the document element changes {key}", key="/P"))
    kids, own = items(document, "/K"), items(old, "/K")
    added = kids[: max(0, len(kids) - len(own))]
    is_same = kids[len(added) :] == own
    update.require(is_same, say("the document element does not end with the body's elements in their order"))
    elements = _examine_elements(update, added, pages)
    entries, held = items(roots["parent tree"], "/Kids"), items(before["parent tree"], "/Kids")
    update.require(entries[: len(held)] == held, say("the parent tree loses entries of the body"))
    parents: dict[int, Value] = {}
    keys: list[int] = []
    for entry in entries[len(held) :]:
        leaf = _examine_parents(update, entry, elements)
        keys += leaf
        parents |= leaf
    update.require(
        _lead_back(update, parents),
        say("the parent tree leads to other elements than the front matter's"),
    )
    last = max((key for entry in held for key in _number_keys(update, entry)), default=-1)
    is_sorted = all(before < after for before, after in pairwise([last, *keys]))
    update.require(is_sorted, say("the parent tree is not in order"))
    is_right = root.get("/ParentTreeNextKey") == max([last, *keys]) + 1
    update.require(is_right, say("the structure tree root changes {key}", key="/ParentTreeNextKey"))
    names = examine_tree(
        update, root.get("/IDTree"), before["structure tree root"]["/IDTree"], say("element identifiers")
    )
    is_own = all(isinstance(value, Reference) and value.number in elements for value in names.values())
    update.require(is_own, say("an identifier of the front matter leads elsewhere"))


def _examine_elements(update: Update, added: list[Value], pages: tuple[int, ...]) -> frozenset[int]:
    """Require that the front matter's elements, at any depth, are the update's own; return their numbers."""
    waiting = [(kid, update.body.roots["document element"]) for kid in reversed(added)]
    parents = update.parents
    page_of: dict[int, int] = {}
    while waiting:
        kid, parent = waiting.pop()
        if type(kid) is int and parent in page_of:
            _note_read(update, (page_of[parent], kid), parent)
            continue
        if not update.is_new(kid):
            update.object(say("the front matter's structure takes an element of the body"))
            continue
        number = reference(kid)
        if b"/OBJR" in update.section.plain.get(number, b""):
            held = update.take(number, "object reference")
            _note_read(update, (reference(held.get("/Obj")), None), parent)
            update.require(
                update.is_new(held.get("/Obj")), say("the front matter's structure takes content of the body")
            )
        else:
            held = update.take(number, "structure element")
            is_own = held.get("/P") == Reference(parent) and number not in parents
            update.require(
                is_own,
                say("object {number} is an element in a circle, or too many levels deep", number=number),
            )
            if number in parents:
                continue
            parents[number] = parent
            page_of[number] = reference(held.get("/Pg", Reference(pages[0])))
            role = f"{held.get('/S')!r} {held.get('/A')!r}"
            if update.roles[-1:] != [role]:
                update.roles.append(role)
            update.spoken += [
                text_of(held[key]) for key in ("/Alt", "/ActualText", "/E", "/Lang", "/T") if key in held
            ]
            below = items(held, "/K") if "/K" in held else []
            waiting += [(inner, number) for inner in reversed(below)]
        is_own = held.get("/Pg", Reference(pages[0])) in [Reference(page) for page in pages]
        update.require(is_own, say("the front matter's structure takes content of the body"))
    update.objections.extend(check_levels(parents, update.body.roots["document element"]))
    return frozenset(parents)


def _number_keys(update: Update, leaf: Value) -> list[int]:
    """The keys of a leaf of the body's parent tree."""
    written = update.body.section.plain.get(reference(leaf), b"null")
    return [key for key in items(parse_dictionary(written), "/Nums")[::2] if type(key) is int]


def _note_read(update: Update, read: tuple[int, int | None], element: int) -> None:
    twice = say("the front matter's structure reads something twice")
    update.require(read not in update.read_by, twice)
    update.read_by[read] = element


def _lead_back(update: Update, parents: Mapping[int, Value]) -> bool:
    """Check that the parent tree leads from what each element reads back to the element."""
    for (number, mark), element in update.read_by.items():
        holder = parse_dictionary(update.section.plain[number])
        found = parents.get(whole(holder, "/StructParent" if mark is None else "/StructParents"))
        if mark is not None:
            found = found[mark] if isinstance(found, list) and mark < len(found) else None
        if found != Reference(element):
            return False
    return True


def _examine_parents(update: Update, leaf: Value, elements: frozenset[int]) -> dict[int, Value]:
    """Require a leaf of the parent tree that leads to the front matter's elements; return them by key."""
    if not update.is_new(leaf):
        raise Objection(say("the parent tree is not in order"))
    held = update.take(reference(leaf), "parent tree leaf")
    numbers = items(held, "/Nums")
    keys = [key for key in numbers[::2] if type(key) is int]
    found = [inner for value in numbers[1::2] for inner in (value if isinstance(value, list) else [value])]
    is_own = all(
        value is None or (isinstance(value, Reference) and value.number in elements) for value in found
    )
    is_whole = len(numbers) == 2 * len(keys) and items(held, "/Limits") == [*keys[:1], *keys[-1:]]
    update.require(
        is_own and is_whole, say("the parent tree leads to other elements than the front matter's")
    )
    return dict(zip(keys, numbers[1::2], strict=False))
