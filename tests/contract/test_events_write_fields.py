"""events.md §§2.1, 2.2: every member of an upsert, and every form of its times."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.contract.documents import Document
from tests.contract.events import (
    JANE,
    LEFT_OUT,
    Open,
    accepted,
    attendee,
    event,
    open_writer,
    refused,
    written,
)


class Row(NamedTuple):
    """``sent`` and ``read`` are what differs from the plain event."""

    sent: Document
    read: Document
    how: Document = {}
    query: Document = {}


def rows(table: dict[str, Row]) -> Any:
    return pytest.mark.parametrize(
        "row", [pytest.param(row, id=name) for name, row in table.items()]
    )


OFFICE: Document = {"provider": "office365"}
ALL_DAY = {"start": "2026-05-12", "end": "2026-05-13"}
TRANSPARENT = {"transparency": "transparent", "extended_transparency": "transparent"}
GEO = {"include_geo": "true"}
SEEN_BY_JANE = attendee(JANE, "accepted")


FIELDS = {
    "2.1-event_id-of-512-characters[assumed]": Row(
        {"event_id": "x" * 512}, {"event_id": "x" * 512}
    ),
    "2.1-event_id-any-text[docs: faqs/duplicate-events]": Row(
        {"event_id": "evt_external_0123456789abcdef01234567"},
        {"event_id": "evt_external_0123456789abcdef01234567"},
    ),
    "2.1-both-ids-event_id-wins[docs: editing-events]": Row(
        {"event_uid": "evt_external_0123456789abcdef01234567"}, {}
    ),
    "2.1-summary-of-1024-characters[docs: upsert-event]": Row(
        {"summary": "é" * 1024}, {"summary": "é" * 1024}
    ),
    "2.1-empty-objects-of-php[php sdk]": Row(
        {"attendees": [], "location": [], "tags": []},
        {},
    ),
    "2.1-description[docs: upsert-event]": Row({"description": "Why"}, {"description": "Why"}),
    "2.1-description-of-4096-characters[docs: upsert-event]": Row(
        {"description": "d" * 4096}, {"description": "d" * 4096}
    ),
    "2.1-description-empty[docs: upsert-event]": Row({"description": ""}, {}),
    "2.1-description-null[assumed]": Row({"description": None}, {}),
    "2.1-location.description[docs: upsert-event]": Row(
        {"location": {"description": "Room 1"}}, {"location": {"description": "Room 1"}}
    ),
    "2.1-location.description-of-1024-characters[assumed]": Row(
        {"location": {"description": "r" * 1024}}, {"location": {"description": "r" * 1024}}
    ),
    "2.1-location-lat-long[memory]": Row(
        {"location": {"description": "Room 1", "lat": "85.05115", "long": "-180"}},
        {"location": {"description": "Room 1", "lat": "85.05115", "long": "-180"}},
        query=GEO,
    ),
    "2.1-location-lat-long-as-numbers[assumed]": Row(
        {"location": {"lat": 51, "long": -0.00001}},
        {"location": {"description": "", "lat": "51", "long": "-0.00001"}},
        query=GEO,
    ),
    "2.1-location-null[assumed]": Row({"location": None}, {}),
    "2.1-url[docs mirror 2017]": Row(
        {"url": "https://acme.test/a?b=c#d"}, {"url": "https://acme.test/a?b=c#d"}
    ),
    "2.1-url-another-scheme[docs mirror 2017]": Row(
        {"url": "mid:960830.1639@acme.test"}, {"url": "mid:960830.1639@acme.test"}
    ),
    "2.1-url-apple[docs mirror 2017]": Row(
        {"url": "https://acme.test"}, {"url": "https://acme.test"}, {"provider": "apple"}
    ),
    "2.1-url-elsewhere-dropped[docs mirror 2017]": Row({"url": "https://acme.test"}, {}, OFFICE),
    "2.1-url-null[docs mirror 2017]": Row({"url": None}, {}),
    "2.1-transparency-timed-default[docs mirror 2017]": Row({}, {}),
    "2.1-transparency-all-day-default[docs mirror 2017]": Row(ALL_DAY, {**ALL_DAY, **TRANSPARENT}),
    "2.1-transparency-opaque-all-day[docs mirror 2017]": Row(
        {**ALL_DAY, "transparency": "opaque"}, ALL_DAY
    ),
    "2.1-transparency-transparent[docs mirror 2017]": Row(
        {"transparency": "transparent"}, TRANSPARENT
    ),
    **{
        f"2.1-extended_transparency-{word}[C# sdk]": Row(
            {"extended_transparency": word}, {"extended_transparency": word}, OFFICE
        )
        for word in ("opaque", "working_elsewhere", "tentative", "out_of_office")
    },
    "2.1-extended_transparency-transparent[C# sdk]": Row(
        {"extended_transparency": "transparent"}, TRANSPARENT, OFFICE
    ),
    "2.1-extended_transparency-wins[assumed]": Row(
        {"transparency": "transparent", "extended_transparency": "out_of_office"},
        {"extended_transparency": "out_of_office"},
        OFFICE,
    ),
    "2.1-extended_transparency-google-keeps-the-plain-one[C# sdk]": Row(
        {"extended_transparency": "out_of_office"}, {}
    ),
    "2.1-color[php sdk]": Row({"color": "#1a73E8"}, {}),
    "2.1-attendees.invite[docs: upsert-event]": Row(
        {
            "attendees": {
                "invite": [{"email": "Bob@Acme.test", "display_name": "Bob"}, {"email": "c@d.test"}]
            }
        },
        {
            "attendees": [
                SEEN_BY_JANE,
                attendee("bob@acme.test", name="Bob"),
                attendee("c@d.test"),
            ]
        },
    ),
    "2.1-attendees.invite-twice-is-once[assumed]": Row(
        {"attendees": {"invite": [{"email": "c@d.test"}, {"email": "c@d.test"}]}},
        {"attendees": [SEEN_BY_JANE, attendee("c@d.test")]},
    ),
    "2.1-attendees.invite-the-owner[assumed]": Row(
        {"attendees": {"invite": [{"email": JANE}]}}, {}
    ),
    "2.1-attendees.invite-100[3p compat]": Row(
        {"attendees": {"invite": [{"email": f"{n}@d.test"} for n in range(100)]}},
        {"attendees": [SEEN_BY_JANE, *(attendee(f"{n}@d.test") for n in range(100))]},
    ),
    "2.1-attendees.remove-unknown-is-ignored[assumed]": Row(
        {"attendees": {"remove": [{"email": "c@d.test", "display_name": "C"}]}}, {}
    ),
    "2.1-attendees-nulls[assumed]": Row({"attendees": {"invite": None, "remove": None}}, {}),
    "2.1-event_private[C# sdk]": Row({"event_private": True}, {"event_private": True}),
    "2.1-conferencing-null-is-none[assumed]": Row({"conferencing": None}, {}),
    "2.1-attachments-empty[assumed]": Row({"attachments": []}, {}),
    "2.1-locale-without-templates[php sdk]": Row({"locale": "de"}, {}),
    "2.1-unknown-keys[app: leasing]": Row({"eventId": 17, "calendarId": {"x": [None]}}, {}),
    "2.1-unknown-keys-inside[app: leasing]": Row(
        {"location": {"description": "Room 1", "floor": 2}},
        {"location": {"description": "Room 1"}},
    ),
    "2.1-tzid-null[docs: upsert-event]": Row({"tzid": None}, {}),
    "2.1-reminders-null[docs mirror 2017]": Row({"reminders": None}, {}),
}


@rows(FIELDS)
def test_a_member(open_sandbox: Open, row: Row) -> None:
    """202 with nothing, and the next read shows it."""
    writer = open_writer(open_sandbox, **row.how)
    writer.write(**row.sent)
    assert writer.event(**row.query) == written(writer.calendar_id, **row.read)


NEXT_DAY = {"start": "2026-05-12T09:30:00Z", "end": "2026-05-12T10:00:00Z"}
IN_LONDON = {"start": "2026-05-12T08:30:00Z", "end": "2026-05-12T09:00:00Z"}


def both(text: Any, end: Any = None, **more: Any) -> Document:
    return {"start": text, "end": end or text, **more}


def shown(time: str, tzid: str = "Etc/UTC", end: str = "", end_tzid: str = "") -> Document:
    return {
        "start": {"time": time, "tzid": tzid},
        "end": {"time": end or time, "tzid": end_tzid or tzid},
    }


UTC_HALF_PAST_NINE = "2027-03-04T09:30:00+00:00"

TIMES = {
    "2.2-Z[docs: data-types]": (both("2027-03-04T09:30:00Z"), shown(UTC_HALF_PAST_NINE)),
    "2.2-a-space[C# sdk]": (both("2027-03-04 09:30:00Z"), shown(UTC_HALF_PAST_NINE)),
    "2.2-+00:00[py sdk]": (both("2027-03-04T09:30:00+00:00"), shown(UTC_HALF_PAST_NINE)),
    "2.2-+02:00[memory]": (both("2027-03-04T11:30:00+02:00"), shown(UTC_HALF_PAST_NINE)),
    "2.2--0330[memory]": (both("2027-03-04T06:00:00-0330"), shown(UTC_HALF_PAST_NINE)),
    "2.2-UTC[py sdk]": (both("2027-03-04T09:30:00UTC"), shown(UTC_HALF_PAST_NINE)),
    "2.2-.000[app: board]": (both("2027-03-04T09:30:00.000Z"), shown(UTC_HALF_PAST_NINE)),
    "2.2-no-seconds[assumed]": (both("2027-03-04T09:30Z"), shown(UTC_HALF_PAST_NINE)),
    "2.2-tzid-for-both[docs: upsert-event]": (
        both("2027-03-04T09:30:00Z", tzid="Europe/Paris"),
        shown("2027-03-04T10:30:00+01:00", "Europe/Paris"),
    ),
    "2.2-tzid-an-alias[app: venue]": (
        both("2027-03-04T09:30:00Z", tzid="UTC"),
        shown(UTC_HALF_PAST_NINE, "UTC"),
    ),
    "2.2-local-time[assumed]": (
        both("2027-03-04T09:30:00", tzid="America/New_York"),
        shown("2027-03-04T09:30:00-05:00", "America/New_York"),
    ),
    "2.2-local-time-in-summer[assumed]": (
        both("2027-07-04 09:30:00", tzid="America/New_York"),
        shown("2027-07-04T09:30:00-04:00", "America/New_York"),
    ),
    "2.2-object[C# sdk]": (
        both(
            {"time": "2027-03-04 09:30:00Z", "tzid": "Europe/London"},
            {"time": "2027-03-04 11:30:00Z", "tzid": "Europe/Paris"},
        ),
        shown(
            "2027-03-04T09:30:00+00:00",
            "Europe/London",
            "2027-03-04T12:30:00+01:00",
            "Europe/Paris",
        ),
    ),
    "2.2-object-local-time[assumed]": (
        both({"time": "2027-03-04T09:30:00", "tzid": "Asia/Kolkata"}, tzid="Europe/Paris"),
        shown("2027-03-04T09:30:00+05:30", "Asia/Kolkata"),
    ),
    "2.2-object-without-tzid[docs: upsert-event]": (
        both({"time": "2027-03-04T09:30:00Z"}, tzid="Europe/Paris"),
        shown("2027-03-04T10:30:00+01:00", "Europe/Paris"),
    ),
    "2.2-object-tzid-null[C# sdk]": (
        both({"time": "2027-03-04T09:30:00Z", "tzid": None}, tzid="Europe/Paris"),
        shown("2027-03-04T10:30:00+01:00", "Europe/Paris"),
    ),
    "2.2-one-of-each[C# sdk]": (
        both({"time": "2027-03-04T09:30:00Z", "tzid": "Europe/London"}, "2027-03-04T10:00:00Z"),
        shown("2027-03-04T09:30:00+00:00", "Europe/London", "2027-03-04T10:00:00+00:00", "Etc/UTC"),
    ),
    "2.2-date[docs: upsert-event]": (
        both("2027-03-04", "2027-03-06"),
        {**shown("2027-03-04", end="2027-03-06"), **TRANSPARENT},
    ),
    "2.2-date-in-an-object[docs: upsert-event]": (
        both({"time": "2027-03-04", "tzid": "Europe/Paris"}, {"time": "2027-03-05"}),
        {**shown("2027-03-04", end="2027-03-05"), **TRANSPARENT},
    ),
    "2.3-no-length[assumed]": (both("2027-03-04T09:30:00Z"), shown(UTC_HALF_PAST_NINE)),
    "2.3-no-length-in-days[assumed]": (
        both("2027-03-04"),
        {**shown("2027-03-04"), **TRANSPARENT},
    ),
    "2.3-the-year-1900[assumed]": (
        both("1900-01-01T00:00:00Z"),
        shown("1900-01-01T00:00:00+00:00"),
    ),
    "2.3-the-year-2100[assumed]": (
        both("2100-12-31T23:59:59Z"),
        shown("2100-12-31T23:59:59+00:00"),
    ),
}


@pytest.mark.parametrize("case", TIMES)
def test_a_form_of_time(open_sandbox: Open, case: str) -> None:
    """2.2: the instant comes from the time, the zone is how it is shown."""
    sent, read = TIMES[case]
    writer = open_writer(open_sandbox)
    writer.write(**sent)
    assert writer.event(localized_times="true") == written(writer.calendar_id, **read)


KEPT = {
    "2.1-subscriptions": (
        {
            "subscriptions": [
                {
                    "type": "webhook",
                    "uri": "https://acme.test/hook?a=b",
                    "interactions": [
                        {"type": "conferencing_assigned"},
                        {"type": "conferencing_failing"},
                    ],
                },
                {
                    "type": "webhook",
                    "uri": "http://acme.test",
                    "transitions": [
                        {"before": "event_start", "offset": {"minutes": 5}},
                        {"after": "event_end", "offset": {"minutes": 0}},
                    ],
                },
            ]
        },
        {
            "subscriptions": [
                {
                    "uri": "https://acme.test/hook?a=b",
                    "interactions": ["conferencing_assigned", "conferencing_failing"],
                    "transitions": [],
                },
                {
                    "uri": "http://acme.test",
                    "interactions": [],
                    "transitions": [
                        {"side": "before", "moment": "event_start", "offset": 5},
                        {"side": "after", "moment": "event_end", "offset": 0},
                    ],
                },
            ]
        },
    ),
    "2.1-tags.private[typings]": (
        {"tags": {"private": [{"value": "vip"}, {"value": "late"}]}},
        {"tags": ["vip", "late"]},
    ),
    "2.1-event_classes-text[php sdk]": ({"event_classes": "a"}, {"event_classes": "a"}),
    "2.1-event_classes-list[php sdk]": ({"event_classes": [1]}, {"event_classes": [1]}),
    "2.1-meeting_agent[docs: meeting-agents]": (
        {"meeting_agent": {"profile_id": "cronofy", "display_name": "Notes"}},
        {"meeting_agent": {"profile_id": "cronofy", "display_name": "Notes"}},
    ),
    "2.1-locale[php sdk]": ({"locale": "en"}, {"locale": "en"}),
}


@pytest.mark.parametrize("case", KEPT)
def test_kept_and_not_read(open_sandbox: Open, case: str) -> None:
    """2.1: stored with the event, left there by an update without it, and not in reads."""
    sent, kept = KEPT[case]
    writer = open_writer(open_sandbox)
    writer.write(**sent)
    managed = writer.record()["managed"]
    assert {name: managed[name] for name in kept} == kept
    assert writer.event() == written(writer.calendar_id)
    writer.write(summary="Another")
    assert writer.record()["managed"] == managed
    writer.sandbox.advance(seconds=9)
    writer.write(summary="Another", subscriptions=[], tags={"private": []}, attachments=[])
    emptied = {"subscriptions": [], "tags": []}
    assert writer.record()["managed"] == {**managed, **emptied}
    assert writer.event() == written(writer.calendar_id, summary="Another")


REMINDERS = {"google": 5, "apple": 5, "office365": 1, "exchange": 1, "outlook_com": 1}


@pytest.mark.parametrize(
    "provider", REMINDERS, ids=lambda p: f"2.1-reminders-{p}[docs mirror 2017]"
)
def test_reminders(open_sandbox: Open, provider: str) -> None:
    """The provider keeps the first; without any, its own default stays; [] is none at all."""
    writer = open_writer(open_sandbox, provider)
    minutes = [60, 0, 40320, 5, 10]
    several = [{"minutes": number} for number in minutes]

    def kept() -> Any:
        return writer.record()["details"]["reminders"]

    writer.write()
    assert kept() is None
    writer.write(reminders=several)
    assert kept() == minutes[: REMINDERS[provider]]
    writer.write(summary="Another")
    assert kept() == minutes[: REMINDERS[provider]]
    writer.write(reminders=[], reminders_create_only=True)
    assert kept() == minutes[: REMINDERS[provider]]
    writer.write(reminders=[])
    assert kept() == []
    writer.write(event_id="second", reminders=several, reminders_create_only=True)
    events = writer.sandbox.control("GET", "/snapshot").json()["tables"]["events"]
    assert events[1]["details"]["reminders"] == minutes[: REMINDERS[provider]]


COLORS = {"google": "#1A73E8", "apple": None, "office365": None, "exchange": None}


@pytest.mark.parametrize("provider", COLORS, ids=lambda p: f"2.1-color-{p}[php sdk]")
def test_colors(open_sandbox: Open, provider: str) -> None:
    """Only where events have colours of their own; left out, it stays."""
    writer = open_writer(open_sandbox, provider)
    writer.write(color="#1A73E8")
    assert writer.record()["details"]["color"] == COLORS[provider]
    writer.write(summary="Another")
    assert writer.record()["details"]["color"] == COLORS[provider]


WHOLE: Document = {
    "description": "Why",
    "location": {"description": "Room 1", "lat": "51.5", "long": "-0.1"},
    "url": "https://acme.test",
    "tzid": "Europe/Paris",
    "transparency": "transparent",
    "color": "#1A73E8",
    "event_private": True,
    "attendees": {"invite": [{"email": "c@d.test", "display_name": "C"}]},
    "conferencing": {
        "profile_id": "explicit",
        "provider_description": "Jitsi",
        "join_url": "https://meet.jit.si/x",
    },
}
AS_READ: Document = {
    "start": {"time": "2026-05-12T11:00:00+02:00", "tzid": "Europe/Paris"},
    "end": {"time": "2026-05-12T11:30:00+02:00", "tzid": "Europe/Paris"},
    "description": "Why",
    "location": {"description": "Room 1", "lat": "51.5", "long": "-0.1"},
    "url": "https://acme.test",
    "event_private": True,
    "attendees": [attendee(JANE, "accepted"), attendee("c@d.test", name="C")],
    "conferencing": {"provider_name": "Jitsi", "join_url": "https://meet.jit.si/x"},
    **TRANSPARENT,
}
CLEARED: Document = {
    "description": "",
    "location": LEFT_OUT,
    "transparency": "opaque",
    "extended_transparency": "opaque",
    "start": {"time": "2026-05-12T09:00:00+00:00", "tzid": "Etc/UTC"},
    "end": {"time": "2026-05-12T09:30:00+00:00", "tzid": "Etc/UTC"},
}

# What an update does that says only this beside the four required members.
UPDATES: dict[str, tuple[Document, Document]] = {
    "2.1-nothing": ({}, {}),
    "2.1-url-null-google-keeps[docs mirror 2017]": ({"url": None}, {}),
    "2.1-url-another[docs mirror 2017]": ({"url": "https://b.test"}, {"url": "https://b.test"}),
    "2.1-event_private-on-creation-only[C# sdk]": ({"event_private": False}, {}),
    "2.1-conferencing-none[3p compat]": (
        {"conferencing": {"profile_id": "none"}},
        {"conferencing": LEFT_OUT},
    ),
    "2.1-location-without-coordinates[assumed]": (
        {"location": {"description": "Room 2"}},
        {"location": {"description": "Room 2"}},
    ),
    "2.1-attendees-another[docs: upsert-event]": (
        {"attendees": {"invite": [{"email": "e@f.test"}]}},
        {
            "attendees": [
                attendee(JANE, "accepted"),
                attendee("c@d.test", name="C"),
                attendee("e@f.test"),
            ]
        },
    ),
    "2.1-attendees-renamed[assumed]": (
        {"attendees": {"invite": [{"email": "c@d.test", "display_name": "Carla"}]}},
        {"attendees": [attendee(JANE, "accepted"), attendee("c@d.test", name="Carla")]},
    ),
    "2.1-attendees-remove-the-last[docs: upsert-event]": (
        {"attendees": {"remove": [{"email": "C@D.test"}]}},
        {"attendees": []},
    ),
    "2.1-attendees-reject[assumed]": (
        {"attendees": {"reject": [{"email": "c@d.test"}], "invite": [{"email": "e@f.test"}]}},
        {"attendees": [attendee(JANE, "accepted"), attendee("e@f.test")]},
    ),
    "2.1-attendees-remove-and-invite-stays[assumed]": (
        {
            "attendees": {
                "remove": [{"email": "c@d.test"}],
                "invite": [{"email": "c@d.test", "display_name": "C"}],
            }
        },
        {},
    ),
}


@pytest.mark.parametrize("case", UPDATES)
def test_what_an_update_leaves_out(open_sandbox: Open, case: str) -> None:
    """2.1, the column "omit on update": what is cleared, and what stays."""
    sent, read = UPDATES[case]
    writer = open_writer(open_sandbox)
    how = {"localized_times": "true", "include_geo": "true"}
    writer.write(**WHOLE)
    before = writer.event(**how)
    assert before == written(writer.calendar_id, **AS_READ)
    writer.sandbox.advance(minutes=1)
    writer.write(**sent)
    expected = {**AS_READ, **CLEARED, "updated": "2026-05-11T08:01:00Z", **read}
    expected = written(writer.calendar_id, **expected)
    assert writer.event(**how) == {**expected, "event_uid": before["event_uid"]}


def test_url_null_removes(open_sandbox: Open) -> None:
    """2.1 [docs mirror 2017]: null removes the url, on Apple; an empty text is null."""
    for empty in (None, ""):
        writer = open_writer(open_sandbox, "apple")
        writer.write(url="https://acme.test")
        writer.write(summary="Another")
        read = {"summary": "Another", "url": "https://acme.test"}
        assert writer.event() == written(writer.calendar_id, **read)
        writer.write(url=empty)
        assert writer.event() == written(writer.calendar_id)


@pytest.mark.parametrize(
    "value", [True, "true", 1, "1"], ids=lambda v: f"2.1-include_userinfo-{v!r}"
)
def test_include_userinfo(open_sandbox: Open, value: object) -> None:
    """2 [typings], 3.1 [docs: delete-event]: 202 with the account's userinfo."""
    writer = open_writer(open_sandbox)
    userinfo = writer.call("GET", "/v1/userinfo").json()
    for response in (
        writer.post(include_userinfo=value),
        writer.delete(event_id="standup", include_userinfo=value),
    ):
        assert (response.status_code, response.json()) == (202, {"userinfo": userinfo})
    accepted(writer.post(include_userinfo=False))


def test_the_meeting_agent_alone(open_sandbox: Open) -> None:
    """2.9 [docs: meeting-agents/cancel-scheduled]: event_id and meeting_agent are enough where
    the event exists, and nothing else of it changes."""
    writer = open_writer(open_sandbox)
    body = {"event_id": "standup", "meeting_agent": {"profile_id": "none"}}
    missing = {"summary": "required", "start": "required", "end": "required"}
    refused(writer.call("POST", writer.path, body), 422, missing)
    writer.write(**WHOLE, meeting_agent={"profile_id": "cronofy"})
    before, read = writer.record(), writer.event()
    writer.sandbox.advance(minutes=1)
    accepted(writer.call("POST", writer.path, body))
    managed = {**before["managed"], "meeting_agent": {"profile_id": "none"}}
    assert writer.record() == {**before, "managed": managed}
    for more in ({"description": "New"}, {"attendees": {"invite": [{"email": "a@b.test"}]}}):
        refused(writer.call("POST", writer.path, {**body, **more}), 422, missing)
    assert writer.event() == read
    accepted(writer.delete())
    refused(writer.call("POST", writer.path, body), 422, missing)


def test_form_encoded(open_sandbox: Open) -> None:
    """Every body may be a form (identity 1.2)."""
    writer = open_writer(open_sandbox)
    form = {
        **event(),
        "attendees[invite][][email]": "c@d.test",
        "reminders[][minutes]": "5",
        "location[description]": "Room 1",
        "event_private": "1",
    }
    accepted(writer.sandbox.call(writer.token, "POST", writer.path, data=form))
    assert writer.event() == written(
        writer.calendar_id,
        attendees=[SEEN_BY_JANE, attendee("c@d.test")],
        location={"description": "Room 1"},
        event_private=True,
    )


def test_unknown_keys_are_told(open_sandbox: Open) -> None:
    """What is ignored is named in a warning."""
    writer = open_writer(open_sandbox)
    response = writer.post(eventId=1, event_uid="evt_external_0123456789abcdef01234567")
    accepted(response)
    assert response.headers.get_list("mock-cronofy-warning") == [
        "ignored: unknown parameter eventId",
        "ignored: event_uid, because event_id is given",
    ]
