"""Smart Invites: what an application invites people to by a file that it mails itself
(notifications §§2.1, 2.2).
"""

from __future__ import annotations

from mock_server.errors import NotFound, Unprocessable
from mock_server.rules.access_modes.cronofy_calendar import INVITATION_DOMAIN
from mock_server.rules.event_writes import is_rescheduled
from mock_server.rules.events import UID_DOMAIN
from mock_server.world.applications import Application
from mock_server.world.events import Answer, Attendee, Details, Organizer
from mock_server.world.outbox import Invite
from mock_server.world.records import Record, replace
from mock_server.world.sandbox import Sandbox
from mock_server.world.smart_invites import InviteStatus, Recipient, SmartInvite


class Invited(Record, frozen=True):
    """Somebody whom a request names; ``status`` is None where it says none."""

    email: str
    status: InviteStatus | None = None


class Request(Record, frozen=True):
    """What creates or updates an invite. ``details`` have no organizer."""

    smart_invite_id: str
    single: bool
    invited: tuple[Invited, ...]
    details: Details
    given: tuple[str, ...]
    callback_url: str | None = None
    organizer_name: str | None = None
    organizer_email: str | None = None


def find(
    sandbox: Sandbox, application: Application, smart_invite_id: str, email: str | None
) -> SmartInvite:
    """The application's invite of this id: the one for ``email`` alone, or (None) the one for
    several people. Raises NotFound.
    """
    key = (application.client_id, smart_invite_id, email)
    invite = sandbox.smart_invites.get(key)
    if invite is None:
        raise NotFound(_unknown(sandbox, application, smart_invite_id, email))
    return invite


def needs_email(sandbox: Sandbox, application: Application, smart_invite_id: str) -> bool:
    """Whether all its invites of this id are for one person each."""
    found = _named(sandbox, application, smart_invite_id)
    return bool(found) and all(invite.single for invite in found)


def request(sandbox: Sandbox, application: Application, wanted: Request) -> SmartInvite:
    """Invite people, or tell those who have been that something is different."""
    email = wanted.invited[0].email if wanted.single else None
    old = sandbox.smart_invites.get((application.client_id, wanted.smart_invite_id, email))
    if old is None:
        return sandbox.smart_invites.put(_new(sandbox, application, wanted))
    assert old.details.organizer is not None
    organizer = Organizer(
        wanted.organizer_email or old.details.organizer.email,
        wanted.organizer_name or old.details.organizer.display_name,
    )
    anew = old.cancelled or is_rescheduled(old.details, wanted.details)
    return sandbox.smart_invites.put(
        replace(
            _renewed(sandbox, old),
            recipients=tuple(
                _asked(None if anew else old.recipient(invited.email), invited)
                for invited in wanted.invited
            ),
            details=replace(wanted.details, organizer=organizer),
            given=wanted.given,
            callback_url=wanted.callback_url or old.callback_url,
            cancelled=False,
        )
    )


def cancel(sandbox: Sandbox, invite: SmartInvite, callback_url: str | None) -> SmartInvite:
    """It does not take place; nothing more happens to an invite that is cancelled already."""
    if invite.cancelled:
        return invite
    return sandbox.smart_invites.put(
        replace(
            _renewed(sandbox, invite),
            callback_url=callback_url or invite.callback_url,
            cancelled=True,
        )
    )


def remove(
    sandbox: Sandbox, invite: SmartInvite, email: str, callback_url: str | None
) -> tuple[SmartInvite, Invite]:
    """Take out one of several people; also the message that tells them.

    Raises Unprocessable for somebody who is not invited, and for the last one.
    """
    leaving = invite.recipient(email)
    if leaving is None:
        invited = ", ".join(recipient.email for recipient in invite.recipients)
        hint = f"{email} is not a recipient of {invite.smart_invite_id}: expected one of {invited}"
        raise Unprocessable.of("recipient.email", "errors.not_found", "not found", hint)
    if len(invite.recipients) == 1:
        hint = f"{email} is the last recipient of {invite.smart_invite_id}: cancel it instead"
        raise Unprocessable.of(
            "recipient.email", "errors.invalid", "must not be the last recipient", hint
        )
    left = sandbox.smart_invites.put(
        replace(
            _renewed(sandbox, invite),
            recipients=tuple(r for r in invite.recipients if r.email != email),
            callback_url=callback_url or invite.callback_url,
        )
    )
    told = replace(
        invitation(left), method="CANCEL", attendees=(attendee(leaving),), whole=invite.cancelled
    )
    return left, told


def invitation(invite: SmartInvite) -> Invite:
    """The message of RFC 5546 that the application is to mail, as things stand."""
    attendees = tuple(map(attendee, invite.recipients))
    return Invite(
        method="CANCEL" if invite.cancelled else "REQUEST",
        uid=invite.uid,
        sequence=invite.sequence,
        stamp=invite.stamp,
        details=replace(invite.details, attendees=attendees),
        attendees=attendees,
    )


def attendee(recipient: Recipient) -> Attendee:
    return Attendee(recipient.email, status=as_answer(recipient.status))


def as_answer(status: InviteStatus) -> Answer:
    """The same in the words that events have for it."""
    return "needs_action" if status == "pending" else status


def _new(sandbox: Sandbox, application: Application, wanted: Request) -> SmartInvite:
    # Answers that somebody forwards have nothing but the UID to tell what they are for.
    mailbox = sandbox.ids.mailbox("smart_invite")
    organizer = Organizer(f"{mailbox}@{INVITATION_DOMAIN}", application.name)
    if wanted.organizer_email is not None:
        organizer = Organizer(wanted.organizer_email)
    return SmartInvite(
        client_id=application.client_id,
        smart_invite_id=wanted.smart_invite_id,
        single=wanted.single,
        recipients=tuple(_asked(None, invited) for invited in wanted.invited),
        uid=f"{mailbox}@{UID_DOMAIN}",
        details=replace(
            wanted.details,
            organizer=replace(
                organizer, display_name=wanted.organizer_name or organizer.display_name
            ),
        ),
        given=wanted.given,
        sequence=0,
        stamp=sandbox.now(),
        callback_url=wanted.callback_url,
    )


def _asked(known: Recipient | None, invited: Invited) -> Recipient:
    """What somebody has answered stays, unless they are asked anew."""
    if known is None:
        return Recipient(invited.email, invited.status or "pending")
    if known.answered or invited.status is None:
        return known
    return replace(known, status=invited.status)


def _renewed(sandbox: Sandbox, invite: SmartInvite) -> SmartInvite:
    """The next version, later than all before it also where the clock has not moved."""
    return replace(invite, sequence=invite.sequence + 1, stamp=sandbox.now())


def _named(sandbox: Sandbox, application: Application, smart_invite_id: str) -> list[SmartInvite]:
    found = sandbox.smart_invites.by("smart_invite_id", smart_invite_id)
    return [invite for invite in found if invite.client_id == application.client_id]


def _unknown(
    sandbox: Sandbox, application: Application, smart_invite_id: str, email: str | None
) -> str:
    wanted = f"of {email}" if email is not None else "with recipients"
    others = [
        f"one of {invite.recipients[0].email}" if invite.single else "one with recipients"
        for invite in _named(sandbox, application, smart_invite_id)[:10]
    ]
    known = f"; there is {', '.join(others)}" if others else ""
    return f"no Smart Invite {wanted} has the smart_invite_id {smart_invite_id!r}{known}"
