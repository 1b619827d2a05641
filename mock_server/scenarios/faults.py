"""Faults and outages: from documents to records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from mock_server.rules import faults, outages, recovery
from mock_server.scenarios.documents import Duration
from mock_server.scenarios.fault_documents import (
    FaultDocument,
    FaultsDocument,
    MatchDocument,
    OutageDocument,
    RespondDocument,
    WindowDocument,
)
from mock_server.scenarios.problems import Invalid, Problem, validate
from mock_server.world.clock import EARLIEST, LATEST, as_text, from_datetime
from mock_server.world.faults import Fault, Match, Response
from mock_server.world.outages import Outage
from mock_server.world.sandbox import Sandbox
from mock_server.world.windows import ALWAYS, Window


def check(given: Sequence[Any], out_of_order: Sequence[Any]) -> FaultsDocument:
    """The form of a scenario's ``faults`` and ``outages``; raises Invalid."""
    return validate(FaultsDocument, {"faults": list(given), "outages": list(out_of_order)})


def add_all(
    sandbox: Sandbox,
    given: Sequence[FaultDocument],
    where: str = "faults",
    client_ids: Mapping[str, str] | None = None,
) -> list[Fault]:
    """All of them or none; ``where`` they stand is their place. ``client_ids`` took the place of
    those that they name. Raises Invalid.
    """
    room = faults.MOST_FAULTS - len(sandbox.faults)
    if len(given) > room:
        found = f"{len(given)} faults, beside {len(sandbox.faults)}"
        raise Invalid([Problem(where, found, f"no more than {faults.MOST_FAULTS} altogether")])
    with sandbox.atomic():
        added = []
        for index, document in enumerate(given):
            try:
                added.append(add(sandbox, document, client_ids))
            except Invalid as invalid:
                raise invalid.within(f"{where}[{index}]") from None
    return added


def add(
    sandbox: Sandbox, document: FaultDocument, client_ids: Mapping[str, str] | None = None
) -> Fault:
    """One more fault. Raises Invalid."""
    if len(sandbox.faults) >= faults.MOST_FAULTS:
        expected = f"no more than {faults.MOST_FAULTS}: remove some"
        raise Invalid([Problem("faults", f"{len(sandbox.faults)} faults", expected)])
    window = _window(sandbox, document.window)
    return faults.add(
        sandbox,
        _match(document.match, client_ids or {}),
        _response(document.respond),
        after=document.after,
        times=document.times,
        probability=document.probability,
        window=window,
    )


def add_outage(sandbox: Sandbox, document: OutageDocument) -> Outage:
    """One more outage. Raises Invalid."""
    if len(sandbox.outages) >= outages.MOST_OUTAGES:
        expected = f"no more than {outages.MOST_OUTAGES}: end some"
        raise Invalid([Problem("outages", f"{len(sandbox.outages)} outages", expected)])
    window = _window(sandbox, document.window)
    return recovery.begin(
        sandbox, provider=document.provider, data_center=document.data_center, window=window
    )


def _match(document: MatchDocument, client_ids: Mapping[str, str]) -> Match:
    credential = document.credential
    return Match(
        methods=tuple(document.method),
        path=document.path,
        credential=client_ids.get(credential, credential) if credential else None,
        provider=document.provider,
        data_center=document.data_center,
    )


def _response(document: RespondDocument) -> Response:
    body, is_json = None, False
    if "body" in document.model_fields_set:
        is_json = not isinstance(document.body, str)
        body = orjson.dumps(document.body).decode() if is_json else document.body
    return Response(
        status=document.status,
        headers=tuple(document.headers.items()),
        body=body,
        is_json=is_json,
        error=document.error,
        delay=document.delay.total if document.delay else 0,
        slow_body=document.slow_body.total if document.slow_body else 0,
        malformed_json=bool(document.malformed_json),
        reset=bool(document.reset),
        lost=bool(document.lost),
        hold=document.hold,
    )


def _window(sandbox: Sandbox, document: WindowDocument | None) -> Window:
    if document is None:
        return ALWAYS
    begins, ends = _moment(sandbox, document.from_), _moment(sandbox, document.until)
    if ends is not None and ends <= (sandbox.now() if begins is None else begins):
        found = as_text(ends)
        raise Invalid([Problem("window.until", found, "a time after the beginning")])
    return Window(begins, ends)


def _moment(sandbox: Sandbox, at: datetime | Duration | None) -> int | None:
    if at is None:
        return None
    seconds = from_datetime(at) if isinstance(at, datetime) else sandbox.now() + at.total
    return min(seconds, LATEST)


def refuse_unsound(record: Fault | Outage) -> None:
    """Raise Invalid for a record that no document could have made."""
    for at in (record.window.begins, record.window.ends):
        if at is not None and not EARLIEST <= at <= LATEST:
            raise Invalid([Problem("window", str(at), "a time between the years 1970 and 9999")])
    if isinstance(record, Outage):
        validate(OutageDocument, _written_outage(record))
        return
    try:
        document = _written(record)
    except ValueError:
        raise Invalid([Problem("response.body", "text that is not JSON", "JSON")]) from None
    validate(FaultDocument, document)


def fault_document(sandbox: Sandbox, fault: Fault) -> dict[str, Any]:
    """What was written, its window in times, and what has become of it."""
    return {
        "fault_id": fault.fault_id,
        **_written(fault),
        "matched": fault.matched,
        "hits": fault.hits,
        "held": sandbox.held.count(fault.fault_id),
    }


def outage_document(sandbox: Sandbox, outage: Outage) -> dict[str, Any]:
    """What was written, its window in times, and whether it is on."""
    return {
        "outage_id": outage.outage_id,
        **_written_outage(outage),
        "on": outage.window.is_open(sandbox.now()),
    }


def _written(fault: Fault) -> dict[str, Any]:
    document: dict[str, Any] = {"match": _match_document(fault.match)}
    if fault.after:
        document["after"] = fault.after
    if fault.times is not None:
        document["times"] = fault.times
    if fault.probability != 1:
        document["probability"] = fault.probability
    return {
        **document,
        **_window_document(fault.window),
        "respond": _response_document(fault.response),
    }


def _written_outage(outage: Outage) -> dict[str, Any]:
    what = {"provider": outage.provider, "data_center": outage.data_center}
    named = {name: value for name, value in what.items() if value is not None}
    return {**named, **_window_document(outage.window)}


def _match_document(match: Match) -> dict[str, Any]:
    named = {
        "method": match.methods[0] if len(match.methods) == 1 else list(match.methods) or None,
        "path": match.path,
        "credential": match.credential,
        "provider": match.provider,
        "data_center": match.data_center,
    }
    return {name: value for name, value in named.items() if value is not None}


def _window_document(window: Window) -> dict[str, Any]:
    ends = {"from": window.begins, "until": window.ends}
    written = {name: as_text(at) for name, at in ends.items() if at is not None}
    return {"window": written} if written else {}


def _response_document(response: Response) -> dict[str, Any]:
    named: dict[str, Any] = {
        "status": response.status,
        "headers": dict(response.headers),
        "error": response.error,
        "delay": response.delay and {"milliseconds": response.delay},
        "slow_body": response.slow_body and {"milliseconds": response.slow_body},
        "malformed_json": response.malformed_json,
        "reset": response.reset,
        "lost": response.lost,
        "hold": response.hold,
    }
    document = {name: value for name, value in named.items() if value}
    if response.body is not None:
        body = orjson.loads(response.body) if response.is_json else response.body
        document["body"] = body
    return document
