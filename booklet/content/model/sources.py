"""`sources.yaml`: the bibliography."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ConfigDict, RootModel

from booklet.content.model.base import Model, field
from booklet.content.model.types import (
    Day,
    Slug,
    Text,
    WebAddress,
    Year,
)


class Reference(Model):
    """One entry of the bibliography."""

    title: Text = field("Title", default="", needed="always", french="titre, intitulé, libellé")
    publisher: Text | None = field("Publisher", french="éditeur, auteur?, journal?, organisme?")
    year: Year | None = field("Year of publication", french="année, années, date?")
    url: WebAddress | None = field("Web address", french="lien, adresse, site?")
    read: Day | None = field("Day it was read", french="lu, consulté, consulté le")


class Bibliography(RootModel[Mapping[Slug, Reference]]):
    """Every source by its id."""

    model_config = ConfigDict(frozen=True, defer_build=True)
