"""The check of answers itself: it refuses what the OpenAPI document does not describe."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from jsonschema import ValidationError

from mock_server.api.openapi import document
from tests.contract.answers import Answers
from tests.contract.documents import calendar, errors, google_profile, userinfo

ANSWERS = Answers(document())


def answer(method: str, path: str, status: int, body: Any = None, **headers: str) -> httpx.Response:
    request = httpx.Request(method, f"http://localhost{path}")
    always = {
        "Status": f"{status} {httpx.codes.get_reason_phrase(status)}",
        "X-Request-Id": "00000001-0000-4000-8000-000000000000",
    }
    if body is None:
        return httpx.Response(status, request=request, headers={**always, **headers})
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return httpx.Response(status, request=request, json=body, headers={**always, **kind, **headers})


GOOD = userinfo("jane@acme.test", "read_write", google_profile("jane@acme.test"))


def changed(**members: Any) -> dict[str, Any]:
    return {**GOOD, **members}


def test_what_is_described_passes() -> None:
    """An answer of each kind."""
    ANSWERS.check(answer("GET", "/v1/userinfo", 200, GOOD))
    ANSWERS.check(answer("GET", "/v1/userinfo", 401))
    ANSWERS.check(answer("POST", "/v1/profiles/pro_x/revoke", 202))
    ANSWERS.check(answer("POST", "/v1/calendars", 422, errors({"name": "required"})))
    ANSWERS.check(answer("GET", "/v1/nowhere", 404))


REFUSED: dict[str, httpx.Response] = {
    "an unknown member": answer("GET", "/v1/userinfo", 200, changed(extra=1)),
    "an unknown member further in": answer(
        "GET",
        "/v1/userinfo",
        200,
        changed(
            **{
                "cronofy.data": {
                    **GOOD["cronofy.data"],
                    "profiles": [
                        google_profile("x", profile_calendars=[{**calendar("x"), "extra": 1}])
                    ],
                }
            }
        ),
    ),
    "a missing member": answer(
        "GET", "/v1/userinfo", 200, {k: v for k, v in GOOD.items() if k != "sub"}
    ),
    "a wrong type": answer("GET", "/v1/userinfo", 200, changed(zoneinfo=5)),
    "a body where none belongs": answer("GET", "/v1/userinfo", 401, {}),
    "no body where one belongs": answer("GET", "/v1/userinfo", 200),
    "an undeclared status": answer("GET", "/v1/userinfo", 409),
    "another Content-Type": answer(
        "GET", "/v1/userinfo", 200, GOOD, **{"Content-Type": "application/json"}
    ),
    "another Status": answer("GET", "/v1/userinfo", 401, Status="200 OK"),
    "an error of another form": answer("POST", "/v1/calendars", 422, {"errors": {"name": ["x"]}}),
    "an error with more": answer(
        "POST",
        "/v1/calendars",
        422,
        {"errors": {"name": [{"key": "errors.x", "description": "x", "extra": 1}]}},
    ),
    "success where nothing is": answer("GET", "/v1/nowhere", 200, {}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_described_is_refused(case: str) -> None:
    """Unknown members, other statuses, bodies out of place."""
    with pytest.raises((AssertionError, ValidationError, KeyError)):
        ANSWERS.check(REFUSED[case])
