"""A peer at its best: one process that stays, sets one list after the other, and says what each cost.

It reads one line for each list, `NUMBER OUTPUT`, and answers with one line of JSON. Whatever the tool can keep between
two documents it keeps: WeasyPrint its parsed stylesheets and fonts, Typst its compiler with all that it remembers.
Chromium has no such process; it is started for each list.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SetList = Callable[[int, Path], None]


def weasyprint_whole(folder: Path) -> SetList:
    """Lay out each list's booklet as one document, tagged, with the stylesheets and fonts of ours."""
    settings = json.loads((folder / "settings.json").read_text())
    os.environ["FONTCONFIG_FILE"] = settings["fonts"]
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    sheets = [CSS(filename=path, font_config=fonts) for path in settings["stylesheets"]]

    def set_list(number: int, output: Path) -> None:
        html = HTML(string=whole_html(folder, number), base_url=folder.as_uri())
        html.write_pdf(output, stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1", full_fonts=True)

    return set_list


def whole_html(folder: Path, number: int) -> str:
    """Put a list's cover and letter before the body."""
    front = (folder / "fronts" / f"{number}.html").read_text("utf-8")
    body = (folder / "body.html").read_text("utf-8")
    return (
        f'<!DOCTYPE html><html lang="fr"><head><title>Livret</title></head><body>{front}{body}</body></html>'
    )


def typst(folder: Path, *, rich: bool = False) -> SetList:
    """Compile each list's booklet, tagged, in one compiler that remembers what it can."""
    from typst import Compiler

    here = Path(__file__).resolve().parent
    fonts = Path(json.loads((folder / "settings.json").read_text())["fonts"]).parent
    for name in ("booklet.typ", "shapes.typ"):
        shutil.copy(here / name, folder / name)
    compiler = Compiler(
        folder / "booklet.typ",
        root=folder,
        font_paths=[fonts],
        ignore_system_fonts=True,
        sys_inputs={"rich": ""} if rich else {},
    )

    def set_list(number: int, output: Path) -> None:
        shutil.copy(folder / "fronts" / f"{number}.typ", folder / "front.typ")
        compiler.compile(output=output, format="pdf", pdf_standards=["ua-1"])

    return set_list


def chromium(folder: Path) -> SetList:
    """Print each list's booklet from the same HTML, with a tagged PDF."""
    program = find_chromium()
    assert program is not None
    settings = json.loads((folder / "settings.json").read_text())
    styles = "".join(Path(path).read_text("utf-8") for path in settings["stylesheets"])

    def set_list(number: int, output: Path) -> None:
        page = folder / "chromium.html"
        page.write_text(
            whole_html(folder, number).replace("</head>", f"<style>{styles}</style></head>"), "utf-8"
        )
        subprocess.run(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
             "--generate-pdf-document-outline", f"--print-to-pdf={output}", page.as_uri()],
            env={**os.environ, "FONTCONFIG_FILE": settings["fonts"]},
            check=True,
            capture_output=True,
        )  # fmt: skip

    return set_list


def find_chromium() -> str | None:
    """Find a Chromium that can print; None where there is none."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


PEERS: dict[str, Callable[[Path], SetList]] = {
    "weasyprint": weasyprint_whole,
    "typst": typst,
    "typst-rich": partial(typst, rich=True),
    "chromium": chromium,
}


def _serve(name: str, folder: Path) -> None:
    set_list = PEERS[name](folder)
    for line in sys.stdin:
        number, output = line.split(maxsplit=1)
        set_list(int(number), Path(output.strip()))
        own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
        memory = max(own.ru_maxrss, children.ru_maxrss) / 1024
        print(json.dumps({"cpu": cpu, "memory": memory}), flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1], Path(sys.argv[2]).resolve())
