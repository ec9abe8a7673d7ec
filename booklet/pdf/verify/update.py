"""The objects of an update under examination: each is read as one kind; one that nothing refers to is an objection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.pdf.verify.kinds import check_kind
from booklet.pdf.verify.sections import Section, Stream, reference
from booklet.pdf.verify.syntax import Objection, Reference, Value, parse, parse_dictionary

if TYPE_CHECKING:
    from booklet.pdf.verify.body import BodyFacts
    from booklet.pdf.verify.geometry import Box

Held = Mapping[str, Value]


@dataclass
class Update:
    """An update, the objections to it, and the content of its pages that is not drawn."""

    section: Section
    body: BodyFacts
    objections: list[Message] = field(default_factory=list)
    #: the objects of the update that something leads to
    used: set[int] = field(default_factory=set)
    #: the numbers of the two front pages
    pages: tuple[int, ...] = ()
    #: what is spoken and not drawn: bookmarks, alternative texts, words of links
    spoken: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    #: what each link of a page covers, by page and number
    links: dict[int, dict[int, Box]] = field(default_factory=dict)
    #: by element of the front matter: the one that it is in
    parents: dict[int, int] = field(default_factory=dict)
    #: in the order in which it is read aloud, by which element: marked content, by page and id, and links, without one
    read_by: dict[tuple[int, int | None], int] = field(default_factory=dict)
    #: of the elements, with their attributes, in their order; each once for several in succession
    roles: list[str] = field(default_factory=list)
    #: whether a front page is set in a font that the body does not have
    has_own_font: bool = False

    @cached_property
    def new(self) -> frozenset[int]:
        """The numbers of the objects that it adds."""
        return self.section.numbers - self.body.section.numbers

    def is_new(self, value: Value) -> bool:
        """Check whether a value leads to an object that the update adds."""
        return isinstance(value, Reference) and value.number in self.new

    def object(self, message: Message) -> None:
        """Object to something, and go on."""
        self.objections.append(message)

    def require(self, is_right: bool, message: Message) -> None:  # noqa: FBT001 (an assertion reads so)
        """Object unless something is right."""
        if not is_right:
            self.objections.append(message)

    def take(self, number: int, kind: str) -> Held:
        """Parse an object of the update that must be of a kind; raises `Objection` where it is none."""
        held = self._parse(self.section, number, kind)
        self.used.add(number)
        self.objections.extend(check_kind(held, kind, number))
        return held

    def take_stream(self, number: int, kind: str) -> Stream:
        """Take a stream of the update that must be of a kind."""
        self.take(number, kind)
        if number not in self.section.streams:
            raise Objection(say("{kind} {number} is no stream", kind=Message(kind), number=number))
        return self.section.streams[number]

    def resolve(self, value: Value, kind: str) -> Held:
        """Parse an object of a kind that may be the body's."""
        if self.is_new(value):
            return self.take(reference(value), kind)
        held = self._parse(self.body.section, reference(value), kind)
        self.objections.extend(check_kind(held, kind, reference(value)))
        return held

    def take_resources(self, number: int) -> Held:
        """Take what a page is drawn with; its parts may be objects of their own."""
        held = dict(self._parse(self.section, number, "resources"))
        self.used.add(number)
        for key, value in held.items():
            if self.is_new(value):
                self.used.add(reference(value))
                held[key] = parse(self.section.plain.get(reference(value), b"null"))
        self.objections.extend(check_kind(held, "resources", number))
        return held

    @staticmethod
    def _parse(section: Section, number: int, kind: str) -> Held:
        if number in section.streams:
            return section.streams[number].head
        if number not in section.plain:
            raise Objection(say("{kind} {number} is missing", kind=Message(kind), number=number))
        try:
            return parse_dictionary(section.plain[number])
        except Objection as objection:
            what = objection.message
            raise Objection(
                say("{kind} {number}: {what}", kind=Message(kind), number=number, what=what)
            ) from objection
