"""Writing events: create or update, delete, participation (events §§2, 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from mock_server.api import shapes_events
from mock_server.api.call import Call
from mock_server.api.endpoint import Answer, Credential, Deferred, OldName, endpoint
from mock_server.api.event_times import check_years
from mock_server.api.fields import CalendarIds, OnlyTrue
from mock_server.api.identity import own_userinfo
from mock_server.api.parsing import Parameters
from mock_server.errors import PaymentRequired, Unprocessable
from mock_server.rules import events, finding_events, meeting_agents, participation
from mock_server.rules.applications import reaches_plan
from mock_server.rules.event_writes import EventWrite
from mock_server.world.accounts import Calendar
from mock_server.world.applications import Application

if TYPE_CHECKING:
    from mock_server.api.event_requests import UpsertEventRequest

# Geographic coordinates need this plan, once an application is verified (assumed).
GEO_PLAN = "growth"


def require_geo(application: Application) -> None:
    """Raise PaymentRequired for a verified application whose plan has no coordinates."""
    if application.mode == "production" and not reaches_plan(application, GEO_PLAN):
        raise PaymentRequired(
            f"coordinates of locations need the plan {GEO_PLAN}; application "
            f"{application.client_id} is on {application.plan}"
        )


def _calendar(call: Call) -> Calendar:
    return finding_events.calendar_of(call.sandbox, call.authorization, call.path["calendar_id"])


def _userinfo(call: Call, wanted: bool) -> Answer | None:
    """Nothing, or who the account is, if that was asked for."""
    return Answer({"userinfo": own_userinfo(call)}, 202) if wanted else None


def _ignored(call: Call, _: Parameters) -> dict[str, str]:
    if call.application.features.recurring_events:
        return {}
    return {
        "recurrence": "an alpha feature that is off for this application "
        "(features: recurring_events)"
    }


@endpoint(
    "POST",
    "/v1/calendars/{calendar_id}/events",
    title="Create or update event",
    docs="api/events/upsert-event",
    credentials=(Credential.ACCESS_TOKEN,),
    scope=("create_event",),
    owned=_calendar,
    ignored=_ignored,
    body=Deferred("mock_server.api.event_requests", "UpsertEventRequest"),
    old_names=(OldName("attendees.reject", "attendees.remove"),),
    status=202,
    answer=shapes_events.WithUserinfo,
    may_be_empty=True,
    errors=(401, 402, 403, 404, 422, 423),
    assumed=(
        "An event is readable at once; its meeting follows after two seconds. While the service "
        "or the calendar's profile does not work, it is tried again until the event is over: after "
        "a minute, then after twice as long each time, up to an hour.",
        "conferencing.profile_id default: the most recently linked service that is connected, then "
        "the calendar's integrated one, then none. The same wish again keeps the meeting that "
        "there is. explicit is assigned at once, in the past too, and needs join_url and "
        "provider_description; a join_url that is no http or https address is 422 "
        "errors.invalid_url on conferencing.join_url. conferencing null counts as absent.",
        "Templates: an unknown variable, and an invite_block in the location, are 422 "
        "errors.invalid_template; locale must be en. The texts that are put in are ours.",
        "Left out on update: description, location, transparency, tzid and reminders_create_only "
        "go back to their default; everything else stays.",
        "The same body again changes nothing: no mail, updated stays.",
        "end may equal start; dates lie between the years 1900 and 2100 (the scenario's switches "
        "first_event_year and last_event_year); a time without offset is "
        "one of its tzid.",
        "Keys of errors beyond errors.required: errors.invalid, errors.too_long, errors.too_many, "
        "errors.invalid_url, errors.must_be_integer, errors.not_recognized, errors.not_supported.",
        "reminders[].minutes goes from 0 to 40320; 100 entries in attendees.invite and .remove; "
        "location.description has 1024 characters, event_id 512; location.lat goes to 85.05115 "
        "degrees and location.long to 180, and neither stands alone; color is #RRGGBB.",
        "If both transparency and extended_transparency are given, the latter counts; providers "
        "other than Microsoft's keep only transparent and opaque.",
        "A deleted event_id that is written again is a new event, with a new event_uid, and takes "
        "the place of the deleted one.",
        "attendees.reject is read as attendees.remove; who is invited twice stays once, "
        "who is both removed and invited stays; the calendar's owner is no guest.",
        "Another time resets everybody's answer to needs_action; another tzid is another time for "
        "a series only.",
        "A deleted calendar is 404, a read-only one and one of a Free/Busy profile 403, a "
        "disconnected profile 423 (202 with the scenario's switch queue_writes: the provider gets "
        "it when the profile is reconnected; guests are told at once).",
        "event_uid without event_id: 404 for an unknown or deleted event; 403 where its "
        "options.update is false, for an occurrence of a series, and in a calendar of "
        "permission_level sandbox, for the application's own event too. There, conferencing is 422 "
        "errors.not_supported; subscriptions, attachments, tags, event_classes and meeting_agent "
        "are ignored with a warning.",
        "Editing an event that no application made sends no mail. A Cronofy calendar is "
        "unrestricted for every application, so there they may edit each other's events.",
        "recurrence is an alpha feature: ignored with a warning, whatever it says, where the "
        "application's feature recurring_events is off. by_day has at most 100 entries, "
        "exceptions.add 1000; interval and count go to 10000.",
        "recurrence without the key rules is 422 errors.required on recurrence.rules; "
        "exceptions.add takes the place of the exceptions before.",
        "by_day takes names of days, and objects, with every frequency. nth_of_period goes to 5 in "
        "months and 53 in years, backwards too; in days and weeks, 1 is read as none, and others "
        "are 422 errors.not_supported.",
        "[] in place of an object in the body is an empty object, as PHP writes it.",
        "meeting_agent without summary, start and end is accepted alone, with nothing else of the "
        "event.",
        "meeting_agent.profile_id is cronofy or none, else errors.not_recognized; cronofy is 403 "
        "where the application's feature meeting_agents is off. The agent joins when the event "
        "starts (of a series, its first occurrence; of an all-day event, its first day in its "
        "tzid), or at once if it has started, and leaves when it ends. Without a join_url at that "
        "moment it fails. It follows the event until it has joined, and then stays until the end; "
        "an event that is moved after that gets another one. Revoking the authorization ends all.",
        "Coordinates are 402 for a production application below the plan growth.",
        "subscriptions left out stay, others take the place of those before, and a deletion, also "
        "by the person, ends them; they are silent while the application has no authorization for "
        "the calendar. Calls of one event to one uri leave in order, with the pauses that channels "
        "have; a subscription may have interactions and transitions.",
        "conferencing_failing is called once, when no meeting can be made, also because the "
        "calendar's profile is disconnected, and not at further attempts; conferencing_assigned "
        "when it is made, however late, and not for explicit conferencing.",
        "The event in a callback is what it says now, its templates filled in; conferencing is "
        "there once it is assigned, description when there is one.",
        "Event triggers are called at the exact second. Wherever the event is moved to, its "
        "triggers follow, even those that were called for the time before; a time that is past is "
        "not called. An all-day event begins and ends at midnight in its tzid. Every occurrence of "
        "a series triggers, and is the event of the callback. offset.minutes goes to 525600.",
        "What the provider does not keep (colour, url, further reminders) is not read back; a join "
        "URL becomes the location on providers without a field for it.",
        "Invitations: REQUEST with a rising SEQUENCE when summary, description, times, location "
        "and its coordinates, url, conferencing or attachments change; guests who are added get it "
        "alone; where one is removed, they get a CANCEL and everybody else the new list. Changes "
        "of transparency, reminders, colour and privacy are not mailed. Attachments are addresses "
        "in the mail (ATTACH), from which anybody can download them.",
        "Invitations to what stands in a Cronofy calendar come from an address of the event's own, "
        "…@invite.mock-cronofy.test, which is its organizer, with the application's name. Guests "
        "of events in Read-Write mode are mailed by the provider in the person's name, and what "
        "the person changes or deletes in their own calendar reaches them likewise.",
        "Subjects are Invitation: …, Updated invitation: … and Cancelled: …, with the summary; the "
        "mail's text and layout are ours.",
        "Answers to invitations: ignored if they are to an older version than the newest, if their "
        "DTSTAMP is not after that of the last answer, and from people who are not invited (whom "
        "the scenario's switch party_crashers adds instead). METHOD:COUNTER changes no time; what "
        "it proposes is kept.",
        "accepted and tentative put a copy of the event into the primary calendar of who is "
        "invited, which later mails keep up to date; declined takes it out. Who deletes an "
        "invitation from their own calendar declines it.",
    ),
)
def upsert_event(call: Call) -> Answer | None:
    body: UpsertEventRequest = call.body
    calendar: Calendar = call.target
    sandbox, authorization = call.sandbox, call.authorization
    if body.location and body.location.lat is not None:
        require_geo(call.application)
    if body.meeting_agent and body.meeting_agent.profile_id != meeting_agents.NONE:
        meeting_agents.require(call.application)
    if body.event_id is not None:
        if body.event_uid is not None:
            call.remark("ignored_parameter", "ignored: event_uid, because event_id is given")
        event = finding_events.find_managed(sandbox, authorization, calendar, body.event_id)
        if body.only_agent and event is not None and not event.deleted:
            events.set_agent(sandbox, calendar, event, body.agent)
        else:
            events.upsert(sandbox, authorization, calendar, body.event_id, _event_write(call, body))
    else:
        write = _event_write(call, body)
        assert body.event_uid is not None
        check_external_uid(body.event_uid)
        ignored = events.edit_external(sandbox, authorization, calendar, body.event_uid, write)
        if ignored:
            names = ", ".join(ignored)
            call.remark(
                "ignored_parameter",
                f"ignored: {names}, which only its own application can set",
            )
    return _userinfo(call, body.include_userinfo)


def _event_write(call: Call, body: UpsertEventRequest) -> EventWrite:
    _require_whole(body)
    check_years(call.sandbox, start=body.start, end=body.end)
    return body.to_record()


def _require_whole(body: UpsertEventRequest) -> None:
    """Raise Unprocessable for everything that is missing."""
    missing = [name for name in ("summary", "start", "end") if getattr(body, name) is None]
    if body.event_id is None and body.event_uid is None:
        missing.insert(0, "event_id")
    if missing:
        raise Unprocessable(
            {name: [("errors.required", "required")] for name in missing},
            f"{', '.join(missing)}: missing or empty; only the meeting_agent of an event that "
            "exists can be written alone",
        )


class DeleteEventRequest(BaseModel):
    """``event_id`` names the application's own event, else ``event_uid`` an external one."""

    model_config = ConfigDict(defer_build=True)

    event_id: str | None = None
    event_uid: str | None = None
    include_userinfo: bool = False


@endpoint(
    "DELETE",
    "/v1/calendars/{calendar_id}/events",
    title="Delete event",
    docs="api/events/delete-event",
    credentials=(Credential.ACCESS_TOKEN,),
    scope=("delete_event",),
    owned=_calendar,
    body=DeleteEventRequest,
    status=202,
    answer=shapes_events.WithUserinfo,
    may_be_empty=True,
    errors=(401, 403, 404, 422, 423),
    assumed=(
        "An event_id that is unknown or deleted already is 202, an event_uid 404.",
        "event_id counts where both are given.",
        "Whoever was invited gets a cancellation: METHOD:CANCEL with the next SEQUENCE and the "
        "subject Cancelled: …, from the address that invited them. It takes the event out of their "
        "calendar, and answers that come later are ignored.",
        "A recurring external event, and one of a read-only calendar, is 403.",
    ),
)
def delete_event(call: Call) -> Answer | None:
    body: DeleteEventRequest = call.body
    sandbox, authorization = call.sandbox, call.authorization
    if body.event_id is not None:
        events.delete(sandbox, authorization, call.target, body.event_id)
    elif body.event_uid is not None:
        check_external_uid(body.event_uid)
        events.delete_external(sandbox, authorization, call.target, body.event_uid)
    else:
        raise Unprocessable.of(
            "event_id", "errors.required", "required", "event_id, or event_uid, is missing"
        )
    return _userinfo(call, body.include_userinfo)


def check_external_uid(event_uid: str) -> None:
    if not finding_events.is_event_uid(event_uid):
        raise Unprocessable.of(
            "event_uid",
            "errors.must_be_external_event_uid",
            "must be an external event uid",
            f"event_uid is {event_uid!r}: expected evt_external_ and 24 hex digits, as reads "
            "answer it",
        )


class BulkDeleteRequest(BaseModel):
    """Exactly one of the two."""

    model_config = ConfigDict(defer_build=True)

    delete_all: OnlyTrue | None = None
    calendar_ids: CalendarIds | None = None


@endpoint(
    "DELETE",
    "/v1/events",
    title="Bulk delete events",
    docs="api/events/bulk-delete-events",
    credentials=(Credential.ACCESS_TOKEN,),
    scope=("delete_event",),
    body=BulkDeleteRequest,
    query=BulkDeleteRequest,
    status=202,
    errors=(401, 403, 422, 423),
    assumed=(
        "Both parameters are 422 errors.conflict on delete_all, neither errors.required; so is "
        "a list of nothing.",
        "Where one of the calendars holds an event of the application and cannot be written to, "
        "nothing is deleted.",
    ),
)
def bulk_delete_events(call: Call) -> None:
    delete_all, calendar_ids = call.body.delete_all, call.body.calendar_ids
    if delete_all is None and calendar_ids is None:
        # The Python SDK sends both in the query.
        delete_all, calendar_ids = call.query.delete_all, call.query.calendar_ids
    calendars = _doomed(call, delete_all, calendar_ids)
    events.delete_all(call.sandbox, call.authorization, calendars)


def _doomed(call: Call, delete_all: bool | None, calendar_ids: list[str] | None) -> list[Calendar]:
    if delete_all is None and calendar_ids is None:
        raise Unprocessable.of(
            "delete_all",
            "errors.required",
            "required",
            "delete_all: true, or calendar_ids, is needed",
        )
    if delete_all is not None and calendar_ids is not None:
        raise Unprocessable.of(
            "delete_all",
            "errors.conflict",
            "must not be given with calendar_ids",
            "delete_all: true, or calendar_ids, but not both",
        )
    if calendar_ids == []:
        raise Unprocessable.of(
            "calendar_ids", "errors.required", "required", "calendar_ids names no calendar"
        )
    return finding_events.chosen(call.sandbox, call.authorization, calendar_ids)


class ParticipationRequest(BaseModel):
    model_config = ConfigDict(defer_build=True)

    status: Literal["accepted", "tentative", "declined"]


@endpoint(
    "POST",
    "/v1/calendars/{calendar_id}/events/{event_uid}/participation_status",
    title="Participation status",
    docs="api/events/participation-status",
    credentials=(Credential.ACCESS_TOKEN,),
    scope=("change_participation_status",),
    owned=lambda call: finding_events.find(call.sandbox, _calendar(call), call.path["event_uid"]),
    body=ParticipationRequest,
    status=202,
    errors=(401, 403, 404, 422, 423),
    assumed=(
        "403 where the event's options.change_participation_status is false.",
        "An unknown status is 422 errors.not_recognized.",
        "An occurrence of a series answers for the whole series.",
        "The same answer again changes nothing.",
    ),
)
def change_participation_status(call: Call) -> None:
    participation.change(
        call.sandbox, call.authorization, _calendar(call), call.target, call.body.status
    )


ENDPOINTS = (upsert_event, delete_event, bulk_delete_events, change_participation_status)
