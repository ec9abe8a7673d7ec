"""A text where an id is asked for → the id of the thing it names, or the entry that `sources.yaml` lacks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain, count
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from booklet.content.corrections import propose
from booklet.content.french_words import is_none
from booklet.content.spelling import nearest
from booklet.diagnostics.message import Message, quote_all, say
from booklet.text.slug import slugify

if TYPE_CHECKING:
    from collections.abc import Collection

#: by id, the texts that name the thing: title or name, publisher, address, scheme
Names = Mapping[str, tuple[str, ...]]
#: the names of each kind of thing, as `organisation`; a kind that cannot be known is missing
Titles = Mapping[str, Names]

NO_TITLES: Titles = MappingProxyType({})

#: how many ids a hint lists when none is near
LISTED = 12
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: of two ids of sources, how alike they are where one is a slip of the keyboard
_SLIP = 0.9
_LONGEST_ID = 40
#: names of which no index is kept
_FEW = 50
#: letters from which on a name is known again inside a longer text
_WHOLE_NAME = 5
_ADDRESS = re.compile(r"(?i)(?:https?://|www\.)\S+")
#: what stands in place of a source where there is none
_NO_SOURCE = re.compile(
    r"(?i)(?:source )?internes?|estimations?(?: .*)?|hypothèses?(?: .*)?|(?:à )?dires? d['’]experts?|expertise"
    r"|services?|à (?:trouver|définir|compléter|préciser|venir)|inconnue?|moi|nous|\?+|…"
)
_SOURCES = "proposals/sources.yaml"
#: how a town is called that is named `Ville de …`
_TOWN_HALL = re.compile(r"^(?:mairie|commune|municipalite)(?=-)")


def find_id(text: str, names: Names) -> str | None:
    """The only id that a text names: by its very name, by all its words, or as a slip of the keyboard."""
    close = find_by_name(text, names) or nearest(slugify(text), names)
    return close if close and _digits(text) in ("", _digits(close)) else None


def find_by_name(text: str, names: Names) -> str | None:
    """The only id whose name is a text, or has every word of it: `metropole` may mean `amp`."""
    typed = _TOWN_HALL.sub("ville", slugify(text))
    if not typed:
        return None
    if typed in names:
        return typed
    index = _index(names)
    words = set(typed.split("-"))
    same = dict.fromkeys(index.by_name.get(typed, ()))
    found = same or {id: None for id, name in index.words if words <= set(name)}
    found = found or {
        id: None for id, name in index.words if len("-".join(name)) >= _WHOLE_NAME and words >= set(name)
    }
    return next(iter(found)) if len(found) == 1 else None


def is_named(text: str, id: str, names: Collection[str]) -> bool:
    """Check whether a text is an id or a name of its thing, but for case, accents and an `s` at the end."""
    return slugify(text).rstrip("s") in {slugify(one).rstrip("s") for one in (id, *names)} - {""}


def find_source(text: str, names: Names) -> str | None:
    """The id of the source that a text names exactly; another year or publisher is another source."""
    index, typed = _index(names), slugify(_address(text.removeprefix("@")))
    exact = dict.fromkeys(index.by_name.get(typed, ()))
    if len(exact) == 1:
        return next(iter(exact))
    if dashed := index.by_letters.get(typed.replace("-", "")):
        return dashed
    close = nearest(typed, index.by_digits.get(_digits(typed), ()))
    return close if close and SequenceMatcher(None, typed, close).ratio() >= _SLIP else None


def hint_id(kind: str, text: str, names: Names) -> tuple[Message, ...]:
    """What to type where an id names nothing, or is none."""
    if kind == "source":
        return hint_source(text, names)
    if id := find_id(text, names):
        return (propose(id, is_safe=is_named(text, id, names[id])),)
    if 0 < len(names) <= LISTED:
        return (say("the known ids are {ids}", ids=quote_all(names)),)
    return ()


def hint_source(text: str, names: Names) -> tuple[Message, ...]:
    """The id of a source that is known, else the entry to add: no other source is ever proposed in its place."""
    if is_none(text) or _NO_SOURCE.fullmatch(text):
        return (say("write in words what the figure rests on, under `assumption`, and delete `source`"),)
    if id := find_source(text, names):
        return (say("write `{text}`", text=id),)
    id, entry = write_entry(text, names)
    add = say("add to `{path}` the line `{line}`", path=_SOURCES, line=f"{id}: {entry}")
    return (add,) if id == text else (say("write `{text}`", text=id), add)


def write_entry(text: str, taken: Collection[str]) -> tuple[str, str]:
    """An id for a source that is not in the bibliography, and its entry there: what was typed is its title."""
    url = text if "://" in text else f"https://{text}"
    address = urlsplit(url) if _ADDRESS.match(text) else None
    years = _YEAR.findall(text)
    year = [f"year: {years[0]}"] if len(set(years)) == 1 and not address else []
    if address:
        host = (address.hostname or "site").removeprefix("www.")
        id, fields = slugify(host.rpartition(".")[0] or host), ["title: …", f'url: "{url}"']
    elif slugify(text) == text:
        id, fields = text, ["title: …", *year]
    else:
        words = slugify(re.split(r"[,;(:]", text)[0])[:_LONGEST_ID].rstrip("-") or "source"
        id = words if not year or years[0] in words else f"{words}-{years[0]}"
        fields = [f"title: {_quote(text)}", *year]
    numbered = chain([id], (f"{id}-{number}" for number in count(2)))
    free = id if id == text else next(one for one in numbered if one not in taken)
    return free, f"{{{', '.join(fields)}}}"


def _quote(text: str) -> str:
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _address(text: str) -> str:
    """An address without what leads to the same page."""
    return (
        re.sub(r"(?i)^(?:https?://)?(?:www\.)?", "", text.strip()) if _ADDRESS.match(text.strip()) else text
    )


class _Index(NamedTuple):
    """Names and ids as they are looked up, made once: hundreds of hints may be made of thousands of names."""

    #: by the slug of a name, the ids of the things of that name
    by_name: Mapping[str, list[str]]
    #: the words of each name, with the id of its thing
    words: tuple[tuple[str, tuple[str, ...]], ...]
    by_letters: Mapping[str, str]
    by_digits: Mapping[str, tuple[str, ...]]


class _ByIdentity:
    """Names as a key of a cache: the same object has the same index."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def __hash__(self) -> int:
        return id(self.names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.names is self.names


def _index(names: Names) -> _Index:
    return (
        _make_index.__wrapped__(_ByIdentity(names)) if len(names) < _FEW else _make_index(_ByIdentity(names))
    )


@lru_cache(maxsize=8)
def _make_index(key: _ByIdentity) -> _Index:
    slugs = [(id, slugify(_address(name))) for id, named in key.names.items() for name in named if name]
    by_name, by_digits = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for id, slug in slugs:
        by_name[slug].append(id)
    for id in key.names:
        by_digits[_digits(id)].append(id)
    return _Index(
        by_name,
        tuple((id, tuple(slug.split("-"))) for id, slug in slugs),
        {id.replace("-", ""): id for id in reversed(list(key.names))},
        {digits: tuple(ids) for digits, ids in by_digits.items()},
    )
