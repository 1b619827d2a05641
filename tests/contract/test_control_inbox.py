"""The control API's mailboxes: invitations as documents and files, and answering them."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar

from tests.contract.control import CLOCK, assert_problems
from tests.contract.documents import Document, Like
from tests.emulator import Sandbox
from tests.inviting import EVENT, GUEST, JANE, Organizer

Open = Callable[..., Sandbox]

UID = Like(r"[0-9a-f]{32}@cronofy\.com")
SENDER = Like(r"[0-9a-f]{32}@invite\.\S+")


@pytest.fixture
def organizer(open_sandbox: Open) -> Organizer:
    """Jane's application has invited her and a guest."""
    organizer = Organizer(open_sandbox(clock=CLOCK))
    organizer.write()
    return organizer


def listed(to: str, **more: object) -> Document:
    document = {
        "message_id": Like("msg_[0-9a-f]{24}"),
        "to": to,
        "from": SENDER,
        "subject": "Invitation: Quarterly review",
        "method": "REQUEST",
        "uid": UID,
        "sequence": 0,
        "sent_at": CLOCK,
    }
    return {**document, **more}


def attendees(**statuses: str) -> list[Document]:
    return [
        {"email": JANE, "display_name": None, "status": statuses.get("jane", "needs_action")},
        {
            "email": GUEST,
            "display_name": "Guest Partner",
            "status": statuses.get("guest", "needs_action"),
        },
    ]


def whole(to: str, **invite: object) -> Document:
    return {
        **listed(to),
        "text": Like(r"(?s)Invitation: Quarterly review\n\nWhen: Tuesday, 12 May 2026, .+\n"),
        "invite": {
            "summary": "Quarterly review",
            "start": "2026-05-12T09:00:00Z",
            "end": "2026-05-12T10:00:00Z",
            "tzid": "Europe/London",
            "location": "Board room, 3rd floor",
            "organizer": {"email": SENDER, "display_name": "Example Application"},
            "attendees": attendees(),
            "standing": "current",
            "status": "needs_action",
            "eml_url": Like(r"http://\S+/inbox/msg_\w+\.eml"),
            "ics_url": Like(r"http://\S+/inbox/msg_\w+\.ics"),
            **invite,
        },
    }


def read(organizer: Organizer, message_id: str, **query: str) -> Document:
    response = organizer.sandbox.control("GET", f"/inbox/{message_id}", params=query)
    assert response.status_code == 200, response.text
    document: Document = response.json()
    return document


def test_narrowing_down(organizer: Organizer) -> None:
    """to, uid and method narrow the mails down, alone and together."""
    organizer.delete()
    cancelled = {"method": "CANCEL", "sequence": 1, "subject": "Cancelled: Quarterly review"}
    everything = [
        listed(JANE),
        listed(GUEST),
        listed(JANE, **cancelled),
        listed(GUEST, **cancelled),
    ]
    found = organizer.mails()
    assert found == everything
    assert organizer.mails(to=GUEST.upper()) == [found[1], found[3]]
    assert organizer.mails(method="cancel") == found[2:]
    assert organizer.mails(uid=found[0]["uid"]) == found
    assert organizer.mails(uid=found[0]["uid"], to=JANE, method="REQUEST") == found[:1]
    assert organizer.mails(uid="other@cronofy.com") == []
    assert organizer.mails(method="REPLY") == []
    assert read(organizer, "latest", method="REQUEST")["to"] == GUEST
    assert read(organizer, "latest", method="REQUEST", to=JANE) == whole(
        JANE, standing="cancelled", status=None
    )
    assert_problems(
        organizer.sandbox.control("GET", "/inbox/latest?method=REPLY"), 404, "message_id"
    )


def test_an_invitation(organizer: Organizer) -> None:
    """A mail with an invitation has its details, and the addresses of its files."""
    assert read(organizer, "latest", to=JANE) == whole(JANE)
    assert read(organizer, "latest") == whole(GUEST)


def test_a_day_is_a_date(open_sandbox: Open) -> None:
    """The times of an event that takes whole days are dates."""
    organizer = Organizer(open_sandbox(clock=CLOCK))
    organizer.write(start="2026-05-12", end="2026-05-14", tzid="Etc/UTC")
    invite = read(organizer, "latest")["invite"]
    assert (invite["start"], invite["end"]) == ("2026-05-12", "2026-05-14")


def test_files(organizer: Organizer) -> None:
    """The mail and its calendar part, as a mail client gets them; the links lead there."""
    document = read(organizer, "latest", to=JANE)
    for name in (document["message_id"], "latest"):
        mail = organizer.sandbox.control("GET", f"/inbox/{name}.eml", params={"to": JANE})
        assert mail.status_code == 200
        assert mail.headers["content-type"] == "message/rfc822"
        file_name = f'attachment; filename="{document["message_id"]}.eml"'
        assert mail.headers["content-disposition"] == file_name
        message = message_from_bytes(mail.content, policy=policy.default)
        assert (message["To"], message["Subject"]) == (JANE, document["subject"])
        calendar = organizer.sandbox.control("GET", f"/inbox/{name}.ics", params={"to": JANE})
        assert calendar.status_code == 200
        kind = "text/calendar; charset=UTF-8; method=REQUEST"
        assert calendar.headers["content-type"] == kind
        parsed = Calendar.from_ical(calendar.content)
        assert parsed["METHOD"] == "REQUEST"
        (event,) = parsed.walk("VEVENT")
        assert (event["UID"], event["SUMMARY"]) == (document["uid"], EVENT["summary"])
        assert organizer.sandbox.http.get(document["invite"]["eml_url"]).content == mail.content
        assert organizer.sandbox.http.get(document["invite"]["ics_url"]).content == calendar.content


def test_no_file(organizer: Organizer) -> None:
    """404 for no mail, and for the calendar of a mail that has none."""
    sandbox = organizer.sandbox
    for path in ("/inbox/msg_x.eml", "/inbox/msg_x.ics", "/inbox/latest.ics?to=x@y.test"):
        assert_problems(sandbox.control("GET", path), 404, "message_id")
    profile_id = sandbox.connect("mary@acme.test")["linking_profile"]["profile_id"]
    sandbox.control("POST", f"/profiles/{profile_id}/disconnect")
    assert sandbox.control("GET", "/inbox/latest.eml").status_code == 200
    assert_problems(sandbox.control("GET", "/inbox/latest.ics"), 404, "message_id")
    response = sandbox.control("POST", "/inbox/latest/reply", json={"status": "accepted"})
    assert_problems(response, 422, "message_id")
    assert "no invitation" in response.json()["errors"][0]["found"]


@pytest.mark.parametrize("status", ["accepted", "tentative", "declined"])
def test_replying(organizer: Organizer, status: str) -> None:
    """The recipient's status changes, and the answer says what has."""
    response = organizer.sandbox.control(
        "POST", "/inbox/latest/reply", params={"to": GUEST}, json={"status": status}
    )
    assert response.status_code == 200, response.text
    assert response.json() == {
        **whole(GUEST, status=status),
        "outcome": Like(rf"{GUEST} has (answered )?{status}"),
        "event": {
            "calendar_id": organizer.calendar_id,
            "event_uid": Like("evt_external_[0-9a-f]{24}"),
            "event_id": "review",
            "participation_status": "needs_action",
            "attendees": attendees(guest=status),
        },
    }
    assert read(organizer, "latest") == whole(GUEST, status=status)
    assert organizer.statuses() == {JANE: "needs_action", GUEST: status}


def test_changing_ones_mind(organizer: Organizer) -> None:
    """The last answer holds; each attendee has one of their own."""
    for to, status in ((JANE, "accepted"), (GUEST, "declined"), (JANE, "tentative")):
        message_id = organizer.mails(to=to)[0]["message_id"]
        path = f"/inbox/{message_id}/reply"
        assert organizer.sandbox.control("POST", path, json={"status": status}).status_code == 200
    assert organizer.statuses() == {JANE: "tentative", GUEST: "declined"}
    assert organizer.event()["participation_status"] == "tentative"


def test_replying_to_what_does_not_stand(organizer: Organizer) -> None:
    """422 for an invitation that has been changed or cancelled since; it says which."""

    def refused(message_id: str) -> str:
        response = organizer.sandbox.control(
            "POST", f"/inbox/{message_id}/reply", json={"status": "accepted"}
        )
        assert_problems(response, 422, "message_id")
        found: str = response.json()["errors"][0]["found"]
        return found

    first = organizer.mails(to=JANE)[0]["message_id"]
    organizer.write(summary="Another review")
    assert "version 1 has been sent since" in refused(first)
    assert read(organizer, first)["invite"]["standing"] == "superseded"
    second = organizer.mails(to=JANE)[1]["message_id"]
    assert read(organizer, second)["invite"]["standing"] == "current"
    organizer.delete()
    assert "cancelled" in refused(second)
    assert read(organizer, second)["invite"]["standing"] == "cancelled"
    assert "cancelled" in refused("latest")
    assert read(organizer, "latest")["invite"]["standing"] == "cancelled"


def test_malformed_replies(organizer: Organizer) -> None:
    """422 for another status or key, 404 for no mail."""
    control = organizer.sandbox.control
    for body, place in (({"status": "yes"}, "status"), ({}, "status")):
        assert_problems(control("POST", "/inbox/latest/reply", json=body), 422, place)
    response = control("POST", "/inbox/latest/reply", json={"status": "accepted", "x": 1})
    assert response.status_code == 422
    response = control("POST", "/inbox/msg_x/reply", json={"status": "accepted"})
    assert_problems(response, 404, "message_id")
    assert organizer.statuses() == {JANE: "needs_action", GUEST: "needs_action"}


def test_an_accepted_event_is_deleted(organizer: Organizer) -> None:
    """Who deletes it from their own calendar declines it, as their mail client does (assumed)."""
    sandbox, query = organizer.sandbox, {"to": JANE}
    answer = {"status": "accepted"}
    assert sandbox.control("POST", "/inbox/latest/reply", params=query, json=answer).is_success
    (event,) = sandbox.control("GET", f"/people/{JANE}/events").json()["events"]
    before = len(organizer.mails())
    body = {"event_uid": event["event_uid"]}
    assert sandbox.control("DELETE", f"/people/{JANE}/events", json=body).status_code == 204
    assert organizer.statuses() == {JANE: "declined", GUEST: "needs_action"}
    assert sandbox.control("GET", f"/people/{JANE}/events").json() == {"events": []}
    assert len(organizer.mails()) == before
