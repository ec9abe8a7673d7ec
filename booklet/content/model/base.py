"""What every model shares: frozen values, unknown keys refused, each key with its description."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Need = Literal["always", "ready"]


class Model(BaseModel):
    """Share the habits of every model: frozen, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        use_attribute_docstrings=False,
        defer_build=True,  # a model is built with the file that holds it, once, not by itself as well
    )


def field(description: str, *, default: Any = None, needed: Need | None = None) -> Any:
    """Declare a key: its description (shown by editors, translated), what a hole is, and where it is needed."""
    return Field(
        default=default, description=description, json_schema_extra={"needed": needed} if needed else None
    )
