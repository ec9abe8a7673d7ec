"""The update and the body of a small booklet, object by object, to write others from them."""

from __future__ import annotations

import io
from functools import cache

import pikepdf

from booklet.pdf.incremental_update import OpenBody
from booklet.pdf.objects import ObjectTable, Written, stream_body
from booklet.pdf.section import write_section
from booklet.pdf.verify.body_objects import FRONT_BOOKMARK
from tests.samples import linked_parts as samples


class CopyingBody(OpenBody):
    """Keeps the table of an update, to write others from it."""

    table: ObjectTable

    def _replace_roots(self, table, merged, title):  # type: ignore[no-untyped-def]  # as in the class above
        super()._replace_roots(table, merged, title)
        self.table = table


@cache
def honest(pdf: bytes | None = None) -> CopyingBody:
    body = CopyingBody(pdf or samples.body().pdf)
    body.prepend(samples.front(), "Cent mesures")
    return body


def update_with(written: dict[int, Written], body: bytes | None = None) -> bytes:
    """Write an update, of the small body or of another, with some objects changed."""
    source = honest(body)
    table = ObjectTable(first=source._next_number)
    table.written = {
        **{n: one for n, one in source.table.written.items() if not is_container(one)},
        **written,
    }
    table.next_number = max(table.written) + 1
    return write_section(
        table,
        start=source._length,
        trailer={"Root": b"%d 0 R" % source._catalog, "Info": b"%d 0 R" % source._information},
        identity=source._identity,
        previous=source._cross_reference,
    )


@cache
def body_objects() -> dict[int, Written]:
    """The objects of the body by number."""
    with pikepdf.open(io.BytesIO(samples.body().pdf)) as body:
        return {
            one.objgen[0]: Written(stream_body(one).replace(b"#2f", b"#2F"), one.read_raw_bytes())
            if isinstance(one, pikepdf.Stream)
            else Written(one.unparse(resolved=True))
            for one in body.objects
            if isinstance(one, pikepdf.Dictionary | pikepdf.Stream)
            and one.get("/Type") not in ("/ObjStm", "/XRef")
        }


def write_body(written: dict[int, Written]) -> bytes:
    """Write a body of other objects, as ours is written."""
    body = samples.body().pdf
    header = body[: body.index(b"\n", body.index(b"\n") + 1) + 1]
    table = ObjectTable(first=max(written) + 1)
    table.written = dict(written)
    catalog, information = honest()._catalog, honest()._information
    return header + write_section(
        table,
        start=len(header),
        trailer={"Root": b"%d 0 R" % catalog, "Info": b"%d 0 R" % information},
        free=(FRONT_BOOKMARK,),
    )


def is_container(one: Written) -> bool:
    return b"/ObjStm" in one.body or b"/XRef" in one.body
