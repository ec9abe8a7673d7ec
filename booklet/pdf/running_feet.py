"""Page numbers, laid out on empty pages → forms that the linker draws over the pages of the body."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, NamedTuple

import pikepdf

from booklet.pdf.merge import Frame, LinkError
from booklet.pdf.objects import ObjectTable, Origin, array, reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import ExitStack

_FOOT = b"/Foot"
_MARKING = {"BDC", "BMC", "EMC", "DP", "MP"}


class Foot(NamedTuple):
    """A running foot: the media box it was laid out for, and the reference of the form that draws it."""

    media_box: bytes
    form: bytes


def read_feet(table: ObjectTable, numbers: Sequence[bytes] | bytes, stack: ExitStack) -> Iterator[Foot]:
    """Write the form of each running foot, one for each page of the documents."""
    for pdf in (numbers,) if isinstance(numbers, bytes) else numbers:
        document = stack.enter_context(pikepdf.open(io.BytesIO(pdf)))
        origin = Origin(table, document)
        for page in document.pages:
            media_box = page.obj["/MediaBox"].unparse(resolved=True)
            # the whole form is an artifact: marks of its own would refer to a structure that is not merged
            content = pikepdf.unparse_content_stream(
                [item for item in pikepdf.parse_content_stream(page) if str(item.operator) not in _MARKING]
            )
            body = b"<< /Type /XObject /Subtype /Form /BBox %s /Resources %s >>" % (
                media_box,
                origin.refer(page.obj["/Resources"]),
            )
            yield Foot(media_box, reference(table.add(body, content)))
    raise LinkError("the running feet stop before the last page")


def write_page(table: ObjectTable, page: bytes, frame: Frame, parent: int, foot: Foot) -> bytes:
    """Write a page in its frame, and draw its running foot over it."""
    if b"/MediaBox " + foot.media_box not in page:
        raise LinkError(f"a running foot made for {foot.media_box!r} cannot be laid over another format")
    assert _FOOT not in frame.forms
    before, after = _foot_streams(table)
    return b"%s /Parent %s /Contents %s /Resources << %s /XObject << %s %s %s >> >> >>" % (
        page.rstrip().removesuffix(b">>").rstrip(),
        reference(parent),
        array((reference(before), frame.contents, reference(after))),
        frame.resources,
        *(frame.forms, _FOOT, foot.form),
    )


def _foot_streams(table: ObjectTable) -> tuple[int, int]:
    """Write, once for all pages, the two content streams around a page's own that draw its foot."""
    around = (
        b"q\n",
        b"\nQ\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC\nq %s Do Q\nEMC\n" % _FOOT,
    )
    numbers = []
    for content in around:
        digest = hashlib.sha256(b"foot:" + content).digest()
        if digest not in table.shared:
            table.shared[digest] = table.add(b"<< >>", content)
        numbers.append(table.shared[digest])
    return numbers[0], numbers[1]
