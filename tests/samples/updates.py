"""The update of a small booklet, object by object, to write others from it."""

from __future__ import annotations

from functools import cache

from booklet.pdf.incremental_update import OpenBody
from booklet.pdf.objects import ObjectTable, Written, write_section
from tests.samples import linked_parts as samples


class CopyingBody(OpenBody):
    """Keeps the table of an update, to write others from it."""

    table: ObjectTable

    def _replace_roots(self, table, merged, title):  # type: ignore[no-untyped-def]  # as in the class above
        super()._replace_roots(table, merged, title)
        self.table = table


@cache
def honest() -> CopyingBody:
    body = CopyingBody(samples.body().pdf)
    body.prepend(samples.front(), "Cent mesures")
    return body


def update_with(written: dict[int, Written]) -> bytes:
    """Write an update with some objects changed."""
    source = honest()
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


def is_container(one: Written) -> bool:
    return b"/ObjStm" in one.body or b"/XRef" in one.body
