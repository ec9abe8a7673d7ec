"""Memory and processor time of linking so many fiches: what it grows by with each is what it holds of each.

    python benchmarks/linking.py --parts 50,200,400          # two minutes

The first fiche of the example is laid out once, and taken apart under as many names, each with a content of its own.
Each size is linked in a process of its own, from records on the disk as a build links them.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf

ROOT = Path(__file__).resolve().parents[1]


def prepare(folder: Path, parts: int) -> None:
    """Write the records of so many parts, and the pages of their running feet."""
    from booklet.chapters.context import FillContext
    from booklet.chapters.fiche import fill_fiche
    from booklet.chapters.page import Page, render, render_file
    from booklet.chapters.running_foot import number_pages
    from booklet.installation import TEMPLATES
    from booklet.layout.styles import Styles
    from booklet.pdf.part import read_part
    from booklet.pipeline.analysis import analyse_workspace

    analysis = analyse_workspace(ROOT)
    assert analysis.portfolio is not None
    context = FillContext.of(
        analysis.workspace, analysis.portfolio, analysis.financings, analysis.law, TEMPLATES
    )
    fiche = fill_fiche(context, analysis.portfolio.ready[0], context.titles)
    laid_out = render(fiche.without_links(), Styles(TEMPLATES)).pdf
    for number in range(parts):
        with pikepdf.open(io.BytesIO(laid_out)) as document:
            for page in document.pages:
                page.obj["/Contents"].write(page.obj["/Contents"].read_bytes() + b"\n%% %d\n" % number)
            copy = io.BytesIO()
            document.save(copy)
        (folder / f"part-{number}").write_bytes(read_part(f"part-{number}", copy.getvalue()).pack())
    numbers = render_file(Page("numbers", number_pages(context, 2 * parts)), Styles(TEMPLATES))
    (folder / "numbers").write_bytes(numbers.pdf)


def link(folder: Path, parts: int) -> str:
    """Link the first parts in this process; returns a line of the table."""
    from booklet.pdf.body import Part, link_body
    from booklet.pdf.metadata import Description
    from booklet.pdf.relocatable import Relocatable

    def read(number: int) -> Relocatable:
        return Relocatable.unpack((folder / f"part-{number}").read_bytes())

    feet = (folder / "numbers").read_bytes()
    listed = [Part(f"part-{number}", 2, {}, "", partial(read, number)) for number in range(parts)]
    before, start = _peak(), time.process_time()
    body = link_body(listed, feet, Description("Parts", "en", "", "2026-01-01"))
    seconds, grown = time.process_time() - start, _peak() - before
    return f"{parts:6} parts: {seconds:6.2f} s, {grown / 2**20:6.1f} MiB more, body of {len(body.pdf) / 2**20:5.1f} MiB"


def _peak() -> int:
    """The largest memory of this process so far: Linux alone says it of a process and not of its parent."""
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main() -> None:
    """Prepare, then link each size in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--parts", default="50,200,400", help="sizes, separated by commas")
    parser.add_argument("--linked-from", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.parts.split(",")]
    if arguments.linked_from:
        print(link(arguments.linked_from, *sizes))
        return
    with TemporaryDirectory() as name:
        prepare(Path(name), max(sizes))
        for size in sizes:
            command = [sys.executable, __file__, "--parts", str(size), "--linked-from", name]
            subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
