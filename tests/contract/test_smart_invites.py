"""Smart Invites: create, update, cancel, remove, status (notifications §§2.1, 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.documents import Document, Like
from tests.contract.events import refused
from tests.emulator import Sandbox
from tests.mail import strict
from tests.smart_inviting import (
    CLOCK,
    END,
    ID,
    KIM,
    LEE,
    LEFT_OUT,
    MARY,
    START,
    Application,
    echoed,
    event,
    people,
)

Open = Callable[..., Sandbox]

REQUEST = Like(r"(?s)BEGIN:VCALENDAR\r\n.*\r\nMETHOD:REQUEST\r\n.*\r\nEND:VCALENDAR\r\n")
CANCEL = Like(r"(?s)BEGIN:VCALENDAR\r\n.*\r\nMETHOD:CANCEL\r\n.*\r\nEND:VCALENDAR\r\n")
URL = "https://app.test/si"


@pytest.fixture
def application(open_sandbox: Open) -> Application:
    return Application(open_sandbox(clock=CLOCK))


def single(status: str = "pending", **more: Any) -> Document:
    """What :meth:`Application.invite` is answered."""
    return {
        "recipient": {"email": KIM, "status": status},
        "smart_invite_id": ID,
        "method": "request",
        "event": echoed(),
        "attachments": {"icalendar": REQUEST},
        **more,
    }


def several(*recipients: Document, **more: Any) -> Document:
    document = single(**more)
    del document["recipient"]
    return {**document, "recipients": list(recipients)}


def pending(*emails: str) -> list[Document]:
    return people(*emails, status="pending")


def version(file: str | bytes) -> tuple[str, int, str]:
    """UID, SEQUENCE and DTSTAMP of a file."""
    content = file if isinstance(file, bytes) else file.encode()
    (found,) = strict.check(content).components("VEVENT")
    uid, sequence, stamp = (found.one(name).value for name in ("UID", "SEQUENCE", "DTSTAMP"))
    return uid, int(sequence), stamp


def file_of(answer: Document) -> tuple[str, int, str]:
    return version(answer["attachments"]["icalendar"])


# --- Create --------------------------------------------------------------------------


def test_create(application: Application) -> None:
    """2.1: pending, with the file to mail; the method may be left out, and no callback_url is
    answered where none is set."""
    assert application.invite() == single()


def test_everything_that_an_event_may_have(application: Application) -> None:
    """2.1: the event is echoed as it was sent, with times in objects."""
    said = {
        "description": "Bring the keys.\nAnd a pen.",
        "url": "https://app.test/bookings/118",
        "location": {"description": "Calle Mayor 1", "lat": "40.4168", "long": "-3.7038"},
        "reminders": [{"minutes": 60}, {"minutes": 0}, {"minutes": 10}],
        "transparency": "transparent",
        "color": "#1A73E8",
    }
    answer = application.invite(
        method="request",
        callback_url=URL,
        event=event(**said),
        organizer={"name": "Agency", "email": "viewings@agency.test"},
    )
    assert answer == single(callback_url=URL, event=echoed(**said))


MADRID = "Europe/Madrid"


@pytest.mark.parametrize(
    ("given", "tzid", "answered"),
    [
        ("2026-06-02T09:00:00Z", MADRID, {"time": START, "tzid": MADRID}),
        ("2026-06-02T09:00:00Z", LEFT_OUT, {"time": START, "tzid": "Etc/UTC"}),
        ("2026-06-02 09:00:00Z", MADRID, {"time": START, "tzid": MADRID}),
        ("2026-06-02T11:00:00+02:00", MADRID, {"time": START, "tzid": MADRID}),
        ("2026-06-02T11:00:00", MADRID, {"time": START, "tzid": MADRID}),
        ({"time": "2026-06-02T11:00:00", "tzid": MADRID}, "Asia/Tokyo", None),
        ({"time": "2026-06-02 09:00:00Z", "tzid": MADRID}, LEFT_OUT, None),
        ({"time": "2026-06-02T09:00:00Z"}, MADRID, None),
    ],
    ids=["Z", "no zone", "C#", "offset", "local", "own zone", "C# object", "object"],
)
def test_the_forms_of_times(
    application: Application, given: object, tzid: object, answered: Document | None
) -> None:
    """2.1: a text, C#'s with a space, or an object with a zone of its own."""
    answer = application.invite(event=event(start=given, tzid=tzid))
    assert answer["event"]["start"] == (answered or {"time": START, "tzid": MADRID})


def test_all_day(application: Application) -> None:
    """2.1: dates stay dates, also in objects."""
    end = {"time": "2026-06-04", "tzid": MADRID}
    answer = application.invite(event=event(start="2026-06-02", end=end))
    start = {"time": "2026-06-02", "tzid": MADRID}
    assert answer == single(event=echoed(start=start, end=end))


def test_several_recipients(application: Application) -> None:
    """2.1: with recipients in place of recipient; one file for all of them."""
    assert application.invite_several(KIM, LEE) == several(*pending(KIM, LEE))
    (found,) = strict.check(application.file(recipient_email=LEFT_OUT)).components("VEVENT")
    assert [a.value for a in found.all("ATTENDEE")] == [f"mailto:{KIM}", f"mailto:{LEE}"]


@pytest.mark.parametrize("status", ["pending", "accepted", "tentative", "declined"])
def test_initial_status(application: Application, status: str) -> None:
    """2.1: of each recipient, in either form."""
    answer = application.invite(recipient={"email": KIM, "status": status})
    assert answer == single(status)
    recipients = [{"email": LEE}, {"email": KIM, "status": status}]
    answer = application.invite(recipient=LEFT_OUT, recipients=recipients)
    assert answer == several(*pending(LEE), {"email": KIM, "status": status})


def test_addresses_are_the_same_however_they_are_written(application: Application) -> None:
    """Of people named twice, the first counts."""
    recipients = [{"email": " Kim@Guest.test", "status": "accepted"}, {"email": KIM}]
    answer = application.invite(recipient=LEFT_OUT, recipients=recipients)
    assert answer["recipients"] == [{"email": KIM, "status": "accepted"}]


def test_identity(open_sandbox: Open) -> None:
    """2.1: application, id and the only recipient's address; of several, application and id."""
    names = [{"name": "One"}, {"name": "Two"}]
    sandbox = open_sandbox(clock=CLOCK, scenario={"applications": names})
    one, two = Application(sandbox), Application(sandbox, 1)
    answers = [
        one.invite(),
        one.invite(recipient={"email": LEE}),
        one.invite_several(KIM, LEE),
        one.invite(smart_invite_id="another"),
        two.invite(),
    ]
    uids, sequences, _ = zip(*map(file_of, answers), strict=True)
    assert len(set(uids)) == len(answers)
    assert set(sequences) == {0}
    assert all(uid == Like(r"[0-9a-f]{32}@cronofy\.com") for uid in uids)


# --- Update --------------------------------------------------------------------------


def test_update(application: Application) -> None:
    """2.1: the same UID, SEQUENCE + 1, a new DTSTAMP; what the event does not have is gone."""
    application.invite(event=event(description="Bring the keys."))
    uid, _, _ = version(application.file())
    application.sandbox.advance(minutes=5)
    answer = application.invite(event=event(summary="Second viewing"))
    assert answer == single(event=echoed(summary="Second viewing"))
    assert file_of(answer) == (uid, 1, "20260511T080500Z")
    assert application.status() == {
        name: value for name, value in {**answer, "replies": []}.items() if name != "attachments"
    }


def test_what_an_update_leaves_out(application: Application) -> None:
    """callback_url and organizer stay (assumed), each part of it for itself; so they do where
    they are empty."""
    application.invite(
        callback_url=URL, organizer={"name": "Agency", "email": "viewings@agency.test"}
    )
    assert application.invite() == single(callback_url=URL)
    empty = {"name": "", "email": ""}
    assert application.invite(callback_url="", organizer=empty) == single(callback_url=URL)
    organizer = strict.check(application.file()).components("VEVENT")[0].one("ORGANIZER")
    assert (organizer.parameters["CN"], organizer.value) == (
        "Agency",
        "mailto:viewings@agency.test",
    )
    answer = application.invite(callback_url=f"{URL}/2", organizer={"name": "Agent"})
    assert answer == single(callback_url=f"{URL}/2")
    organizer = strict.check(application.file()).components("VEVENT")[0].one("ORGANIZER")
    assert (organizer.parameters["CN"], organizer.value) == ("Agent", "mailto:viewings@agency.test")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"summary": "Second viewing"}, "accepted"),
        ({"description": "New", "location": {"description": "Elsewhere"}}, "accepted"),
        ({"tzid": "Europe/Paris"}, "accepted"),
        ({"start": "2026-06-02T08:00:00Z"}, "pending"),
        ({"end": "2026-06-02T10:00:00Z"}, "pending"),
        ({"start": "2026-06-02", "end": "2026-06-03"}, "pending"),
    ],
    ids=["summary", "words", "zone", "start", "end", "all day"],
)
def test_answers_and_updates(application: Application, changes: Document, status: str) -> None:
    """2.1 "Statuses": reset when the start or end changes, kept otherwise; comment and proposal
    go with them, and replies stay."""
    application.invite()
    proposal = {"start": "2026-06-02T16:00:00Z", "end": "2026-06-02T16:30:00Z"}
    application.answered(KIM, "accepted", comment="Later?", proposal=proposal)
    before = application.status()
    assert before["recipient"].keys() == {"email", "status", "comment", "proposal"}
    answer = application.invite(event=event(**changes))
    kept = before["recipient"] if status == "accepted" else {"email": KIM, "status": "pending"}
    assert answer["recipient"] == kept
    assert application.status()["replies"] == before["replies"] != []


def test_the_status_of_an_update(application: Application) -> None:
    """It counts where nobody has answered, and where everybody is asked anew (assumed)."""
    accepted = {"email": KIM, "status": "accepted"}
    application.invite()
    assert application.invite(recipient=accepted)["recipient"] == accepted
    application.answered(KIM, "declined")
    assert application.invite(recipient=accepted)["recipient"]["status"] == "declined"
    moved = event(start="2026-06-02T08:00:00Z")
    assert application.invite(recipient=accepted, event=moved)["recipient"] == accepted


def test_who_is_invited_after_an_update(application: Application) -> None:
    """Those whom it names: with their answers, or pending."""
    application.invite_several(KIM, LEE)
    application.answered(LEE, "accepted")
    answer = application.invite_several(LEE, MARY)
    assert answer["recipients"] == [{"email": LEE, "status": "accepted"}, *pending(MARY)]


# --- Cancel and remove ---------------------------------------------------------------


def test_cancel(application: Application) -> None:
    """2.1: a METHOD:CANCEL file; the last status stays, and so does the event."""
    application.invite(callback_url=URL)
    application.answered(KIM, "accepted")
    uid, _, _ = version(application.file())
    answer = application.cancel()
    cancelled = {"method": "cancel", "callback_url": URL, "attachments": {"icalendar": CANCEL}}
    assert answer == single("accepted", **cancelled)
    assert file_of(answer) == (uid, 1, "20260511T080000Z")
    found = application.status(include_ics="true")
    replies = [{"email": KIM, "status": "accepted"}]
    assert found == single("accepted", **cancelled, replies=replies)


def test_cancel_as_a_production_application_does(application: Application) -> None:
    """2.1: with status and callback_url, which are accepted."""
    application.invite_several(KIM, LEE, callback_url=URL)
    body = {"recipients": people(KIM, LEE, status="accepted"), "callback_url": f"{URL}/2"}
    answer = application.cancel(recipient=LEFT_OUT, **body)
    cancelled = {"method": "cancel", "attachments": {"icalendar": CANCEL}}
    assert answer == several(*pending(KIM, LEE), **cancelled, callback_url=f"{URL}/2")
    assert application.cancel(recipient=LEFT_OUT, **body) == answer


@pytest.mark.parametrize("method", ["cancel", "remove"])
def test_what_cancel_and_remove_ignore(application: Application, method: str) -> None:
    """event and organizer, whatever they say, with a warning of what is not empty."""
    application.invite_several(KIM, LEE, MARY)
    named: Document = {"recipient": {"email": KIM}}
    if method == "cancel":
        named = {"recipient": LEFT_OUT, "recipients": people(KIM, LEE, MARY)}
    said = {"event": {"summary": 1}, "organizer": "x"}
    answer = application.post(method=method, **named, **said)
    assert (answer.status_code, answer.json()["event"]) == (200, echoed())
    assert answer.headers.get_list("mock-cronofy-warning") == [
        f"ignored: {name}, which method {method} does not look at" for name in said
    ]


def test_empty_values_are_not_worth_a_warning(application: Application) -> None:
    application.invite()
    for empty in ({"event": LEFT_OUT}, {"event": None, "organizer": ""}):
        answer = application.post(method="cancel", **empty)
        assert answer.status_code == 200
        assert "mock-cronofy-warning" not in answer.headers


def test_a_second_cancel_changes_nothing(application: Application) -> None:
    application.invite()
    first = application.cancel()
    application.sandbox.advance(minutes=5)
    assert application.cancel() == first


def test_a_request_after_cancel(application: Application) -> None:
    """Everybody is asked anew, by the same UID (assumed)."""
    application.invite()
    application.answered(KIM, "accepted")
    uid, _, _ = version(application.file())
    application.cancel()
    answer = application.invite()
    assert answer == single()
    assert file_of(answer)[:2] == (uid, 2)


def test_remove(application: Application) -> None:
    """2.1: one of several; attachments have the file for those who stay, and the one for who
    does not."""
    application.invite_several(KIM, LEE, MARY)
    application.answered(LEE, "tentative")
    uid, _, _ = version(application.file(recipient_email=LEFT_OUT))
    answer = application.invite(method="remove", event=LEFT_OUT)
    removed = {"email": KIM, "icalendar": CANCEL}
    staying = [{"email": LEE, "status": "tentative"}, *pending(MARY)]
    attachments = {"icalendar": REQUEST, "removed": removed}
    assert answer == several(*staying, method="remove", attachments=attachments)
    files = [answer["attachments"]["icalendar"], answer["attachments"]["removed"]["icalendar"]]
    assert [version(file)[:2] for file in files] == [(uid, 1)] * 2
    later = application.status_of_several()
    assert (later["method"], later["recipients"]) == ("request", staying)


# --- Status --------------------------------------------------------------------------


def test_status(application: Application) -> None:
    """2.2: as the answer to the call, with replies, and with the file only when asked."""
    application.invite(callback_url=URL)
    expected = single(callback_url=URL, replies=[])
    assert application.status(include_ics="True") == expected
    for more in ({}, {"include_ics": "false"}):
        without = {name: expected[name] for name in expected if name != "attachments"}
        assert application.status(**more) == without


def test_status_of_several(application: Application) -> None:
    """2.2: without recipient_email."""
    application.invite_several(KIM, LEE)
    expected = several(*pending(KIM, LEE), replies=[])
    assert application.status_of_several(include_ics="true") == expected


def test_an_address_that_is_not_encoded(application: Application) -> None:
    """2.2 "Pitfall": Ruby's SDK sends the plus of an address as it is."""
    email = "kim+viewings@guest.test"
    application.invite(recipient={"email": email})
    for written in (email, email.replace("+", "%2B"), "Kim+viewings@guest.test"):
        path = f"/v1/smart_invites?recipient_email={written}&smart_invite_id={ID}"
        response = application.sandbox.call(application.key, "GET", path)
        assert response.status_code == 200
        assert response.json()["recipient"]["email"] == email


def test_python_sends_a_body_with_its_questions(application: Application) -> None:
    application.invite()
    query = {"smart_invite_id": ID, "recipient_email": KIM}
    assert application.call("GET", params=query, json={}).status_code == 200


def test_forms(application: Application) -> None:
    """4.15: bodies may be form-encoded on every endpoint."""
    form = {
        "smart_invite_id": ID,
        "recipient[email]": KIM,
        "event[summary]": "Viewing",
        "event[start]": START,
        "event[end]": END,
        "event[tzid]": MADRID,
    }
    response = application.call("POST", data=form)
    assert (response.status_code, response.json()) == (200, single())


# --- Refusals ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"smart_invite_id": LEFT_OUT}, {"smart_invite_id": "required"}),
        ({"smart_invite_id": ""}, {"smart_invite_id": "required"}),
        ({"recipient": LEFT_OUT}, {"recipient": "required"}),
        ({"recipient": {}}, {"recipient.email": "required"}),
        ({"recipient": {"email": "kim"}}, {"recipient.email": "invalid"}),
        ({"recipients": people(LEE)}, {"recipients": "invalid"}),
        ({"recipient": LEFT_OUT, "recipients": []}, {"recipients": "required"}),
        (
            {"recipient": LEFT_OUT, "recipients": people(KIM, "lee@")},
            {"recipients[1].email": "invalid"},
        ),
        ({"recipient": {"email": KIM, "status": "maybe"}}, {"recipient.status": "invalid"}),
        ({"event": LEFT_OUT}, {"event": "required"}),
        (
            {"event": {}},
            {
                "event.summary": "required",
                "event.start": "required",
                "event.end": "required",
            },
        ),
        ({"event": event(summary="")}, {"event.summary": "required"}),
        ({"event": event(start="")}, {"event.start": "required"}),
        ({"event": event(start="tomorrow")}, {"event.start": "invalid"}),
        ({"event": event(start={"tzid": MADRID})}, {"event.start.time": "required"}),
        (
            {"event": event(start={"time": START, "tzid": "Mars"})},
            {"event.start.tzid": "invalid"},
        ),
        ({"event": event(tzid="Mars")}, {"event.tzid": "invalid"}),
        ({"event": event(start=END, end=START)}, {"event.end": "invalid"}),
        ({"event": event(end="2026-06-03")}, {"event.end": "invalid"}),
        ({"event": event(start="0999-01-01T00:00:00Z")}, {"event.start": "invalid"}),
        ({"event": event(end="2101-01-01T00:00:00Z")}, {"event.end": "invalid"}),
        ({"event": event(transparency="busy")}, {"event.transparency": "invalid"}),
        (
            {"event": event(reminders=[{"minutes": 5}, {}])},
            {"event.reminders[1].minutes": "required"},
        ),
        ({"event": event(location={"lat": "1"})}, {"event.location.long": "required"}),
        (
            {"event": event(reminders=[{"minutes": 5}] * 6)},
            {"event.reminders": "too_many"},
        ),
        (
            {"recipient": LEFT_OUT, "recipients": people(*[KIM] * 1001)},
            {"recipients": "too_many"},
        ),
        ({"method": "publish"}, {"method": "invalid"}),
        ({"callback_url": "app.test"}, {"callback_url": "invalid"}),
        ({"organizer": {"email": "agency"}}, {"organizer.email": "invalid"}),
    ],
    ids=lambda value: ",".join(value) if all(isinstance(v, str) for v in value.values()) else "",
)
def test_refusals(application: Application, changes: Document, fields: dict[str, str]) -> None:
    """2.1 "Errors": 422 with keys by the path of what is wrong; nothing is made."""
    refused(application.post(**changes), 422, fields)
    assert application.sandbox.control("GET", "/smart_invites").json() == {"smart_invites": []}


def test_what_cannot_be_removed(application: Application) -> None:
    """Somebody who is not invited, and the last who is (assumed)."""
    application.invite_several(KIM)
    remove = {"method": "remove", "event": LEFT_OUT}
    other = application.post(**remove, recipient={"email": LEE})
    refused(other, 422, {"recipient.email": "not_found"})
    refused(application.post(**remove), 422, {"recipient.email": "invalid"})
    body = {**remove, "recipient": LEFT_OUT, "recipients": people(KIM)}
    refused(application.post(**body), 422, {"recipient": "required"})


@pytest.mark.parametrize("method", ["cancel", "remove"])
def test_an_unknown_invite(application: Application, method: str) -> None:
    """2.1: 404, and so is one of the other form: a single invite is cancelled, not left."""
    body = {"method": method, "event": LEFT_OUT}
    refused(application.post(**body), 404)
    if method == "cancel":
        application.invite_several(KIM)
    else:
        application.invite()
    refused(application.post(**body), 404)


def test_the_status_of_an_unknown_invite(open_sandbox: Open) -> None:
    """2.2: 404; whose single invite it is has to be said. What other applications have is no
    concern of an application's, nor is whom they invite."""
    sandbox = open_sandbox(scenario={"applications": [{"name": "One"}, {"name": "Two"}]})
    application = Application(sandbox)
    application.invite()
    single_one = {"smart_invite_id": ID, "recipient_email": KIM}
    for query in (single_one, {"smart_invite_id": ID}, {**single_one, "recipient_email": LEE}):
        answer = Application(sandbox, 1).call("GET", params=query)
        refused(answer, 404)
        assert "there is" not in answer.headers["mock-cronofy-hint"]
    answer = application.call("GET", params={**single_one, "recipient_email": LEE})
    refused(answer, 404)
    assert answer.headers["mock-cronofy-hint"].endswith(f"; there is one of {KIM}")
    refused(application.call("GET", params={"smart_invite_id": "x"}), 404)
    missing = {"recipient_email": "required"}
    refused(application.call("GET", params={"smart_invite_id": ID}), 422, missing)
    refused(application.call("GET"), 422, {"smart_invite_id": "required"})
    wrong = {**single_one, "recipient_email": "kim"}
    refused(application.call("GET", params=wrong), 422, {"recipient_email": "invalid"})


def test_credentials(application: Application) -> None:
    """2.1: the API key, nothing else, not even a person's token."""
    token = application.sandbox.connect()["access_token"]
    for method in ("GET", "POST"):
        for credential in ("unknown", token):
            refused(application.sandbox.call(credential, method, "/v1/smart_invites"), 401)


# --- The sandbox ---------------------------------------------------------------------


def test_snapshots_and_resets(application: Application) -> None:
    """A snapshot brings an invite back with its UID and its answers; a reset knows none."""
    sandbox = application.sandbox
    application.invite(callback_url=URL)
    proposal = {"start": "2026-06-03", "end": "2026-06-04", "tzid": MADRID}
    application.answered(KIM, "tentative", comment="Perhaps", proposal=proposal)
    before = application.status(include_ics="true")
    snapshot = sandbox.control("GET", "/snapshot").json()
    application.cancel()
    assert sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    assert application.status(include_ics="true") == before
    assert sandbox.control("POST", "/reset").status_code == 200
    refused(application.call("GET", params={"smart_invite_id": ID}), 404)
    assert file_of(application.invite())[0] == version(before["attachments"]["icalendar"])[0]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"client_id": "nobody"}, "tables.smart_invites[0]"),
        ({"stamp": 10**12}, "tables.smart_invites[0]"),
        ({"recipients": []}, "tables.smart_invites[0].recipients"),
        ({"recipients": people(KIM, LEE)}, "tables.smart_invites[0]"),
    ],
)
def test_snapshots_that_make_no_sense(
    application: Application, changes: Document, place: str
) -> None:
    application.invite()
    snapshot = application.sandbox.control("GET", "/snapshot").json()
    (record,) = snapshot["tables"]["smart_invites"]
    for edit in (changes, {"details": {**record["details"], "organizer": None}}):
        snapshot["tables"]["smart_invites"] = [{**record, **edit}]
        response = application.sandbox.control("PUT", "/snapshot", json=snapshot)
        assert response.status_code == 422
        (problem,) = response.json()["errors"]
        assert problem["place"] in {place, "tables.smart_invites[0]"}
