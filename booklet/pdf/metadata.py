"""Title, authorship and conformance of a document → its XMP packet and its Info dictionary, which must agree.

A file claims PDF/UA-1 (ISO 14289-1 §5 and §7.1) and PDF/A-3, level A (ISO 19005-3 §6.6). PDF/A requires every property
outside its own schemas to be described in the packet, among them the claim to PDF/UA. Dates are the edition's day at
midnight UTC, never a clock, so that two builds give the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from booklet.pdf.objects import text_string

if TYPE_CHECKING:
    import pikepdf

_UA_NAMESPACE = "http://www.aiim.org/pdfua/ns/id/"
# PDF/A-3 §6.6.2.3: the description of a property outside the predefined schemas
_UA_SCHEMA = f"""<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>{_UA_NAMESPACE}</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
     <pdfaProperty:name>part</pdfaProperty:name>
     <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
     <pdfaProperty:category>internal</pdfaProperty:category>
     <pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
   </rdf:li></rdf:Bag></pdfaExtension:schemas>"""


@dataclass(frozen=True, slots=True)
class Description:
    """Title and authorship of a whole document."""

    title: str
    #: BCP 47 tag, as in `<html lang>`.
    language: str
    author: str
    #: ISO day, `2020-02-27`; both creation and modification date.
    date: str
    subject: str = ""
    keywords: tuple[str, ...] = ()
    producer: str = "booklet"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", self.date):
            raise ValueError(f"the date of a document is an ISO day, not {self.date!r}")


def write_packet(description: Description) -> bytes:
    """Write the XMP packet of a document that is PDF/UA-1 and PDF/A-3A."""
    day = f"{description.date}T00:00:00Z"
    properties = [
        "<pdfuaid:part>1</pdfuaid:part>",
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        _UA_SCHEMA,
        f"<dc:title>{_alternative(description.title)}</dc:title>",
        f"<dc:creator><rdf:Seq><rdf:li>{escape(description.author)}</rdf:li></rdf:Seq></dc:creator>",
        f"<dc:language><rdf:Bag><rdf:li>{escape(description.language)}</rdf:li></rdf:Bag></dc:language>",
        "<dc:format>application/pdf</dc:format>",
        f"<xmp:CreateDate>{day}</xmp:CreateDate>",
        f"<xmp:ModifyDate>{day}</xmp:ModifyDate>",
        f"<pdf:Producer>{escape(description.producer)}</pdf:Producer>",
    ]
    if description.subject:
        properties.append(f"<dc:description>{_alternative(description.subject)}</dc:description>")
    if description.keywords:
        items = "".join(f"<rdf:li>{escape(keyword)}</rdf:li>" for keyword in description.keywords)
        properties.append(f"<dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>")
        properties.append(f"<pdf:Keywords>{escape(', '.join(description.keywords))}</pdf:Keywords>")
    lines = "\n   ".join(properties)
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfuaid="{_UA_NAMESPACE}"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/">
   {lines}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>""".encode()


def _alternative(text: str) -> str:
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt>'


def pdf_date(day: str) -> str:
    """Write an ISO day as a PDF date (ISO 32000-1 §7.9.4), at midnight UTC."""
    return f"D:{day.replace('-', '')}000000Z"


def write_information(description: Description) -> bytes:
    """Write the Info dictionary, with the same values as the packet."""
    day = pdf_date(description.date)
    values = {
        "Title": description.title,
        "Author": description.author,
        "Subject": description.subject,
        "Keywords": ", ".join(description.keywords),
        "Producer": description.producer,
        "CreationDate": day,
        "ModDate": day,
    }
    return b"<< %s >>" % b" ".join(
        b"/%s %s" % (key.encode(), text_string(value)) for key, value in values.items() if value
    )


def read_description(document: pikepdf.Pdf) -> Description:
    """Read back what :func:`write_information` wrote."""
    information = {key: str(value) for key, value in document.trailer["/Info"].items()}
    day = information["/CreationDate"].removeprefix("D:")
    keywords = information.get("/Keywords", "")
    return Description(
        title=information["/Title"],
        language=str(document.Root["/Lang"]),
        author=information["/Author"],
        date=f"{day[:4]}-{day[4:6]}-{day[6:8]}",
        subject=information.get("/Subject", ""),
        keywords=tuple(keywords.split(", ")) if keywords else (),
        producer=information["/Producer"],
    )
