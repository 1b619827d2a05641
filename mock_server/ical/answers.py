"""Reading answers to invitations: REPLY and COUNTER of RFC 5546 (notifications §3)."""

from __future__ import annotations

from mock_server.ical import reading
from mock_server.ical.ics import PARTSTATS
from mock_server.ical.reading import Calendar, Properties, Unreadable
from mock_server.world.records import Record
from mock_server.world.smart_invites import Proposal

METHODS = ("REPLY", "COUNTER")

STATUSES = {partstat: status for status, partstat in PARTSTATS.items()}
_ANSWERS = {"ACCEPTED", "TENTATIVE", "DECLINED"}

# Characters of a comment that are kept: callbacks and mailboxes repeat it, for each answer.
_LONGEST_COMMENT = 10_000


class Answer(Record, frozen=True):
    """What somebody answers to the invitation ``uid``.

    ``attendee`` is their address in lower case; ``status`` one of ``accepted | tentative |
    declined | needs_action``. ``stamp`` is in seconds since the epoch; ``proposal`` what a
    COUNTER asks for.
    """

    method: str
    uid: str
    attendee: str
    status: str
    sequence: int = 0
    stamp: int | None = None
    comment: str | None = None
    proposal: Proposal | None = None


def answer(calendar: Calendar, sender: str | None = None) -> Answer:
    """The answer that ``calendar`` is; where it names several people, the one of ``sender``.

    Raises :class:`Unreadable`.
    """
    method, event = calendar.method, calendar.event
    if method not in METHODS:
        raise Unreadable(f"METHOD is {reading.shown(method)}; expected REPLY or COUNTER.")
    if "RECURRENCE-ID" in event:
        raise Unreadable(
            "It has a RECURRENCE-ID, so it is about one occurrence; "
            "expected an answer about the whole series."
        )
    attendee, partstat = _attendee(event, sender)
    if method == "COUNTER" and partstat not in _ANSWERS:
        partstat = "TENTATIVE"
    comments = [reading.unescape(p.value).strip() for p in event.get("COMMENT", ())]
    stamp = reading.moment(event, "DTSTAMP")
    return Answer(
        method=method,
        uid=reading.text(event, "UID"),
        attendee=attendee,
        status=STATUSES.get(partstat, "needs_action"),
        sequence=reading.sequence(event),
        stamp=stamp.seconds if stamp else None,
        comment="\n".join(filter(None, comments))[:_LONGEST_COMMENT] or None,
        proposal=_proposal(event) if method == "COUNTER" else None,
    )


def _attendee(event: Properties, sender: str | None) -> tuple[str, str]:
    """The address of whoever answers, and their PARTSTAT."""
    found = {}
    for attendee in event.get("ATTENDEE", ()):
        partstat = str(attendee.parameters.get("PARTSTAT", "NEEDS-ACTION"))
        found[reading.address("ATTENDEE", attendee)] = partstat.upper()
    if not found:
        raise Unreadable("It has no ATTENDEE, so nobody answers.")
    if sender in found:
        return sender, found[sender]
    if len(found) > 1:
        raise Unreadable(
            f"It names {len(found)} ATTENDEEs, none of them its sender; "
            "expected the one who answers."
        )
    return next(iter(found.items()))


def _proposal(event: Properties) -> Proposal | None:
    """The start and end that are proposed; None where one of them is not said."""
    span = reading.span(event)
    if span is None:
        return None
    start, end = span
    return Proposal(start.seconds, end.seconds, start.tzid, start.is_date)
