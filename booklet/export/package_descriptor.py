"""Edition → what `datapackage.json` says of the whole package: title, version, licence, publisher."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from booklet.diagnostics.message import say
from booklet.text.slug import slugify

if TYPE_CHECKING:
    from booklet.content.model.edition import Edition
    from booklet.text.language import Language

_CREATIVE_COMMONS = re.compile(r"CC[- ](?P<kind>BY(?:-NC)?(?:-SA|-ND)?)[- ](?P<version>[0-9]\.[0-9])")


def describe_package(edition: Edition, language: Language) -> dict[str, object]:
    """Write the properties of the package; its resources stand beside them."""
    publisher, prices = edition.publisher, edition.prices
    description = say(
        "Costs, funding and sources of the proposals. Amounts are in euros of {year}; rows whose status is `draft` "
        "are in no total.",
        year=prices.year if prices and prices.year else "-",
    )
    found: dict[str, object] = {
        "profile": "data-package",
        "name": slugify(edition.title) or "booklet",
        "title": edition.title,
        "description": description.text(language),
        "version": edition.version,
    }
    if edition.date is not None:
        found["created"] = f"{edition.date.isoformat()}T00:00:00Z"
    if edition.licence:
        found["licenses"] = [_describe_licence(edition.licence)]
    if publisher is not None:
        website = {"path": publisher.website} if publisher.website else {}
        found["contributors"] = [{"title": publisher.name, **website, "role": "publisher"}]
    return found


def _describe_licence(text: str) -> dict[str, str]:
    """Name a licence as Open Definition does, with its address where the text is one of Creative Commons'."""
    found = _CREATIVE_COMMONS.search(text.upper())
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-") or "other"
    if found is None:
        return {"name": name, "title": text}
    kind, version = found["kind"], found["version"]
    path = f"https://creativecommons.org/licenses/{kind.lower()}/{version}/"
    return {"name": f"CC-{kind}-{version}", "path": path, "title": text}
