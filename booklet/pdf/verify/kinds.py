"""The kinds of objects that our writer makes: for each its keys, and what may stand there.

Anything else is an objection. An optional key ends with `?` here; `values.CHECKS` say what a value may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message, say
from booklet.pdf.verify.values import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from booklet.pdf.verify.syntax import Value

#: kind → key → what may stand there, `=` before a name that stands there always
KINDS: Mapping[str, Mapping[str, str]] = {
    say("page tree root").template: {"/Type": "=/Pages", "/Count": "whole number", "/Kids": "references"},
    say("structure tree root").template: {
        "/Type": "=/StructTreeRoot",
        "/K": "references",
        "/ParentTree": "reference",
        "/ParentTreeNextKey": "whole number",
        "/IDTree": "tree",
    },
    say("document element").template: {
        "/Type": "=/StructElem",
        "/S": "=/Document",
        "/P": "reference",
        "/K": "references",
    },
    say("parent tree").template: {"/Kids": "references"},
    say("parent tree leaf").template: {"/Limits": "array", "/Nums": "array"},
    say("name dictionary").template: {"/Dests": "tree", "/EmbeddedFiles?": "reference"},
    say("name tree leaf").template: {"/Limits": "array", "/Names": "array"},
    say("outline root").template: {
        "/Type": "=/Outlines",
        "/First": "reference",
        "/Last": "reference",
        "/Count": "whole number",
    },
    say("bookmark").template: {
        "/Title": "text",
        "/Parent": "reference",
        "/Prev?": "reference",
        "/Next?": "reference",
        "/First?": "reference",
        "/Last?": "reference",
        "/Count?": "whole number",
        "/Dest": "destination",
    },
    say("page labels").template: {"/Nums": "array"},
    say("metadata").template: {"/Type": "=/Metadata", "/Subtype": "=/XML", "/Length": "whole number"},
    say("information dictionary").template: {
        "/Title": "text",
        "/Author?": "text",
        "/Subject?": "text",
        "/Keywords?": "text",
        "/Producer?": "text",
        "/CreationDate": "text",
        "/ModDate": "text",
    },
    say("front page").template: {
        "/Type": "=/Page",
        "/Parent": "reference",
        "/MediaBox": "four numbers",
        "/BleedBox?": "four numbers",
        "/TrimBox?": "four numbers",
        "/Contents": "reference",
        "/Resources": "reference",
        "/StructParents": "whole number",
        "/Tabs?": "=/S",
        "/Annots?": "references",
    },
    say("content").template: {"/Filter": "zlib", "/Length": "whole number"},
    say("resources").template: {
        "/ColorSpace?": "colours",
        "/ExtGState?": "opacity",
        "/Font?": "dictionary",
        "/Pattern?": "nothing",
        "/Shading?": "nothing",
        "/XObject?": "nothing",
    },
    say("link").template: {
        "/Type": "=/Annot",
        "/Subtype": "=/Link",
        "/Rect": "four numbers",
        "/BS": "no border",
        "/Contents?": "text",
        "/Dest?": "text",
        "/A?": "address",
        "/StructParent?": "whole number",
        "/F": "printed",
    },
    say("structure element").template: {
        "/Type": "=/StructElem",
        "/S": "element",
        "/P": "reference",
        "/Pg?": "reference",
        "/K?": "array",
        "/A?": "attributes",
        "/ID?": "text",
        "/Alt?": "text",
        "/ActualText?": "text",
        "/E?": "text",
        "/Lang?": "text",
        "/T?": "text",
    },
    say("object reference").template: {"/Type": "=/OBJR", "/Pg": "reference", "/Obj": "reference"},
    say("font").template: {
        "/Type": "=/Font",
        "/Subtype": "=/Type0",
        "/BaseFont": "name",
        "/DescendantFonts": "references",
        "/Encoding": "=/Identity-H",
        "/ToUnicode": "reference",
    },
    say("font of glyphs").template: {
        "/Type": "=/Font",
        "/Subtype": "name",
        "/BaseFont": "name",
        "/CIDSystemInfo": "dictionary",
        "/CIDToGIDMap?": "=/Identity",
        "/FontDescriptor": "reference",
        "/W": "array",
        "/DW?": "number",
    },
    say("font descriptor").template: {
        "/Type": "=/FontDescriptor",
        "/Ascent": "number",
        "/CapHeight": "number",
        "/Descent": "number",
        "/Flags": "whole number",
        "/FontBBox": "four numbers",
        "/FontFamily?": "text",
        "/FontFile2?": "reference",
        "/FontFile3?": "reference",
        "/FontName": "name",
        "/ItalicAngle": "number",
        "/StemH": "number",
        "/StemV": "number",
    },
    say("font file").template: {
        "/Filter": "zlib",
        "/Length": "whole number",
        "/Length1?": "whole number",
        "/Subtype?": "name",
    },
    say("map of glyphs").template: {"/Filter": "zlib", "/Length": "whole number"},
}

#: the same, of the objects that are the body's alone
BODY_KINDS: Mapping[str, Mapping[str, str]] = {
    say("catalog").template: {
        "/Type": "=/Catalog",
        "/Pages": "reference",
        "/Lang": "text",
        "/Metadata": "reference",
        "/Names": "reference",
        "/Outlines": "reference",
        "/PageLabels": "reference",
        "/StructTreeRoot": "reference",
        "/MarkInfo": "marked",
        "/PageMode": "=/UseOutlines",
        "/ViewerPreferences": "title shown",
        "/OutputIntents": "intent",
        "/AF?": "references",
    },
    say("page tree node").template: {
        "/Type": "=/Pages",
        "/Parent": "reference",
        "/Count": "whole number",
        "/Kids": "references",
    },
    say("page").template: {
        "/Type": "=/Page",
        "/Parent": "reference",
        "/MediaBox": "four numbers",
        "/BleedBox?": "four numbers",
        "/TrimBox?": "four numbers",
        "/Contents": "references",
        "/Resources": "dictionary",
        "/StructParents": "whole number",
        "/Tabs?": "=/S",
        "/Annots?": "references",
    },
    say("embedded file").template: {
        "/Type": "=/Filespec",
        "/F": "file name",
        "/UF": "file name",
        "/AFRelationship": "name",
        "/Desc": "text",
        "/EF": "inside",
    },
}


def check_kind(held: Mapping[str, Value], kind: str, number: int) -> Iterator[Message]:
    """List what a dictionary has that our writer does not make of its kind."""
    known = KINDS.get(kind) or BODY_KINDS[kind]
    allowed = {key.rstrip("?"): rule for key, rule in known.items()}
    for key in sorted(set(held) - set(allowed)):
        yield say("{kind} {number} has {key}", kind=Message(kind), number=number, key=key)
    for key, rule in allowed.items():
        if key not in known and key not in held:
            continue  # an optional one
        value = held.get(key)
        if not (value == rule[1:] if rule.startswith("=") else CHECKS[rule](value)):
            yield say("{kind} {number}: {key} is not as ours", kind=Message(kind), number=number, key=key)
