"""Front pages of a release, read back → how they differ between lists, and from the letter of the workspace.

Cover and letter are the only pages of a list's own: whoever rewrites the manifest too could print there what they
like. All lists' pages must read alike once each list's own words are taken out, and where a workspace is at hand they
must be what its edition says to that list.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.pdf.verify.alike import reads_alike
from booklet.pdf.verify.front_pages import FrontPages, normalize, once
from booklet.text.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from booklet.pipeline.manifest import Booklet, Manifest
    from booklet.pipeline.verification import Found

#: lists with which all others are compared, until most read like it
_MAX_REFERENCES = 3


def own_words(booklet: Booklet) -> tuple[str, ...]:
    """The words of a list that its pages may print, normalised, names also in capitals; empty where it has none."""
    words = booklet.words
    if words is None:
        return (normalize(booklet.path.rpartition("/")[2]),)
    numbers = ["" if number is None else str(number) for number in (words.sector, words.panel)]
    plain = [words.name, words.head, words.commune, *numbers, booklet.path.rpartition("/")[2]]
    own = tuple(map(normalize, plain))
    return own + tuple(map(str.upper, own[:3])) + tuple(phrase for _, phrase in _phrases(booklet))


def _phrases(booklet: Booklet) -> Iterator[tuple[str, str]]:
    """The numbers of a list as its cover prints them, by language."""
    words = booklet.words
    for code, language in LANGUAGES.items():
        for template, number in (
            ("sector %(number)s", words and words.sector),
            ("panel %(number)s", words and words.panel),
        ):
            phrase = "" if number is None else "·" + language.gettext(template) % {"number": number}
            yield code, normalize(phrase)


def compare_fronts(manifest: Manifest, fronts: Mapping[str, FrontPages]) -> Iterator[Found]:
    """Find the lists whose front pages lack their own words, or read or look otherwise than those of the others."""
    served = [booklet for booklet in manifest.booklets if booklet.path in fronts]
    for booklet in served:
        for lacking in _check_own(booklet, fronts[booklet.path], manifest.body.sha256):
            yield booklet.path, lacking
    different: list[Found] = []
    for reference in served[:_MAX_REFERENCES]:
        different = [
            (booklet.path, message)
            for booklet in served
            if (message := _compare(booklet, reference, fronts)) is not None
        ]
        if len({path for path, _ in different}) * 2 < len(served):
            break
    yield from different


def _check_own(booklet: Booklet, front: FrontPages, sha256: str) -> Iterator[Message]:
    """Require that a cover and a letter name the list as the manifest does, and the letter the body."""
    words = booklet.words
    if words is None:
        yield say("the manifest does not give the words of the list: build again")
        return
    cover, letter, spoken = map(str.casefold, front.words)
    name, commune = normalize(words.name).casefold(), normalize(words.commune).casefold()
    is_named = name and commune and all(name in text for text in (cover, letter, spoken))
    if not is_named or commune not in cover:
        yield say("its front pages do not name `{name}`, `{commune}`", name=words.name, commune=words.commune)
    by_language = [
        [phrase.casefold() for code, phrase in _phrases(booklet) if code == one] for one in LANGUAGES
    ]
    if not any(all(phrase in cover for phrase in phrases) for phrases in by_language):
        yield say("its cover does not give the numbers of the list")
    if sha256 not in letter:
        yield say("its letter does not give the digest of the body")


def _compare(booklet: Booklet, reference: Booklet, fronts: Mapping[str, FrontPages]) -> Message | None:
    one, other = fronts[booklet.path], fronts[reference.path]
    if booklet.words is None or reference.words is None:
        return None
    words, others = own_words(booklet), own_words(reference)
    texts = zip((one.words[2], *one.runs), (other.words[2], *other.runs), strict=False)
    alike = all(reads_alike(mine, words, theirs, others) for mine, theirs in texts)
    if not alike or one.addresses != other.addresses:
        return say("its front pages do not read like those of `{path}`", path=reference.path)
    if one.looks != other.looks or not one.stands_like(other):
        return say("its front pages do not look like those of `{path}`", path=reference.path)
    return None


# --- the letter of the workspace ------------------------------------------------------------------------------------


def compare_letters(
    root: Path, manifest: Manifest, fronts: Mapping[str, FrontPages]
) -> tuple[list[Found], list[str]] | None:
    """Find front pages that the edition does not say to their list, and the lists without; None if it has errors."""
    from booklet.chapters.context import FillContext
    from booklet.chapters.front_matter import BodyDigest, fill_front_matter, share_front_matter
    from booklet.diagnostics.diagnostic import has_errors
    from booklet.pipeline.analysis import analyse_workspace
    from booklet.pipeline.inputs import find_templates
    from booklet.pipeline.manifest import ListWords, booklet_paths

    analysis = analyse_workspace(root)
    workspace = analysis.workspace
    if has_errors(analysis.diagnostics) or analysis.portfolio is None or workspace.lists is None:
        return None
    context = FillContext.of(
        workspace, analysis.portfolio, analysis.financings, analysis.law, find_templates(root)
    )
    shared = share_front_matter(context)
    digest = BodyDigest(manifest.body.length, manifest.body.sha256)
    lists = {one.id: one for one in workspace.lists.value.root}
    paths = dict(zip(lists, booklet_paths(workspace.lists.value.root), strict=True))
    found: list[Found] = []
    for booklet in manifest.booklets:
        one = lists.get(booklet.list)
        if one is None or (booklet.words, booklet.path) != (ListWords.of(one), paths[one.id]):
            found.append(
                (
                    booklet.path,
                    say(
                        "`{list}` is no list of this workspace, or has another path or words",
                        list=booklet.list,
                    ),
                )
            )
        elif booklet.path in fronts:
            file_name = booklet.path.rpartition("/")[2]
            page = fill_front_matter(context, one, file_name, digest, shared)
            expected, front = _Reader.read(page.html), fronts[booklet.path]
            read = "".join(front.words[:2]).casefold()  # a stylesheet may ask for capitals
            if (expected.words.casefold(), expected.addresses) != (read, front.addresses):
                found.append(
                    (booklet.path, say("its front pages are not the letter of this workspace to the list"))
                )
    return found, sorted(set(lists) - {booklet.list for booklet in manifest.booklets})


class _Reader(HTMLParser):
    """Reads what a filled page prints: its texts, in their order, and the addresses of its links."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[str] = []
        self._addresses: list[str] = []
        self._unprinted: list[str] = []

    @classmethod
    def read(cls, html: str) -> _Reader:
        """Read a whole page."""
        reader = cls()
        reader.feed(html)
        reader.close()
        return reader

    @property
    def words(self) -> str:
        """The texts, normalised."""
        return normalize("".join(self._texts))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where the links to other places lead."""
        return once(self._addresses)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Leave out what is not printed, and note an address."""
        if tag in ("style", "title", "desc"):
            self._unprinted.append(tag)
        address = dict(attrs).get("href")
        if tag == "a" and address and not address.startswith(("#", "proposal:")):
            self._addresses.append(address)

    def handle_endtag(self, tag: str) -> None:
        """Go on after what is not printed."""
        if self._unprinted and self._unprinted[-1] == tag:
            self._unprinted.pop()

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if not self._unprinted:
            self._texts.append(data)
