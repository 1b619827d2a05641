"""Availability rules and available periods, as applications write and read them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.contract.documents import Document
from tests.contract.events import LEFT_OUT, Writer

RULES, PERIODS = "/v1/availability_rules", "/v1/available_periods"


def _but(document: Document, changes: Document) -> Document:
    return {name: value for name, value in {**document, **changes}.items() if value is not LEFT_OUT}


def hours(day: str = "monday", start: str = "09:00", end: str = "17:00") -> Document:
    return {"day": day, "start_time": start, "end_time": end}


def rule(*weekly: Document, **changes: Any) -> Document:
    """The body of an upsert, and what it answers; ``changes`` add, replace, or (LEFT_OUT) remove
    members."""
    document = {
        "availability_rule_id": "default",
        "tzid": "Europe/London",
        "weekly_periods": list(weekly) or [hours()],
    }
    return _but(document, changes)


def period(period_id: str = "lunch", start: Any = "09:00", end: Any = "10:00") -> Document:
    """The body of an upsert, and what reads answer; ``09:00`` is that of Tuesday, in UTC, and
    ``13T09:00`` that of Wednesday."""
    return {"available_period_id": period_id, "start": at(start), "end": at(end)}


def at(text: Any) -> Any:
    if not isinstance(text, str) or not 5 <= len(text) <= 8:
        return text
    return f"2026-05-{text if 'T' in text else f'12T{text}'}:00Z"


def localized(text: str, tzid: str) -> Document:
    """What reads with localized_times answer of a time on that Tuesday."""
    return {"time": f"2026-05-12T{text}", "tzid": tzid}


def put_rule(writer: Writer, document: Document) -> None:
    answer = writer.call("POST", RULES, document)
    assert (answer.status_code, answer.json()) == (200, {"availability_rule": document})


def rules(writer: Writer) -> list[Document]:
    answer = writer.call("GET", RULES)
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"availability_rules"}
    found: list[Document] = answer.json()["availability_rules"]
    return found


def rule_path(rule_id: str) -> str:
    return f"{RULES}/{quote(rule_id, safe='')}"


def put_period(writer: Writer, *document: Any, **more: Any) -> None:
    answer = writer.call("POST", PERIODS, {**period(*document), **more})
    assert (answer.status_code, answer.content) == (202, b""), answer.text


def page(writer: Writer, query: str = "") -> Document:
    url = query if "://" in query else f"{PERIODS}?{query}" if query else PERIODS
    answer = writer.call("GET", url)
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"pages", "available_periods"}
    document: Document = answer.json()
    return document


def periods(writer: Writer, query: str = "") -> list[Document]:
    found = page(writer, query)
    assert found["pages"] == {"current": 1, "total": 1}
    listed: list[Document] = found["available_periods"]
    return listed


def ids(writer: Writer, query: str = "") -> str:
    """The ids of the periods that are read, in order; the empty text for none."""
    return " ".join(found["available_period_id"] for found in periods(writer, query))
