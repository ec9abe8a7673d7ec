"""The types of the values that people type: each reads its raw text (`scalars`) and says what an editor sees.

The JSON Schema beside each type is for editors, which read YAML by its own guesses (`2021` is a number there): hence
`["string", "number"]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from booklet.content.scalars import (
    COLOUR,
    SLUG,
    read_budget_years,
    read_code_address,
    read_colour,
    read_correlation,
    read_day,
    read_insee_code,
    read_money,
    read_month,
    read_parameter_id,
    read_parameter_value,
    read_percent,
    read_price,
    read_prose,
    read_quantity,
    read_signed_number,
    read_slug,
    read_text,
    read_web_address,
    read_whole_number,
    read_year,
)
from booklet.money.calendar import Month
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic_core import CoreSchema


@dataclass(frozen=True, slots=True)
class Names:
    """What the id in a field names."""

    #: `source`, `organisation`, `phase` or `proposal`
    what: str

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The schema of the id, with what it names, for `json_schema`."""
        return {**handler(core_schema), "names": self.what}


_TEXT = {"type": ["string", "number", "boolean"]}
_NUMBER = {"type": ["string", "number"]}

Text = Annotated[str, BeforeValidator(read_text), WithJsonSchema(_TEXT)]
#: Markdown without HTML
Prose = Annotated[str, BeforeValidator(read_prose), WithJsonSchema({"type": "string"})]
Slug = Annotated[
    str,
    BeforeValidator(read_slug),
    WithJsonSchema({"type": ["string", "integer"], "pattern": f"^{SLUG.pattern}$"}),
]
#: a commune of the official geographic code
InseeCode = Annotated[
    str,
    BeforeValidator(read_insee_code),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["93066", "2A004"]}),
]
#: an entry of the bibliography, `sources.yaml`
SourceId = Annotated[Slug, Names("source")]
#: an owner or funder of `edition.yaml`
OrganisationId = Annotated[Slug, Names("organisation")]
#: a phase of the same proposal
PhaseId = Annotated[Slug, Names("phase")]
ProposalId = Annotated[Slug, Names("proposal")]
Money = Annotated[
    Euros, BeforeValidator(read_money), WithJsonSchema({**_NUMBER, "examples": ["12 000 €", "1,2 M€"]})
]
#: an amount of a line of cost, which has a price basis
Price = Annotated[
    Euros, BeforeValidator(read_price), WithJsonSchema({**_NUMBER, "examples": ["12 000 €", "1,2 M€"]})
]
Quantity = Annotated[Decimal, BeforeValidator(read_quantity), WithJsonSchema(_NUMBER)]
SignedNumber = Annotated[Decimal, BeforeValidator(read_signed_number), WithJsonSchema(_NUMBER)]
WholeNumber = Annotated[int, BeforeValidator(read_whole_number), WithJsonSchema(_NUMBER)]
Percent = Annotated[
    Decimal,
    BeforeValidator(read_percent),
    WithJsonSchema({"type": "string", "pattern": "%$", "examples": ["20 %"]}),
]
Correlation = Annotated[
    Decimal,
    BeforeValidator(read_correlation),
    WithJsonSchema({"type": ["number", "string"], "minimum": 0, "maximum": 0.9, "examples": [0.2]}),
]
MonthField = Annotated[
    Month,
    BeforeValidator(read_month),
    WithJsonSchema({"type": "string", "pattern": "^\\d{4}-(0[1-9]|1[0-2])$", "examples": ["2021-07"]}),
]
Day = Annotated[
    date,
    BeforeValidator(read_day),
    WithJsonSchema({"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$", "examples": ["2021-07-14"]}),
]
Year = Annotated[
    int,
    BeforeValidator(read_year),
    WithJsonSchema({"type": ["integer", "string"], "pattern": "^[12]\\d{3}$"}),
]
BudgetYears = Annotated[
    int,
    BeforeValidator(read_budget_years),
    WithJsonSchema({"type": "string", "pattern": "^\\d{4}\\s*-\\s*\\d{4}$", "examples": ["2021-2026"]}),
]
ParameterId = Annotated[
    str,
    BeforeValidator(read_parameter_id),
    WithJsonSchema({"type": "string", "pattern": f"^{SLUG.pattern}(\\.{SLUG.pattern})+$"}),
]
ParameterValue = Annotated[
    Decimal | Euros | int | Fraction | frozenset[str],
    PlainValidator(read_parameter_value),
    WithJsonSchema(
        {
            "type": ["string", "number", "array"],
            "items": {"type": "string"},
            "examples": ["16,404 %", "100 M€", "20 000", "104,2", ["commune", "metropole"]],
        }
    ),
]
Colour = Annotated[
    str, BeforeValidator(read_colour), WithJsonSchema({"type": "string", "pattern": f"^{COLOUR.pattern}$"})
]
WebAddress = Annotated[
    str, BeforeValidator(read_web_address), WithJsonSchema({"type": "string", "pattern": "^https?://"})
]
CodeAddress = Annotated[
    str, BeforeValidator(read_code_address), WithJsonSchema({"type": "string", "pattern": "^https?://"})
]
