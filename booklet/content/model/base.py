"""What every model shares: frozen values, unknown keys refused, each key declared in one place."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: in every file; in a proposal that is `ready`; the same, but an empty list counts as written; `ready`, unless another
#: key of the group makes up for it (`Model.implied`)
Need = Literal["always", "ready", "written", "alone"]


class Model(BaseModel):
    """A group of keys: frozen, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        use_attribute_docstrings=False,
        defer_build=True,  # the model of a file builds the models inside it: none is built twice
    )

    @property
    def implied(self) -> frozenset[str]:
        """The needed keys that others of the group make up for."""
        return frozenset()


def field(
    description: str,
    *,
    default: Any = None,
    needed: Need | None = None,
    alias: str | None = None,
    french: str = "",
) -> Any:
    """Declare a key.

    - `description`: shown by editors, and translated.
    - `default`: the value while the key is missing or empty.
    - `needed`: where a missing key is reported (M102).
    - `alias`: the key, where the attribute needs another name (`from`, a word of Python's).
    - `french`: the words, between commas, that French authors type instead (`calendrier` for `timeline`), so that a
      message can name the key. A word with `?` may mean something else: it is proposed, never typed in its author's
      place. Words that are spelt alike need none.
    """
    extra: Any = {"needed": needed, "french": french}
    return Field(default=default, alias=alias, description=description, json_schema_extra=extra)
