"""Field types that several request models share."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from mock_server.rules import verification
from mock_server.rules.applications import is_http_url


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
