"""The mailboxes of a sandbox: its mails, as documents and as files, and answering them."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from mock_server.api.event_documents import attendee_document
from mock_server.control import smart_invites
from mock_server.control.app import Control, answer
from mock_server.control.documents import Document, invite_document, message_document
from mock_server.control.searches import Patience, Search
from mock_server.delivery import mime
from mock_server.ical import ics
from mock_server.rules import inbox
from mock_server.scenarios.actions import invitations
from mock_server.scenarios.actions.invitations import ReplyToInvitation
from mock_server.scenarios.fields import Email, Text
from mock_server.scenarios.problems import Problem, Unknown, validate
from mock_server.world.outbox import Invite, Message
from mock_server.world.sandbox import Sandbox


async def list_messages(control: Control) -> Response:
    return answer({"messages": [message_document(message) for message in _mails(control)]})


async def read_message(control: Control) -> Response:
    """One mail with its text, and its invitation if it has one."""
    return answer(_whole(control, _message(control)))


async def read_mail(control: Control) -> Response:
    """The mail as it is sent: headers and body (RFC 5322)."""
    message = _message(control)
    return _file(mime.rendered(message), "message/rfc822", f"{message.message_id}.eml")


async def read_calendar(control: Control) -> Response:
    """The iCalendar document of an invitation, with its method in the type (RFC 6047)."""
    message = _message(control)
    if message.invite is None:
        found = f"{message.message_id}: {message.subject!r}, a mail without an invitation"
        raise Unknown(Problem("message_id", found, "an invitation or a cancellation"))
    media_type = f"text/calendar; charset=UTF-8; method={message.invite.method}"
    return _file(ics.document(message.invite), media_type, f"{message.message_id}.ics")


async def reply(control: Control) -> Response:
    """The recipient presses Accept, Maybe or Decline in the mail."""
    sandbox, message = control.sandbox, _message(control)
    wanted = validate(ReplyToInvitation, await control.document())
    outcome = invitations.reply(sandbox, message, wanted)
    assert message.invite is not None
    return answer(
        {
            **_whole(control, message),
            "outcome": outcome,
            **_outcome(control, message.invite),
        }
    )


def _outcome(control: Control, invite: Invite) -> dict[str, Any]:
    """What the organizer's event, or the application's Smart Invite, has become."""
    smart_invite = control.sandbox.smart_invites.one("uid", invite.uid)
    if smart_invite is not None:
        return {"smart_invite": smart_invites.document(smart_invite)}
    event = control.sandbox.events.one("uid", invite.uid)
    assert event is not None
    assert event.managed is not None
    return {
        "event": {
            "calendar_id": event.calendar_id,
            "event_uid": event.event_uid,
            "event_id": event.managed.event_id,
            "participation_status": event.details.participation,
            "attendees": [attendee_document(attendee) for attendee in event.details.attendees],
        }
    }


def _whole(control: Control, message: Message) -> dict[str, Any]:
    document = message_document(message, text=True)
    if message.invite is not None:
        sandbox = control.sandbox
        address = (
            f"{control.base_url}/_mock/sandboxes/{sandbox.sandbox_id}/inbox/{message.message_id}"
        )
        document["invite"] = {
            **invite_document(message.invite),
            "standing": inbox.standing(sandbox, message),
            "status": inbox.status(sandbox, message),
            "eml_url": f"{address}.eml",
            "ics_url": f"{address}.ics",
        }
    return document


def _file(content: bytes, media_type: str, name: str) -> Response:
    return Response(
        content,
        headers={
            "Content-Type": media_type,
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _mails(control: Control) -> list[Message]:
    query = control.request.query_params
    return inbox.mails(
        control.sandbox, to=query.get("to"), uid=query.get("uid"), method=query.get("method")
    )


def _message(control: Control) -> Message:
    """The mail of the path; ``latest`` is the newest of those that the query asks for."""
    message_id = control.request.path_params["message_id"]
    mails = _mails(control)
    if message_id == "latest":
        message = mails[-1] if mails else None
    else:
        message = control.sandbox.messages.get(message_id)
    if message is None:
        if mails:
            expected = f"latest, or one of {', '.join(m.message_id for m in mails[-10:])}"
        else:
            expected = f"a mail: there is none {_others(control.sandbox)}"
        raise Unknown(Problem("message_id", repr(message_id), expected))
    return message


def _others(sandbox: Sandbox) -> str:
    """Of what was asked, and whose mailboxes there are mails in."""
    readers = list(dict.fromkeys(mail.to for mail in inbox.mails(sandbox)))
    if not readers:
        return "yet"
    more = ", …" if len(readers) > 10 else ""
    return f"of these; there are mails to {', '.join(readers[:10])}{more}"


class WaitForMessages(Patience):
    """``message`` is the address of their reader."""

    message: Email
    uid: Text | None = None
    method: Text | None = None


class Messages(Search):
    """Mails to somebody, as the inbox lists them."""

    def __init__(self, control: Control, wanted: WaitForMessages) -> None:
        self._control = control
        self._wanted = wanted

    def count(self) -> int:
        return len(self._found())

    def document(self) -> Document:
        return {"messages": [message_document(message) for message in self._found()]}

    def found(self) -> str:
        count = self.count()
        return f"{count} mails" if count else f"no mail {_others(self._control.sandbox)}"

    def _found(self) -> list[Message]:
        wanted = self._wanted
        return inbox.mails(
            self._control.sandbox, to=wanted.message, uid=wanted.uid, method=wanted.method
        )


# The files come first: to a router, `{message_id}` is their whole name as well.
ROUTES = (
    ("GET", "/sandboxes/{sandbox_id}/inbox", list_messages),
    ("GET", "/sandboxes/{sandbox_id}/inbox/{message_id}.eml", read_mail),
    ("GET", "/sandboxes/{sandbox_id}/inbox/{message_id}.ics", read_calendar),
    ("GET", "/sandboxes/{sandbox_id}/inbox/{message_id}", read_message),
    ("POST", "/sandboxes/{sandbox_id}/inbox/{message_id}/reply", reply),
)
