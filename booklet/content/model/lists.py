"""`lists.yaml`: the electoral lists that receive a booklet."""

from __future__ import annotations

from pydantic import ConfigDict, RootModel

from booklet.content.model.base import Model, field
from booklet.content.model.types import (
    InseeCode,
    Slug,
    Text,
    WholeNumber,
)


class ElectoralList(Model):
    """One electoral list that receives the booklet."""

    id: Slug = field("Id, unique", default="", needed="always")
    name: Text = field(
        "Name as published", default="", needed="always", french="nom, liste?, nom de la liste"
    )
    head: Text | None = field(
        "Head of list, as published", french="tête, tête de liste, candidat?, candidate?"
    )
    commune: Text = field("Commune", default="", needed="always", french="ville?")
    insee: InseeCode | None = field(
        "Official code of the commune, where another commune has its name", french="code insee, code commune"
    )
    sector: WholeNumber | None = field(
        "Sector, only where the commune votes by sector", french="secteur, arrondissement?"
    )
    panel: WholeNumber | None = field("Official panel number, if known", french="panneau")


class ElectoralLists(RootModel[tuple[ElectoralList, ...]]):
    """Every list that receives a booklet."""

    model_config = ConfigDict(frozen=True, defer_build=True)
