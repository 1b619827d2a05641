"""Several writes in one request (events §7)."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from mock_server.api import (
    credentials,
    events,
    leniency,
    managed_availability,
    shapes_events,
    steps,
)
from mock_server.api.call import Call
from mock_server.api.endpoint import Answer, Credential, Endpoint, endpoint
from mock_server.api.router import Router
from mock_server.api.steps import Members
from mock_server.errors import CronofyError, NotFound, Unprocessable

MOST_ENTRIES = 50

_router: Router[Endpoint] = Router()
for _allowed in (
    events.upsert_event,
    events.delete_event,
    managed_availability.upsert_available_period,
    managed_availability.delete_available_periods,
):
    _router.add(_allowed.method, _allowed.path, _allowed)


class BatchEntry(BaseModel):
    """``relative_url`` is a path from the root, ``data`` the JSON body of that request."""

    model_config = ConfigDict(defer_build=True)

    method: Annotated[str, Field(min_length=1)]
    relative_url: Annotated[str, Field(min_length=1)]
    # PHP's empty object is [] in JSON.
    data: Annotated[dict[str, Any], BeforeValidator(lambda value: value or {})] = {}


class BatchRequest(BaseModel):
    model_config = ConfigDict(defer_build=True)

    batch: list[BatchEntry]


@endpoint(
    "POST",
    "/v1/batch",
    title="Batch",
    docs="api/batch",
    credentials=(Credential.ACCESS_TOKEN,),
    body=BatchRequest,
    status=207,
    answer=shapes_events.Batch,
    errors=(401, 422),
    assumed=(
        "Entries are carried out in order; one that fails stops no other.",
        "No entry is 422 errors.required on batch, more than 50 are errors.too_many.",
        "An entry of a call that cannot be batched answers 404.",
        "A batch counts as one call for the rate limits.",
    ),
)
def batch(call: Call) -> shapes_events.Batch:
    entries: list[BatchEntry] = call.body.batch
    if not entries:
        raise Unprocessable.of("batch", "errors.required", "required", "batch has no entries")
    if len(entries) > MOST_ENTRIES:
        raise Unprocessable.of(
            "batch",
            "errors.too_many",
            f"must have at most {MOST_ENTRIES} entries",
            f"batch has {len(entries)} entries: send at most {MOST_ENTRIES} at a time",
        )
    return {"batch": [_carry_out(call, index, entry) for index, entry in enumerate(entries)]}


def _carry_out(call: Call, index: int, entry: BatchEntry) -> shapes_events.BatchAnswer:
    try:
        found, path = _find(entry)
        inner = call.entry(path)
        credentials.check_access(inner, found, entry.data)
        if call.sandbox.switches.strictness == "lenient":
            outcome = leniency.carry_out(found, inner, Members(entry.data))
        else:
            outcome = steps.carry_out(found, inner, Members(entry.data))
    except CronofyError as error:
        call.remark("refused_entry", f"batch[{index}]: {error.status}: {error.hint}")
        return _answer(error.status, error.document())
    for finding in inner.findings:
        call.remark(finding.code, f"batch[{index}]: {finding.text}")
    if isinstance(outcome, Answer):
        return _answer(outcome.status, outcome.document)
    return _answer(found.status, outcome)


def _find(entry: BatchEntry) -> tuple[Endpoint, dict[str, str]]:
    methods, parameters = _router.find(_path(entry.relative_url))
    found = methods.get(entry.method)
    if found is None:
        raise NotFound(
            f"{entry.method} {entry.relative_url[:200]} cannot be batched: events and available "
            "periods can be created, updated and deleted, by their full path from the root"
        )
    return found, parameters


def _path(relative_url: str) -> str:
    try:
        return unquote(urlsplit(relative_url).path)
    except ValueError:  # no URL at all, such as //[
        return ""


def _answer(status: int, document: Any) -> shapes_events.BatchAnswer:
    answer: shapes_events.BatchAnswer = {"status": status}
    if document:
        answer["data"] = document
    return answer


ENDPOINTS = (batch,)
