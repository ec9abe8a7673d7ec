"""Part of the published example: six proposals in three domains, four lists; everything else as it is published."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from tests.samples.commands import ROOT
from tests.samples.workspace import Sample

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = ROOT / "proposals"
#: closed under `needs`; the last one is a draft, the first has a picture
PROPOSALS = (
    "priorite-bus-carrefours",
    "bornes-recharge",
    "eclairage-intelligent",
    "reseau-objets",
    "arbres-de-rue",
    "navettes-maritimes",
)
#: with and without a panel, short and long, in two sectors
LISTS = (
    "marseille-1-berland-2020",
    "marseille-1-2-marseille-d-abord-une-force-nationale",
    "marseille-1-4-le-printemps-marseillais-le-rassemblement-de-la-gauche-des-ecologistes-et-des-citoyens",
    "marseille-8-marseille-avant-tout-avec-samia-ghali",
)
_LINK = re.compile(r"\[([^\]]*)\]\(proposal:([a-z0-9-]+)\)")
_OVERLAPS = re.compile(r"^  overlaps: \[(.*)\]$", re.MULTILINE)


def write_excerpt(root: Path) -> Sample:
    """Copy part of the example; links to proposals that are left out become plain words."""
    folder = root / "proposals"
    folder.mkdir(parents=True)
    shutil.copy(PUBLISHED / "edition.yaml", folder)
    text = (PUBLISHED / "lists.yaml").read_text("utf-8")
    entries = {entry.split("\n", 1)[0]: entry for entry in text.split("- id: ")[1:]}
    (folder / "lists.yaml").write_text("".join(f"- id: {entries[id]}" for id in LISTS), "utf-8")
    for id in PROPOSALS:
        published = next(PUBLISHED.glob(f"*/{id}.yaml"))
        target = folder / published.relative_to(PUBLISHED)
        target.parent.mkdir(exist_ok=True)
        target.write_text(_without_others(published.read_text("utf-8")), "utf-8")
        if published.with_suffix("").is_dir():
            shutil.copytree(published.with_suffix(""), target.with_suffix(""))
    written = "".join(path.read_text("utf-8") for path in folder.rglob("*.yaml"))
    sources = re.split(
        r"^(?=[a-z0-9-]+:$)", (PUBLISHED / "sources.yaml").read_text("utf-8"), flags=re.MULTILINE
    )
    cited = (entry for entry in sources if re.search(rf"\b{entry.partition(':')[0]}\b", written))
    (folder / "sources.yaml").write_text("".join(cited), "utf-8")
    return Sample(root)


def _without_others(text: str) -> str:
    text = _LINK.sub(lambda link: link[0] if link[2] in PROPOSALS else link[1], text)
    return _OVERLAPS.sub(
        lambda found: f"  overlaps: [{', '.join(id for id in found[1].split(', ') if id in PROPOSALS)}]", text
    )
