"""events.md §§2.9, 6: whatever happens to an event, everybody's mailbox and calendar follow."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.documents import Document, person
from tests.contract.events import JANE, SCOPE, Writer, accepted, own_calendar
from tests.emulator import Sandbox

BOB, EVE = "bob@acme.test", "eve@acme.test"
EVERYBODY = (JANE, BOB, EVE)
WEEKLY = {"rules": [{"frequency": "weekly", "count": 3}]}

guests = st.lists(st.sampled_from(EVERYBODY), unique=True).map(
    lambda emails: [{"email": email} for email in emails]
)
times = st.sampled_from(
    [
        {"start": "2026-05-12T09:00:00Z", "end": "2026-05-12T10:00:00Z"},
        {"start": "2026-05-13T09:00:00Z", "end": "2026-05-13T10:00:00Z"},
        {"start": "2026-05-12", "end": "2026-05-13"},
    ]
)
members = st.fixed_dictionaries(
    {"summary": st.sampled_from(["Standup", "Retro"])},
    optional={
        "description": st.sampled_from(["", "Why"]),
        "location": st.just({"description": "Room 1"}),
        "url": st.sampled_from([None, "https://acme.test"]),
        "transparency": st.just("transparent"),
        "attendees": st.fixed_dictionaries({}, optional={"invite": guests, "remove": guests}),
        "recurrence": st.sampled_from([None, WEEKLY]),
        "reminders": st.sampled_from([[], [{"minutes": 5}]]),
    },
)
steps = st.one_of(
    st.tuples(st.just("write"), members, times),
    st.tuples(
        st.just("reply"),
        st.sampled_from(EVERYBODY),
        st.sampled_from(["accepted", "tentative", "declined"]),
    ),
    st.tuples(st.just("delete"), st.none(), st.none()),
)


class Story:
    """One event's, told step by step."""

    def __init__(self, open_sandbox: Callable[..., Sandbox], mode: str) -> None:
        scenario = {
            "applications": [{"features": {"free_busy": True, "no_access": True,
                                           "recurring_events": True}}],
            "people": [person(email) for email in EVERYBODY],
        }  # fmt: skip
        self.sandbox = open_sandbox(clock="2026-05-11T08:00:00Z", scenario=scenario)
        connected = self.sandbox.connect(JANE, access_mode=mode, scope=SCOPE)
        self.writer = Writer(self.sandbox, connected)

    def write(self, said: Document, when: Document) -> None:
        self.writer.write(**said, **when)
        before = self._state()
        self.sandbox.advance(seconds=1)
        self.writer.write(**said, **when)
        assert self._state() == before, "the same body again is nobody's news"

    def reply(self, email: str, status: str) -> None:
        """To the newest mail, which may be nothing to answer."""
        path, mails = "/inbox/latest/reply", self.writer.invites(email)
        answer = self.sandbox.control("POST", path, params={"to": email}, json={"status": status})
        expected = 404 if not mails else 200 if mails[-1][0] == "REQUEST" else 422
        assert answer.status_code == expected, answer.text

    def delete(self, *_: Any) -> None:
        accepted(self.writer.delete())

    def check(self) -> None:
        events = self._events()
        standing = [event for event in events if not event["deleted"]]
        assert len(events) <= 1
        details = standing[0]["details"] if standing else None
        organizer = details["organizer"]["email"] if details else None
        invited = {a["email"]: a["status"] for a in details["attendees"]} if details else {}
        for email in EVERYBODY:
            mails = self.writer.mails(email)
            for earlier, later in pairwise(mails):
                if earlier["uid"] == later["uid"]:
                    assert later["sequence"] > earlier["sequence"]
                else:
                    assert earlier["method"] == "CANCEL"
            is_guest = email in invited and email != organizer
            if is_guest:
                assert (mails[-1]["method"], mails[-1]["uid"]) == (
                    "REQUEST",
                    standing[0]["managed"]["uid"],
                )
            else:
                assert not mails or mails[-1]["method"] == "CANCEL"
            copies = own_calendar(self.writer, email)
            if email == organizer:
                assert len(copies) == 1
            elif not is_guest or invited[email] == "declined":
                assert copies == []
            elif invited[email] in {"accepted", "tentative"}:
                (copy,) = copies
                assert copy["participation_status"] == invited[email]
            for copy in copies:
                assert details is not None
                assert copy["summary"] == details["summary"]
                assert copy["description"] == details["description"]

    def _events(self) -> list[Document]:
        tables = self.sandbox.control("GET", "/snapshot").json()["tables"]
        found: list[Document] = [event for event in tables["events"] if event["managed"]]
        return found

    def _state(self) -> Any:
        return self._events(), [self.writer.mails(email) for email in EVERYBODY]


@pytest.mark.parametrize("mode", ["read_write", "free_busy", "no_calendar"])
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(told=st.lists(steps, min_size=1, max_size=8))
def test_everybody_follows(
    open_sandbox: Callable[..., Sandbox], mode: str, told: list[tuple[str, Any, Any]]
) -> None:
    """Mails are numbered without a gap backwards, the last one says whether somebody is invited,
    and what they have accepted stands in their calendar as it is now."""
    story = Story(open_sandbox, mode)
    for action, *arguments in told:
        getattr(story, action)(*arguments)
        story.check()
    story.sandbox.control("DELETE", "")
