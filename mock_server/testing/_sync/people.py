# Made by tools/unasync of the module of this name in _async: change that one.
"""A person, and what they do in their own calendars at their provider."""

from __future__ import annotations

from typing import Any

from mock_server.testing._sync.control import Control
from mock_server.testing.terms import Day, Document, given, plain

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True


class Person:
    """Somebody of the sandbox, by their address. Cronofy's copies follow what they do."""

    def __init__(self, control: Control, email: str) -> None:
        self.email = email
        self._control = control.below("people", email)

    def __repr__(self) -> str:
        return f"<Person {self.email}>"

    def events(self) -> list[Document]:
        """What stands in their calendars, by start."""
        events: list[Document] = (self._control.get("events"))["events"]
        return events

    def make_event(
        self,
        summary: str,
        start: Day,
        end: Day,
        *,
        calendar: str | None = None,
        **details: Any,
    ) -> Document:
        """An event in their primary calendar, or the ``calendar`` of that name.

        ``details`` are the other keys of a scenario's event. Returns the event, with its
        ``event_uid``.
        """
        event = given(summary=summary, start=start, end=end, calendar=calendar, **details)
        document: Document = self._control.post("events", json=event)
        return document

    def make_events(self, events: list[Document]) -> list[Document]:
        """Many of them: all or none."""
        answer = self._control.post("events", json={"events": plain(events)})
        documents: list[Document] = answer["events"]
        return documents

    def change_event(self, event_uid: str, **details: Any) -> Document:
        """Change the keys that are given."""
        event = {"event_uid": event_uid, **plain(details)}
        document: Document = self._control.post("events", json=event)
        return document

    def delete_event(self, event_uid: str) -> None:
        self._control.delete("events", event_uid=event_uid)

    def delete_events(self) -> None:
        """All of them."""
        self._control.delete("events", all="true")

    def make_calendar(
        self, name: str, *, readonly: bool = False, color: str | None = None
    ) -> Document:
        calendar = given(name=name, readonly=readonly, color=color)
        document: Document = self._control.post("calendars", json=calendar)
        return document

    def rename_calendar(self, name: str, new: str) -> Document:
        document: Document = self._control.patch("calendars", name, json={"name": new})
        return document

    def delete_calendar(self, name: str) -> None:
        """With its events."""
        self._control.delete("calendars", name)

    def revoke(self, client_id: str | None = None) -> list[Document]:
        """They take back what they have granted to an application, or to all of them.

        Returns ``client_id`` and ``sub`` of each authorization that has ended.
        """
        answer = self._control.post("revoke", json=given(client_id=client_id))
        revoked: list[Document] = answer["revoked"]
        return revoked
