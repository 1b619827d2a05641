"""Field types that several request models share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from mock_server.rules import verification
from mock_server.rules.applications import is_http_url


def plain_object(value: Any) -> Any:
    """Null members of an object count as absent; PHP writes an empty object as ``[]``."""
    if isinstance(value, dict):
        return {name: member for name, member in value.items() if member is not None}
    return {} if value == [] else value


class Part(BaseModel):
    """A nested object; what it does not know is ignored, as at Cronofy."""

    model_config = ConfigDict(defer_build=True)

    _plain_object = model_validator(mode="before")(plain_object)


def _http_url(value: str) -> str:
    if not is_http_url(value):
        raise ValueError("errors.invalid: must be an http or https address")
    return value


def _email(value: str) -> str:
    address = verification.address(value)
    if address is None:
        raise ValueError("errors.invalid: must be an e-mail address")
    return address


# Empty text counts as absent: errors.required.
HttpUrl = Annotated[str, Field(min_length=1), AfterValidator(_http_url)]
Email = Annotated[str, Field(min_length=1), AfterValidator(_email)]


def _listed(value: object) -> object:
    """A single value without brackets is a list of one; an empty one, of nothing."""
    if value == "":
        return []
    if isinstance(value, list):
        return [entry for entry in value if entry != ""]
    return [value] if isinstance(value, str) else value


# What pydantic takes for true.
_ON = {"1", "on", "t", "true", "y", "yes"}


def is_true(value: object) -> bool:
    """Whether a flag that is not yet parsed will be on."""
    return value is True or (isinstance(value, str | int) and str(value).lower() in _ON)


def _true(value: object) -> bool:
    if str(value).lower() not in {"true", "1"}:
        raise ValueError("errors.must_be_boolean: must be true")
    return True


# A request for something grave, such as delete_all.
OnlyTrue = Annotated[
    bool, PlainValidator(_true), WithJsonSchema({"type": "boolean", "const": True})
]
CalendarIds = Annotated[list[str], BeforeValidator(_listed)]
