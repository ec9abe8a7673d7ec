"""What every model shares: frozen values, unknown keys refused, each key declared in one place."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Need = Literal["always", "ready"]


class Model(BaseModel):
    """A group of keys: frozen, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        use_attribute_docstrings=False,
        defer_build=True,  # a model is built with the file that holds it, once, not by itself as well
    )


def field(
    description: str,
    *,
    default: Any = None,
    needed: Need | None = None,
    alias: str | None = None,
    french: str = "",
) -> Any:
    """Declare a key.

    `description` is shown by editors and translated; `default` stands for a hole, which is a missing key where it is
    `needed`; `alias` is the key where that is a word of Python's; `french` lists, between commas, what French authors
    type for the key by habit and no guess by spelling would find (`calendrier` for `timeline`).
    """
    extra: Any = {"needed": needed, "french": french}
    return Field(default=default, alias=alias, description=description, json_schema_extra=extra)
