"""What must hold between the records of a snapshot: rules rely on it, and never look.

A sandbox's own snapshots always hold together; one that somebody has edited may not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from mock_server.api.parsing import Unreadable, refuse_depth
from mock_server.rules import due, event_reads, time_zones
from mock_server.rules.access_modes import ACCESS_MODES
from mock_server.rules.applications import PLAN_LEVELS
from mock_server.rules.conferencing_profiles import SERVICES
from mock_server.rules.faults import MOST_FAULTS
from mock_server.rules.outages import MOST_OUTAGES
from mock_server.rules.providers import NO_PROVIDER, PROVIDERS
from mock_server.scenarios import faults
from mock_server.scenarios.actions.deliveries import failure_outcome
from mock_server.scenarios.problems import Invalid, Problem, shown
from mock_server.world.accounts import INDIVIDUAL
from mock_server.world.availability import AvailabilityRule, AvailablePeriod
from mock_server.world.clock import LATEST, is_date
from mock_server.world.events import MOST_NTH, Details, Event, Recurrence
from mock_server.world.faults import Fault
from mock_server.world.grants import FormerToken
from mock_server.world.meeting_agents import MeetingAgent
from mock_server.world.outages import Outage
from mock_server.world.outbox import Failure, Message
from mock_server.world.result_pages import ResultPage
from mock_server.world.sandbox import Sandbox
from mock_server.world.smart_invites import SmartInvite
from mock_server.world.timeline import MOST_ENTRIES, TimelineEntry
from mock_server.world.timers import Timer

# The year 1000: before it, clocks could not show every zone's time.
_FIRST = -30_610_224_000

Rows = Mapping[str, Sequence[Any]]
Values = Callable[[Any], Iterable[Hashable]]

_SUBJECTS = {
    "account": "accounts",
    "service_account": "service_accounts",
    "application_calendar": "application_calendars",
}


def _authorization(record: Any) -> Iterable[Hashable]:
    return ((record.client_id, record.sub),)


# A table, what its records name, and the table that must have it.
_REFERENCES: tuple[tuple[str, Values, str], ...] = (
    ("organizations", lambda r: (r.administrator, *r.members), "people"),
    ("organizations", lambda r: (resource.email for resource in r.resources), "people"),
    ("applications", lambda r: (r.organization,) if r.organization else (), "organizations"),
    ("provider_calendars", lambda r: (r.email,), "people"),
    ("provider_events", lambda r: (r.provider_calendar_id,), "provider_calendars"),
    ("authors", lambda r: (r.client_id,), "applications"),
    ("events", lambda r: (r.calendar_id,), "calendars"),
    ("events", lambda r: (r.managed.client_id,) if r.managed else (), "applications"),
    ("channels", _authorization, "authorizations"),
    ("attachments", lambda r: (r.client_id,), "applications"),
    ("meeting_agents", lambda r: (r.client_id,), "applications"),
    (
        "meeting_agents",
        lambda r: ((r.client_id, r.account),) if r.account else (),
        "authorizations",
    ),
    ("smart_invites", lambda r: (r.client_id,), "applications"),
    ("failures", lambda r: (r.delivery_id,) if r.delivery_id else (), "deliveries"),
    ("availability_rules", _authorization, "authorizations"),
    ("availability_rules", lambda r: r.calendar_ids or (), "calendars"),
    ("available_periods", _authorization, "authorizations"),
    ("result_pages", _authorization, "authorizations"),
    ("result_pages", lambda r: (item.event.calendar_id for item in r.items), "calendars"),
    ("profiles", lambda r: (r.email,) if r.email else (), "people"),
    ("profiles", lambda r: (r.sub,) if r.email else (), "accounts"),
    ("calendars", lambda r: (r.profile_id,), "profiles"),
    ("authorizations", lambda r: (r.client_id,), "applications"),
    ("authorizations", lambda r: r.profile_ids, "profiles"),
    ("access_tokens", _authorization, "authorizations"),
    ("codes", _authorization, "authorizations"),
    ("codes", lambda r: (r.profile_id,) if r.profile_id else (), "profiles"),
    ("permission_requests", _authorization, "authorizations"),
    ("conferencing_profiles", lambda r: (r.sub,), "accounts"),
    ("conferencing_requests", _authorization, "authorizations"),
    ("conferencing_requests", lambda r: (r.sub,), "accounts"),
    ("service_accounts", _authorization, "authorizations"),
    ("service_accounts", lambda r: (r.domain,), "organizations"),
    ("application_calendars", _authorization, "authorizations"),
    ("application_calendars", lambda r: (r.profile_id,), "profiles"),
)

# A table, and the records that a sandbox has of it at most.
_MOST = {"faults": MOST_FAULTS, "outages": MOST_OUTAGES, "timeline": MOST_ENTRIES}

# A table, a value of its records, and what that can be.
_WORDS: tuple[tuple[str, str, Collection[str]], ...] = (
    ("applications", "plan", PLAN_LEVELS),
    ("people", "provider", (*PROVIDERS, NO_PROVIDER)),
    ("organizations", "provider", PROVIDERS),
    ("profiles", "access_mode", (*ACCESS_MODES, "application")),
    ("service_accounts", "access_mode", ACCESS_MODES),
    ("authorizations", "kind", _SUBJECTS),
    ("former_tokens", "ended_by", ("time", "application", "person")),
    ("former_tokens", "kind", ("access", "refresh")),
    ("conferencing_profiles", "provider_name", SERVICES),
    ("timers", "kind", due.NAMES),
    ("result_pages", "kind", ("events", "free_busy", "available_periods")),
)


def check(sandbox: Sandbox, rows: Rows) -> Problem | None:
    """The first thing that does not hold in ``rows``, by table; None if all does."""
    return next(_problems(sandbox, rows), None)


def _problems(sandbox: Sandbox, rows: Rows) -> Iterator[Problem]:
    known = {
        name: {table.key(record) for record in rows.get(name, ())}
        for name, table in sandbox.tables().items()
    }
    if not known["applications"]:
        yield Problem("tables.applications", "none", "at least one application")
    for name, most in _MOST.items():
        if len(rows.get(name, ())) > most:
            yield Problem(f"tables.{name}", f"{len(rows[name])} records", f"at most {most}")
    for name, word, words in _WORDS:
        for index, record in enumerate(rows.get(name, ())):
            value = getattr(record, word)
            if value not in words:
                place = f"tables.{name}[{index}].{word}"
                yield Problem(place, shown(value), f"one of {', '.join(words)}")
    for name, values, target in _REFERENCES:
        for index, record in enumerate(rows.get(name, ())):
            for value in values(record):
                if value not in known[target]:
                    yield _dangling(name, index, value, target)
    for name, own in (
        ("applications", _application),
        ("people", _person),
        ("former_tokens", _former_token),
        ("conferencing_requests", _conferencing_request),
        ("profiles", _profile),
        ("authorizations", _subject),
        ("deliveries", _delivery),
        ("failures", _failure),
        ("events", _event),
        ("meeting_agents", _meeting_agent),
        ("provider_events", _provider_event),
        ("smart_invites", _smart_invite),
        ("availability_rules", _availability_rule),
        ("available_periods", _available_period),
        ("messages", _message),
        ("result_pages", _page),
        ("timers", _timer),
        ("timeline", _timeline_entry),
        ("faults", _fault),
        ("outages", _fault),
    ):
        for index, record in enumerate(rows.get(name, ())):
            for found, expected in own(record, known):
                yield Problem(f"tables.{name}[{index}]", found, expected)


def _dangling(name: str, index: int, value: object, target: str) -> Problem:
    return Problem(f"tables.{name}[{index}]", shown(value), f"something in tables.{target}")


Known = dict[str, set[Any]]
Own = Iterator[tuple[str, str]]


def _application(record: Any, known: Known) -> Own:
    if not record.client_secrets:
        yield "no client_secrets", "at least one"


def _person(record: Any, known: Known) -> Own:
    for service in record.conferencing:
        yield from _service(service.provider_name)


def _former_token(record: FormerToken, known: Known) -> Own:
    yield from _times(record.ended_at)


def _conferencing_request(record: Any, known: Known) -> Own:
    if record.provider_name is not None:
        yield from _service(record.provider_name)


def _service(provider_name: str) -> Own:
    if provider_name not in SERVICES:
        yield f"the provider_name {shown(provider_name)}", f"one of {', '.join(SERVICES)}"


def _profile(record: Any, known: Known) -> Own:
    if (record.email is None) != (record.access_mode == "application"):
        yield f"email {shown(record.email)}", "an e-mail address, but for application calendars"


def _subject(record: Any, known: Known) -> Own:
    target = _SUBJECTS.get(record.kind)
    if target and record.sub not in known[target]:
        yield shown(record.sub), f"something in tables.{target}"
    for grant in record.grants:
        through = (record.client_id, grant.source)
        if grant.source != INDIVIDUAL and through not in known["authorizations"]:
            yield f"a grant through {shown(grant.source)}", "something in tables.authorizations"


def _provider_event(record: Any, known: Known) -> Own:
    yield from _times(record.created, record.updated)
    yield from _details(record.details)


def _event(record: Event, known: Known) -> Own:
    yield from _provider_event(record, known)
    for span in record.moved_from:
        yield from _span(*span)
    if record.managed is not None:
        try:
            refuse_depth([record.managed.event_classes, record.managed.meeting_agent])
        except Unreadable as unreadable:
            yield str(unreadable), "what an application could have sent"


def _meeting_agent(record: MeetingAgent, known: Known) -> Own:
    yield from _times(record.start, record.end)
    if (record.event is None) != (record.account is None):
        yield "an event without an account, or an account without", "both, or neither"


def _page(record: ResultPage, known: Known) -> Own:
    for item in record.items:
        yield from _event(item.event, known)
        yield from _span(item.start, item.end)
        if record.kind == "free_busy" and event_reads.free_busy_status(item.event) is None:
            yield "an event that takes no time", "only those that do, in a page of busy times"
    for period in record.periods:
        yield from _available_period(period, known)


def _availability_rule(record: AvailabilityRule, known: Known) -> Own:
    yield from _time_zone(record.tzid)
    for hours in record.weekly_periods:
        if hours.end <= hours.start:
            yield f"hours that end at minute {hours.end}", f"an end after minute {hours.start}"


def _available_period(record: AvailablePeriod, known: Known) -> Own:
    yield from _span(record.start, record.end)
    if record.tzid is not None:
        yield from _time_zone(record.tzid)


def _smart_invite(record: SmartInvite, known: Known) -> Own:
    yield from _times(record.stamp)
    yield from _details(record.details)
    if record.details.organizer is None:
        yield "details without an organizer", "an organizer: whom people answer"
    if record.single and len(record.recipients) > 1:
        yield f"{len(record.recipients)} recipients of a single invite", "one"
    proposals = [r.proposal for r in record.recipients] + [r.proposal for r in record.replies]
    for proposal in filter(None, proposals):
        yield from _times(proposal.start, proposal.end)
        if proposal.tzid is not None:
            yield from _time_zone(proposal.tzid)


def _message(record: Message, known: Known) -> Own:
    yield from _times(record.sent_at)
    if record.invite is not None:
        if record.invite.method not in {"REQUEST", "CANCEL"}:
            yield f"the method {shown(record.invite.method)}", "REQUEST or CANCEL"
        yield from _times(record.invite.stamp)
        yield from _details(record.invite.details)


def _timer(record: Timer, known: Known) -> Own:
    parts = due.parts(record.kind)
    if len(record.subject) != parts:
        yield f"a subject of {len(record.subject)} parts", f"{parts}, as {record.kind} takes"


def _timeline_entry(record: TimelineEntry, known: Known) -> Own:
    from mock_server.scenarios import timeline  # knows every action, which takes time

    if (record.at is None) == (record.when is None):
        yield "a timeline entry with at and when, or with neither", "one of them"
    if record.at is not None:
        yield from _times(record.at)
    try:
        timeline.read(record.do)
    except (Invalid, ValueError):
        yield f"the actions {shown(record.do)}", "those of a timeline entry, as JSON"
    if record.when is not None:
        yield from _sound("when.", timeline.refuse_unsound, record.when)
    for happening in record.happened:
        yield from _times(happening.at)
        try:
            # As it is shown: among an entry's happenings, in a list of entries.
            orjson.dumps({"entries": [{"happened": [{"": orjson.loads(happening.outcome)}]}]})
        except (ValueError, TypeError):
            yield f"the outcome {shown(happening.outcome)}", "JSON that can be shown"


def _details(details: Details) -> Own:
    yield from _span(details.start, details.end)
    for tzid in (details.start_tzid, details.end_tzid):
        yield from _time_zone(tzid)
    if details.recurrence is not None:
        yield from _recurrence(details.recurrence)


def _time_zone(tzid: str) -> Own:
    if tzid not in time_zones.names():
        yield f"the time zone {shown(tzid)}", "a name of the tz database"


def _recurrence(recurrence: Recurrence) -> Own:
    if recurrence.count is not None and recurrence.until is not None:
        yield "a recurrence with count and until", "one of them at the most"
    for text in (recurrence.until, *recurrence.exceptions):
        if text is not None and not is_date(text):
            yield f"the day {shown(text)}", "a date, such as 2026-05-11"
    most = MOST_NTH.get(recurrence.frequency, 0)
    for day in recurrence.by_day:
        if day.nth is not None and not 0 < abs(day.nth) <= most:
            yield f"the {day.nth}th {day.day} of a {recurrence.frequency} rule", _nth(most)


def _nth(most: int) -> str:
    return f"1 to {most}, or -1 to -{most}" if most else "every one of them (null)"


def _span(start: int, end: int) -> Own:
    yield from _times(start, end)
    if end < start:
        yield f"the end {end}", f"a time from the start, {start}, on"


def _times(*moments: int) -> Own:
    for seconds in moments:
        if not _FIRST <= seconds <= LATEST:
            yield f"the time {seconds}", "seconds since the epoch, in the years 1000 to 9999"


def _delivery(record: Any, known: Known) -> Own:
    try:
        # As deliveries are shown: not with half a character in it, nor ever so deep.
        orjson.dumps(orjson.loads(record.body))
    except (ValueError, TypeError):
        yield f"the body {shown(record.body)}", "JSON"


def _fault(record: Fault | Outage, known: Known) -> Own:
    yield from _sound("", faults.refuse_unsound, record)


def _sound(prefix: str, refuse_unsound: Callable[[Any], None], record: object) -> Own:
    try:
        refuse_unsound(record)
    except Invalid as invalid:
        first = invalid.problems[0]
        yield f"{prefix}{first.place}: {first.found}", first.expected


def _failure(record: Failure, known: Known) -> Own:
    try:
        failure_outcome(record.outcome)
    except ValueError as error:
        yield f"the outcome {shown(record.outcome)}", str(error)
    if record.times < 1:
        yield f"{record.times} times", "at least 1"
