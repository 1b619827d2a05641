"""The mailboxes of a sandbox, as a developer looks into them: what has come, and answering it.

They are in English, as everything that is for developers.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote, urlencode

import msgspec
from starlette.responses import RedirectResponse, Response

from mock_server.pages.visit import Trouble, Visit
from mock_server.rules import inbox, invitations, replies
from mock_server.world.clock import as_text
from mock_server.world.outbox import Message
from mock_server.world.sandbox import Sandbox

# The pages stay readable; the control API lists everything.
MOST_MAILBOXES = 100
MOST_MAILS = 100
MOST_SANDBOXES = 25

_BUTTONS = (("accepted", "Accept"), ("tentative", "Maybe"), ("declined", "Decline"))


class Mailbox(msgspec.Struct, frozen=True):
    """One row of the list; ``mails`` are all of its mails, oldest first."""

    email: str
    name: str
    address: str
    mails: list[Message]


class Mail(msgspec.Struct, frozen=True):
    """A mail as it is shown; ``tag`` says what kind of invitation it is, and how it stands."""

    message: Message
    address: str
    sent: str
    sent_at: str
    tag: str
    answer: str


async def mailboxes(visit: Visit) -> Response:
    """Everybody who has a mailbox: people, and whoever else was written to."""
    sandbox = _sandbox(visit)
    mails: dict[str, list[Message]] = {}
    for message in sandbox.messages:
        # The mailbox with the newest mail comes last here, and first on the page.
        received = mails.pop(message.to, [])
        received.append(message)
        mails[message.to] = received
    others = [person.email for person in sandbox.people if person.email not in mails]
    emails = [*reversed(mails), *others]
    rows = [
        Mailbox(email, _name(sandbox, email), _address(sandbox, email), mails.get(email, []))
        for email in emails[:MOST_MAILBOXES]
    ]
    living = [s.sandbox_id for s in visit.app.sandboxes if s is not sandbox]
    return _page(
        visit,
        "mailboxes/list.html",
        sandbox,
        rows=rows,
        more=len(emails) - len(rows),
        others=[(name, _with_sandbox("/mailboxes", name)) for name in living[-MOST_SANDBOXES:]],
    )


async def mailbox(visit: Visit) -> Response:
    """The mails of one person, the newest first."""
    sandbox = _sandbox(visit)
    email = _email(visit)
    messages = inbox.mails(sandbox, to=email)
    if not messages and email not in sandbox.people:
        raise Trouble("not_found", f"no mailbox {email} in sandbox {sandbox.sandbox_id}", 404)
    return _page(
        visit,
        "mailboxes/mailbox.html",
        sandbox,
        email=email,
        name=_name(sandbox, email),
        mails=[_mail(sandbox, message) for message in reversed(messages[-MOST_MAILS:])],
        more=max(0, len(messages) - MOST_MAILS),
    )


async def read(visit: Visit) -> Response:
    """One mail, with the buttons of an invitation."""
    sandbox = _sandbox(visit)
    return _shown(visit, sandbox, _message(visit, sandbox))


async def press(visit: Visit) -> Response:
    """One of the buttons: the recipient answers."""
    sandbox = _sandbox(visit)
    status = (await visit.form()).get("status", "")
    message = _message(visit, sandbox)
    if status not in replies.STATUSES:
        expected = ", ".join(replies.STATUSES)
        raise Trouble("request", f"status: found {status!r}, expected one of {expected}", 422)
    outcome = replies.reply(sandbox, message, status)
    if not outcome.applied:
        return _shown(visit, sandbox, message, problem=outcome.reason, code=422)
    return RedirectResponse(_address(sandbox, message.to, message.message_id), 303)


def _shown(
    visit: Visit, sandbox: Sandbox, message: Message, *, problem: str = "", code: int = 200
) -> Response:
    invite = message.invite
    recurrence = invite.details.recurrence if invite else None
    files = f"/_mock/sandboxes/{sandbox.sandbox_id}/inbox/{message.message_id}"
    answer = inbox.status(sandbox, message)
    return _page(
        visit,
        "mailboxes/mail.html",
        sandbox,
        code,
        mail=_mail(sandbox, message),
        email=message.to,
        standing=inbox.standing(sandbox, message),
        answer=answer,
        answered=invitations.ANSWERS.get(answer or "", ""),
        when=invitations.when(invite.details) if invite else "",
        repeats=invitations.repeats(recurrence) if recurrence else "",
        attendees=[
            (
                attendee.display_name or attendee.email,
                attendee.email,
                invitations.ANSWERS[attendee.status],
            )
            for attendee in (inbox.guests(sandbox, invite) if invite else ())
        ],
        buttons=_BUTTONS,
        problem=problem,
        eml=f"{files}.eml",
        ics=f"{files}.ics" if invite else "",
    )


def _page(
    visit: Visit, template: str, sandbox: Sandbox, status: int = 200, **values: Any
) -> Response:
    return visit.render(
        template,
        status,
        language=visit.pages.languages.english,
        sandbox=sandbox,
        home=_with_sandbox("/mailboxes", sandbox.sandbox_id),
        box=_address(sandbox, values["email"]) if "email" in values else "",
        **values,
    )


def _sandbox(visit: Visit) -> Sandbox:
    """The sandbox that the address names, ``default`` without a name; raises Trouble."""
    visit.refuse_public_name()
    sandbox_id = visit.query.get("sandbox", "default")
    sandbox = visit.app.sandboxes.get(sandbox_id)
    if sandbox is None:
        raise Trouble("not_found", f"sandbox: found {sandbox_id!r}, expected a living one", 404)
    return sandbox


def _email(visit: Visit) -> str:
    return unquote(visit.path["email"].replace("=", "%")).lower()


def _message(visit: Visit, sandbox: Sandbox) -> Message:
    message = sandbox.messages.get(visit.path["message_id"])
    if message is None or message.to != _email(visit):
        place = f"the mailbox of {_email(visit)} in sandbox {sandbox.sandbox_id}"
        raise Trouble("not_found", f"no mail {visit.path['message_id']} in {place}", 404)
    return message


def _name(sandbox: Sandbox, email: str) -> str:
    person = sandbox.people.get(email)
    return (person.name if person else None) or email


def _address(sandbox: Sandbox, email: str, message_id: str = "") -> str:
    # An address may have a slash, which a server would take for a path's; so not with "%".
    path = f"/mailboxes/{quote(email, safe='@+').replace('%', '=')}"
    return _with_sandbox(f"{path}/{message_id}" if message_id else path, sandbox.sandbox_id)


def _with_sandbox(path: str, sandbox_id: str) -> str:
    return f"{path}?{urlencode({'sandbox': sandbox_id})}"


def _mail(sandbox: Sandbox, message: Message) -> Mail:
    moment = datetime.fromtimestamp(message.sent_at, UTC)
    return Mail(
        message,
        _address(sandbox, message.to, message.message_id),
        f"{moment:%A}, {moment.day} {moment:%B %Y}, {moment:%H:%M} UTC",
        as_text(message.sent_at),
        _tag(sandbox, message),
        invitations.ANSWERS.get(inbox.status(sandbox, message) or "", ""),
    )


def _tag(sandbox: Sandbox, message: Message) -> str:
    invite = message.invite
    if invite is None:
        return ""
    if invite.method == "CANCEL":
        return "cancellation"
    standing = inbox.standing(sandbox, message)
    return "invitation" if standing == "current" else f"invitation, {standing}"


ROUTES = (
    ("GET", "/mailboxes", mailboxes),
    ("GET", "/mailboxes/{email}", mailbox),
    ("GET", "/mailboxes/{email}/{message_id}", read),
    ("POST", "/mailboxes/{email}/{message_id}", press),
)
