"""Workspaces to build: the example as it is published, and a small one whose every page is laid out in a second."""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.samples.commands import Run, run, run_process

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


EDITION = """\
title: Essais pour une ville
subtitle: Trois idées, trois listes
version: "1.0"
lang: fr
date: 2020-02-06
licence: CC BY-SA 4.0
publisher: {name: Association d'essai}
term: {start: 2020-07, years: 2021-2026}
prices: {year: 2019, basis: ht}
funding_base: ht
territory: {name: Une ville}
domains:
  mobilite: {title: Mobilité, colour: "#1b627d"}
  ecologie: {title: Écologie, colour: "#38692f"}
organisations:
  ville: {name: Une ville, kind: commune, population: 100 000, operating_receipts: 120 M€}
letter: |
  À la liste {list}, conduite par {head}, à {commune}.

  Voici notre livret.
delivery:
  rule: Même contenu, même jour, gratuitement, à toutes les listes.
  adopted: 2020-01-15
  on: 2020-02-06
  poll: 2020-03-15
"""
LISTS = """\
- {id: une, name: Une liste, head: Prénom Nom, commune: Une ville, sector: 1, panel: 3}
- {id: deux, name: "L’œuvre d’été", head: Prénom Autre, commune: Une ville}
- {id: trois, name: Un nom *marqué*, head: Prénom Tiers, commune: Une autre ville}
"""
SOURCES = """\
bilan-2018: {title: Bilan de l’an passé, publisher: Une revue, year: 2018, url: "https://example.org/bilan"}
"""
PROPOSAL = """\
title: TITLE
status: ready
promise: PROMISE
problem: |
  Le premier problème de ID est sans remède [@bilan-2018].
solution: |
  La première solution de ID tient en un mot.
scope: {included: [un essai], excluded: [tout le reste]}
owner: ville
decision: 2020-10
timeline:
  - {id: pose, label: Pose, kind: works, start: 2021-01, end: 2022-12}
costs:
  - label: Armoire
    section: investissement
    nature: equipment
    quantity: 10
    unit: armoire
    unit_cost: {low: 9 000 €, central: 12 000 €, high: 15 000 €}
    spread: pose
    vat: 20 %
    vat_regime: fctva
    evidence: benchmark
    source: bilan-2018
funding: []
no_running_cost: rien ne revient, c'est un essai
uncertainty: |
  Le prix des armoires.
authors: [{name: Groupe d'essai}]
"""
#: id and domain of the small workspace's proposals, in the booklet's order
SMALL = (("armoires", "mobilite"), ("feux", "mobilite"), ("arbres", "ecologie"))


@dataclass(frozen=True)
class Sample:
    """Name a workspace and run commands in it."""

    root: Path

    @property
    def dist(self) -> Path:
        """Name the folder of its release."""
        return self.root / "dist"

    @property
    def manifest(self) -> dict[str, Any]:
        """Read the manifest of its release."""
        held: dict[str, Any] = json.loads((self.dist / "manifest.json").read_bytes())
        return held

    def proposal(self, id: str) -> Path:
        """Name the file of a proposal."""
        return next((self.root / "proposals").glob(f"*/{id}.yaml"))

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that stands once in a file under `proposals/`."""
        file = self.root / "proposals" / path
        text = file.read_text("utf-8")
        assert text.count(old) == 1, f"{path} holds it {text.count(old)} times: {old}"
        file.write_text(text.replace(old, new), "utf-8")

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Run:
        """Run a command in this workspace, in this process.

        A workspace with fonts of its own needs a process of its own: Fontconfig is set up once for all.
        """
        runner = run_process if (self.root / "templates").exists() else run
        return runner("-C", str(self.root), *arguments, environment=environment)

    def run_process(
        self, *arguments: str, environment: Mapping[str, str] | None = None, **options: Any
    ) -> Run:
        """Run a command in this workspace, in a process of its own."""
        return run_process("-C", str(self.root), *arguments, environment=environment, **options)

    def build(self, *arguments: str) -> Run:
        """Build, and require that it went well."""
        ran = self.run("build", "-v", "--jobs", "1", *arguments)
        assert ran.status == 0, ran.err + ran.out
        return ran


def write_proposal(root: Path, domain: str, id: str, text: str = PROPOSAL) -> Path:
    """Write one proposal of the small workspace."""
    path = root / "proposals" / domain / f"{id}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    filled = text.replace("TITLE", f"Essayer les {id} dans chaque rue").replace(
        "PROMISE", f"Des {id} pour tous."
    )
    path.write_text(filled.replace("ID", id), "utf-8")
    return path


def write_small(root: Path) -> Sample:
    """Write a workspace of three proposals and three lists."""
    for id, domain in SMALL:
        write_proposal(root, domain, id)
    for name, text in (("edition", EDITION), ("lists", LISTS), ("sources", SOURCES)):
        (root / "proposals" / f"{name}.yaml").write_text(text, "utf-8")
    return Sample(root)


def write_photographed(root: Path) -> Sample:
    """Write the small workspace with a printer, a coarse photograph in colour and a fine one in grey."""
    small = write_small(root)
    small.edit("edition.yaml", "essai}\nterm", "essai, printer: 'Imprimerie d’essai, 13002 Marseille'}\nterm")
    for id, image in (("armoires", png(600, 100, (200, 90, 40))), ("feux", png(1600, 200, (90, 90, 90)))):
        path = small.proposal(id)
        path.with_suffix("").mkdir()
        (path.with_suffix("") / "photo.png").write_bytes(image)
        figures = "figures: [{file: photo.png, alt: Une photographie}]\n"
        path.write_text(path.read_text("utf-8") + figures, "utf-8")
    return small


def write_figure(proposal: Path, name: str, data: bytes, key: str = "figures:") -> int:
    """Write an image and show it, after others if `key` is empty; returns the line that names it."""
    proposal.with_suffix("").mkdir(exist_ok=True)
    (proposal.with_suffix("") / name).write_bytes(data)
    text = proposal.read_text("utf-8") + f"{key}\n- file: {name}\n  alt: un schéma\n".lstrip("\n")
    proposal.write_text(text, "utf-8")
    return text.count("\n") - 1


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """Write a plain PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def digests(folder: Path) -> dict[str, str]:
    """Digest every file below a folder, by relative path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if not path.is_dir()
    }


def laid_out(ran: Run) -> tuple[set[str], int]:
    """Read from `-v` the pages that were laid out and the number of lists whose front matter was."""
    found = re.search(r"^(?:laid out|mis en page)\s*: (.*?)\s*; \D*(\d+)", ran.err, re.MULTILINE)
    assert found is not None, ran.err
    return set(found[1].split(", ")) - {"-"}, int(found[2])
