"""Attachments and output intent of a body, as PDF/A-3 requires them.

PDF/A-3 (ISO 19005-3) keeps a document readable for decades together with the files it was made from: each embedded
file declares its relationship to the document (§6.8), and an output intent defines the colours (§6.2.3). Both are in
the body, so that every list receives the same files; a booklet's update only refers to them.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from booklet.layout.weasyprint import srgb_profile
from booklet.pdf.metadata import pdf_date
from booklet.pdf.objects import ObjectTable, array, reference, text_string
from booklet.pdf.trees import write_name_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

#: media type by the ending of a file's name (YAML: RFC 9512)
_MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "yaml": "application/yaml",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file inside the PDF, as readers list it."""

    #: a plain file name in ASCII, unique in the body: readers save the file under it
    name: str
    data: bytes
    description: str
    #: to the document (ISO 19005-3, annex E): what it was made from, or the data behind its figures
    relationship: Literal["Source", "Data"]


class EmbeddedFiles(NamedTuple):
    """What the catalog refers to: the root of the name tree of embedded files, and the array of associated files."""

    names: bytes
    associated: bytes


def write_attachments(
    table: ObjectTable, attachments: Sequence[Attachment], day: str
) -> EmbeddedFiles | None:
    """Embed files, dated `day` (ISO); None where there are none."""
    if not attachments:
        return None
    ordered = sorted(attachments, key=lambda attachment: attachment.name.encode("ascii"))
    by_name = {
        attachment.name.encode("ascii"): reference(_embed(table, attachment, day)) for attachment in ordered
    }
    assert len(by_name) == len(ordered), "two attachments have the same name"
    return EmbeddedFiles(reference(table.add(write_name_tree(table, by_name))), array(by_name.values()))


def _embed(table: ObjectTable, attachment: Attachment, day: str) -> int:
    """Write one file and its specification (ISO 32000-1 §7.11.3 and §7.11.4); return the number of the latter."""
    data = attachment.data
    media_type = _MEDIA_TYPES[attachment.name.rpartition(".")[2]].replace("/", "#2F")
    file = table.add(
        b"<< /Type /EmbeddedFile /Subtype /%s /Filter /FlateDecode "
        b"/Params << /Size %d /CheckSum <%s> /ModDate %s >> >>"
        % (
            media_type.encode(),
            len(data),
            hashlib.md5(data, usedforsecurity=False).hexdigest().encode(),
            text_string(pdf_date(day)),
        ),
        zlib.compress(data, 9),
    )
    name = text_string(attachment.name)
    return table.add(
        b"<< /Type /Filespec /F %s /UF %s /AFRelationship /%s /Desc %s /EF << /F %s /UF %s >> >>"
        % (
            name,
            name,
            attachment.relationship.encode(),
            text_string(attachment.description),
            reference(file),
            reference(file),
        )
    )


def write_output_intent(table: ObjectTable) -> bytes:
    """Write the output intent that makes RGB mean sRGB (ISO 19005-3 §6.2.3), also where transparency blends."""
    profile = table.add(b"<< /N 3 /Filter /FlateDecode >>", zlib.compress(srgb_profile(), 9))
    return (
        b"<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) "
        b"/DestOutputProfile %s >>" % reference(profile)
    )
