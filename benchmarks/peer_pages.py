"""A built workspace → the same booklet for the peers: one HTML document for each list, and one Typst document.

Our own filled pages are taken, all of them, with the page numbers that they print, so that every tool sets the same
words, tables and drawings. What is done here is not in anybody's measured time.

For WeasyPrint and Chromium the pages stand end to end in one document; a page's own colours, which it sets for the
whole document, move to a named page and a class. For Typst the elements of the same HTML become its calls: headings,
paragraphs, lists, tables, links and drawings (`booklet.typ` says how they look, more plainly than our stylesheets,
which is in its favour). It counts pages itself where ours prints the number of a page with a link, and in its feet.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree

from booklet.cache.store import Store
from booklet.chapters.front_matter import BodyDigest
from booklet.commands.session import STORE_FOLDER
from booklet.layout.styles import Styles
from booklet.pipeline.analysis import analyse_workspace
from booklet.pipeline.build import assemble, begin_release_files, finish_release_files
from booklet.pipeline.inputs import find_templates, fingerprint_machine, read_digests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from booklet.chapters.page import Page

_BODY = re.compile(r'<body class="(?P<kind>[^"]*)"[^>]*>(?P<inside>.*)</body>', re.DOTALL)
_STYLE = re.compile(r"<style>(?P<rules>.*?)</style>", re.DOTALL)
_SVG = "{http://www.w3.org/2000/svg}"
_XMLNS = "{http://www.w3.org/2000/xmlns/}"
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
#: what stands side by side in our pages, by class, and in how many columns
_BESIDE = {"key-figures": 6, "argument": 2, "scope": 2, "close": 2, "figures": 3}
_INLINE = {"em": "emph", "i": "emph", "strong": "strong", "b": "strong", "sup": "super", "sub": "sub"}


def write_peer_pages(root: Path, folder: Path) -> None:
    """Write the documents of every list, of a workspace that was built: our store makes this quick."""
    analysis = analyse_workspace(root)
    styles = Styles(find_templates(root))
    with ThreadPoolExecutor(1) as executor:
        _, attachments = finish_release_files(analysis, begin_release_files(analysis, executor))
        machine = fingerprint_machine(read_digests(root, styles))
        store = Store(root / STORE_FOLDER)
        assembly = assemble(analysis, styles, machine, store, executor, lambda step, done, total: None)
        filled: dict[str, Page] = {}

        def keep(page: Page) -> Page:
            filled[page.id] = page
            return page

        assembly.queue.arrange = keep
        body = assembly.make_body(attachments)
        assert body is not None, "a workspace of the generator has no faults"
        tasks = tuple(assembly.fill_each_front_matter(BodyDigest(len(body.pdf), body.sha256)))
    pages = [filled["blank" if part.id.startswith("blank-") else part.id] for part in body.pages_by_part]
    # a section laid out alone has the name of its own anchor
    parts = [replace(page, id=page.id.replace(":", "/")) for page in pages]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.json").write_text(
        json.dumps(
            {"stylesheets": [str(path) for path in styles.stylesheets], "fonts": str(styles.font_settings)}
        )
    )
    (folder / "body.html").write_text(_join(parts), "utf-8")
    (folder / "body.typ").write_text(_typst(parts), "utf-8")
    for page in parts:
        if page.folder is not None:
            shutil.copytree(page.folder, folder / "images" / page.folder.name, dirs_exist_ok=True)
    fronts = folder / "fronts"
    fronts.mkdir(exist_ok=True)
    for number, task in enumerate(tasks):
        (fronts / f"{number}.html").write_text(_join([task.page]), "utf-8")
        (fronts / f"{number}.typ").write_text(_typst([task.page]), "utf-8")


# --- one HTML document -------------------------------------------------------------------------------------------


def _join(pages: Sequence[Page]) -> str:
    class_by_style: dict[str, str] = {}
    sections = []
    for page in pages:
        kind, inside = _read(page)
        style = "".join(match["rules"] for match in _STYLE.finditer(page.html))
        own = class_by_style.setdefault(style, f"own-{len(class_by_style)}") if style.strip() else ""
        sections.append(
            f'<div id="{page.id}" class="{kind} {own} opens-{_side(kind)}">{_globally(inside, page)}</div>'
        )
    rules = [".opens-left { break-before: left } .opens-any { break-before: page }"]
    for style, name in class_by_style.items():
        moved = re.sub(r"@page\s*{", f"@page {name} {{", style)
        rules.append(re.sub(r"\bbody\s*{", f".{name} {{", moved))
        if moved != style:
            rules.append(f".{name} {{ page: {name} }}")
    return f"<style>{' '.join(rules)}</style>{''.join(sections)}"


def _read(page: Page) -> tuple[str, str]:
    """Return the kind of a filled page, and the content of its body."""
    found = _BODY.search(page.html)
    assert found is not None, "every page of ours has a body"
    return found["kind"], found["inside"]


def _side(kind: str) -> str:
    """The side on which a part opens, as in our booklets (`chapters.order`)."""
    return "left" if "fiche" in kind.split() or kind == "opener" else "any"


def _globally(html: str, page: Page) -> str:
    """Make ids, links and addresses of images hold in the whole document."""
    chapter = page.id.partition("/")[0]
    html = re.sub(r' id="([^"]*)"', rf' id="{chapter}:\1"', html)
    html = re.sub(r' href="#([^"]*)"', rf' href="#{chapter}:\1"', html)
    html = html.replace(' href="proposal:', ' href="#')
    if page.folder is not None:
        html = re.sub(r' src="(?!data:)([^"]*)"', rf' src="{page.folder.as_uri()}/\1"', html)
    return html


# --- one Typst document ------------------------------------------------------------------------------------------


def _typst(pages: Sequence[Page]) -> str:
    from weasyprint import HTML  # its parser alone

    parts = ['#import "/shapes.typ": *']
    for page in pages:
        kind, inside = _read(page)
        body = HTML(string=f"<body>{_globally(inside, page)}").etree_element.find("body")
        parts.append(f"#part({_text(page.id)}, {_text(_side(kind))})[{''.join(_blocks(body))}]")
    return "\n".join(parts)


def _blocks(element: ElementTree.Element) -> Iterator[str]:
    """Write what stands below an element as Typst blocks; runs of text between them become paragraphs."""
    run: list[str] = [_plain(element.text)]
    for child in element:
        if _is_inline(child):
            run.append(_inline(child))
        else:
            yield _paragraph(run)
            run = []
            yield _block(child)
        run.append(_plain(child.tail))
    yield _paragraph(run)


def _is_inline(element: ElementTree.Element) -> bool:
    names = {"a", "br", "code", "img", "span", "small", "wbr", "abbr", "q", "cite", *_INLINE}
    return element.tag in names


def _block(element: ElementTree.Element) -> str:
    tag = str(element.tag)
    anchor = f"#anchor({_text(element.attrib['id'])})" if "id" in element.attrib else ""
    if tag == f"{_SVG}svg":
        return anchor + _drawing(element)
    if tag in _HEADINGS:
        return f"{anchor}#heading(level: {_HEADINGS[tag]})[{_inside(element)}]"
    if tag == "p":
        return f"{anchor}#par[{_inside(element)}]"
    if (beside := _BESIDE.get(element.attrib.get("class", ""))) is not None:
        cells = "".join(f"[{''.join(_blocks(child))}]," for child in element)
        return f"{anchor}#grid(columns: (1fr,) * {beside}, gutter: 8pt, {cells})"
    if tag in ("ul", "ol"):
        items = "".join(f"[{''.join(_blocks(item))}]," for item in element)
        return f"{anchor}#{'list' if tag == 'ul' else 'enum'}({items})"
    if tag == "table":
        return anchor + _table(element)
    return anchor + "".join(_blocks(element))


def _inline(element: ElementTree.Element) -> str:
    tag = str(element.tag)
    anchor = f"#anchor({_text(element.attrib['id'])})" if "id" in element.attrib else ""
    if tag == "br":
        return "#linebreak()"
    if tag == "img":
        image = Path(unquote(element.attrib["src"]))
        return (
            f"#picture({_text(f'/images/{image.parent.name}/{image.name}')}, {_text(element.attrib['alt'])})"
        )
    if tag in _INLINE:
        return f"{anchor}#{_INLINE[tag]}[{_inside(element)}]"
    if tag == "code":
        return f"{anchor}#raw({_text(''.join(element.itertext()))})"
    if tag == "a" and element.attrib.get("href", "").startswith("#") and _inside_text(element).isdecimal():
        return f"{anchor}#page-of({_text(element.attrib['href'].removeprefix('#'))})"
    if tag == "a" and "href" in element.attrib:
        return f"{anchor}#refer({_text(element.attrib['href'])})[{_inside(element)}]"
    return anchor + _inside(element)


def _inside_text(element: ElementTree.Element) -> str:
    return "".join(element.itertext()).strip()


def _inside(element: ElementTree.Element) -> str:
    pieces = [_plain(element.text)]
    for child in element:
        pieces.append(_inline(child) if _is_inline(child) else _block(child))
        pieces.append(_plain(child.tail))
    return "".join(pieces)


def _table(table: ElementTree.Element) -> str:
    rows = list(table.iter("tr"))
    heads = [row for section in table.findall("thead") for row in section.iter("tr")]
    columns = max(sum(int(cell.attrib.get("colspan", 1)) for cell in row) for row in rows)

    def cells(row: ElementTree.Element) -> str:
        return "".join(
            f"table.cell(colspan: {cell.attrib.get('colspan', 1)}, rowspan: {cell.attrib.get('rowspan', 1)})"
            f"[{_inside(cell)}],"
            for cell in row
        )

    head = f"table.header({''.join(map(cells, heads))})," if heads else ""
    caption = table.find("caption")
    title = f"#par[{_inside(caption)}]" if caption is not None else ""
    return f"{title}#sheet({columns}, {head}{''.join(cells(row) for row in rows if row not in heads)})"


def _drawing(svg: ElementTree.Element) -> str:
    ElementTree.register_namespace("", _SVG.strip("{}"))
    for name in [name for name in svg.attrib if name.startswith(_XMLNS)]:
        del svg.attrib[name]  # an HTML parser keeps the declaration, and XML writes its own
    words = svg.attrib.get("aria-label") or _inside_text(svg) or "-"
    text = ElementTree.tostring(svg, encoding="unicode").rsplit("</svg>", 1)[0] + "</svg>"
    return f"#drawing({_text(text)}, {_text(' '.join(words.split()))})"


def _paragraph(run: Sequence[str]) -> str:
    inside = "".join(run)
    return f"#par[{inside}]" if inside.strip().strip('#" ;') else ""


def _plain(text: str | None) -> str:
    """Write a text as a Typst string: no character of it is markup."""
    words = re.sub(r"[ \t\r\n]+", " ", text or "")
    return f"#{_text(words)};" if words else ""


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", " ")
    return f'"{escaped}"'


if __name__ == "__main__":
    write_peer_pages(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
