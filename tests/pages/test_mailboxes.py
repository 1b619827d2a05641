"""The mailboxes as a developer looks into them: lists, mails, and the buttons of invitations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.emulator import Sandbox
from tests.inviting import GUEST, JANE, Organizer
from tests.pages.html import Page
from tests.pages.visitor import Visitor

Open = Callable[..., Sandbox]

SUBJECT = "Invitation: Quarterly review"
NOON = "Monday, 11 May 2026, 12:00 UTC"
PEOPLE = [
    {"email": JANE, "name": "Jane Doe", "zoneinfo": "Europe/London"},
    {"email": "gus@acme.test", "name": "Gus Grey", "zoneinfo": "Europe/London"},
]


def opened(open_sandbox: Open, **scenario: Any) -> Sandbox:
    people = {"people": PEOPLE, **scenario}
    return open_sandbox(clock="2026-05-11T12:00:00Z", scenario=people)


@pytest.fixture
def organizer(open_sandbox: Open) -> Organizer:
    """Jane's application has invited her and a guest."""
    features = {"features": {"free_busy": True}, "name": "Planner"}
    organizer = Organizer(opened(open_sandbox, applications=[features]))
    organizer.write()
    return organizer


def visit(sandbox: Sandbox, *path: str) -> Visitor:
    address = "/".join(("/mailboxes", *path))
    return Visitor(sandbox.http).open(address, sandbox=sandbox.sandbox_id)


def mailbox_of(organizer: Organizer, email: str) -> Visitor:
    return visit(organizer.sandbox, email)


def test_the_start_page_leads_there(http: httpx.Client) -> None:
    """To the mailboxes of the default sandbox."""
    visitor = Visitor(http).open("/").follow("The mailboxes")
    assert visitor.page.heading == "Mailboxes"
    assert "in the sandbox default:" in " ".join(visitor.lines)
    (current,) = [a for a in visitor.page.html.all("a") if "aria-current" in a.attributes]
    assert current.text() == "Mailboxes"


def test_the_list(organizer: Organizer) -> None:
    """Whoever got mail last comes first, then those who got none; guests have one too."""
    lines = visit(organizer.sandbox).lines
    assert lines[0] == "# Mailboxes"
    assert [line for line in lines if "@" in line] == [
        f"[{GUEST} 1 mail, the latest: {SUBJECT}]",
        f"[Jane Doe {JANE} 1 mail, the latest: {SUBJECT}]",
        "[Gus Grey gus@acme.test no mails]",
    ]
    listed = organizer.sandbox.http.get(visit(organizer.sandbox).page.links["All mails as JSON"])
    assert len(listed.json()["messages"]) == 2


def test_an_empty_sandbox(open_sandbox: Open) -> None:
    """Says so, and leads to the other sandboxes."""
    sandbox = open_sandbox()
    visitor = visit(sandbox)
    assert "Nobody has a mailbox yet." in visitor.lines
    assert "in the sandbox default:" in " ".join(visitor.follow("default").lines)


def test_a_mailbox(organizer: Organizer) -> None:
    """The newest mail first, with its sender and how it stands."""
    organizer.write(summary="Another review")
    organizer.delete()
    visitor = visit(organizer.sandbox).follow("Jane Doe")
    assert (
        visitor.lines
        == [
            "[All mailboxes]",
            "# Jane Doe",
            f"The mailbox of {JANE}, in the sandbox {organizer.sandbox.sandbox_id}. "
            "The newest mail comes first.",
            f"[Cancelled: Another review Planner {NOON} cancellation]",
            f"[Updated invitation: Another review Planner {NOON} invitation, cancelled]",
            f"[{SUBJECT} Planner {NOON} invitation, superseded]",
        ]
        or visitor.lines
    )
    assert "No mails yet." in visit(organizer.sandbox, "gus@acme.test").lines


def test_an_invitation(organizer: Organizer) -> None:
    """Who, when, where, and what to do about it."""
    visitor = visit(organizer.sandbox).follow(GUEST).follow(SUBJECT)
    (sender,) = {mail["from"] for mail in organizer.mails()}
    assert visitor.lines == [
        f"[Mailbox of {GUEST}]",
        f"# {SUBJECT}",
        "From",
        f"Planner ({sender})",
        "To",
        GUEST,
        "Sent",
        NOON,
        "## Invitation",
        "What",
        "Quarterly review",
        "When",
        "Tuesday, 12 May 2026, 10:00 to 11:00 (Europe/London)",
        "Where",
        "Board room, 3rd floor",
        "Guests",
        f"{JANE}: not answered",
        f"Guest Partner ({GUEST}): not answered",
        "Your answer: not answered",
        "(Accept)",
        "(Maybe)",
        "(Decline)",
        "## Text",
        "## Files",
        "The mail as it was sent, and the invitation in it.",
        "[Download .eml] [Download .ics]",
    ]
    assert "Bring the numbers." in visitor.page.main.text()
    for label, kind in (("Download .eml", "message/rfc822"), ("Download .ics", "text/calendar")):
        file = organizer.sandbox.http.get(visitor.page.links[label])
        assert (file.status_code, file.headers["content-type"].split(";")[0]) == (200, kind)


@pytest.mark.parametrize(
    ("button", "status", "shown"),
    [
        ("Accept", "accepted", "accepted"),
        ("Maybe", "tentative", "maybe"),
        ("Decline", "declined", "declined"),
    ],
)
def test_answering(organizer: Organizer, button: str, status: str, shown: str) -> None:
    """The button is pressed, the page says so, and the application reads it."""
    visitor = mailbox_of(organizer, GUEST).follow(SUBJECT).submit(button)
    assert visitor.response.status_code == 200
    assert f"Your answer: {shown}" in visitor.lines
    assert f"Guest Partner ({GUEST}): {shown}" in visitor.lines
    pressed = [
        b.text() for b in visitor.page.main.all("button") if b.attributes["aria-pressed"] == "true"
    ]
    assert pressed == [button]
    assert organizer.statuses() == {JANE: "needs_action", GUEST: status}
    assert f"invitation, {shown}" in " ".join(visitor.follow("Mailbox of").lines)


def test_what_cannot_be_answered(organizer: Organizer) -> None:
    """No buttons where a later mail has taken an invitation's place; and who had the page open
    before is told why their answer does not count."""
    stale = mailbox_of(organizer, JANE).follow(SUBJECT)
    organizer.write(summary="Another review")
    assert stale.submit("Accept").response.status_code == 422
    assert "## Not answered" in stale.lines
    assert "version 1 has been sent since" in stale.page.main.text()
    assert "A later invitation has taken the place of this one: answer that." in stale.lines
    assert stale.page.forms == []
    organizer.delete()
    lines = mailbox_of(organizer, JANE).follow("Updated invitation").lines
    assert "This invitation has been cancelled since." in lines
    visitor = mailbox_of(organizer, JANE).follow("Cancelled:")
    assert "## Cancellation" in visitor.lines
    assert visitor.page.forms == []
    assert organizer.mails() != []


def test_a_mail_without_an_invitation(open_sandbox: Open) -> None:
    """Its text with the link in it, and the mail as a file."""
    sandbox = opened(open_sandbox)
    profile_id = sandbox.connect(JANE)["linking_profile"]["profile_id"]
    sandbox.control("POST", f"/profiles/{profile_id}/disconnect")
    visitor = visit(sandbox, JANE).follow("Your calendar needs to be reconnected")
    assert visitor.page.forms == []
    assert "Download .ics" not in visitor.page.links
    (relink,) = [text for text in visitor.page.links if "/relink/" in text]
    # The server of the tests does not know its own port.
    address = urlsplit(visitor.page.links[relink])
    assert sandbox.http.get(f"{address.path}?{address.query}").status_code in {200, 302}


def test_nothing_is_there(organizer: Organizer) -> None:
    """404, with what was looked for: a sandbox, a mailbox, a mail, a mail of somebody else."""
    http, sandbox_id = organizer.sandbox.http, organizer.sandbox.sandbox_id
    mail_of_jane = organizer.mails(to=JANE)[0]["message_id"]
    for path, sought in (
        ("/mailboxes?sandbox=none", "sandbox: found 'none'"),
        (f"/mailboxes/who@x.test?sandbox={sandbox_id}", "no mailbox who@x.test"),
        (f"/mailboxes/{JANE}/msg_x?sandbox={sandbox_id}", "no mail msg_x"),
        (f"/mailboxes/{GUEST}/{mail_of_jane}?sandbox={sandbox_id}", f"no mail {mail_of_jane}"),
        (f"/mailboxes/{JANE}/{mail_of_jane}", "sandbox default"),
    ):
        response = http.get(path, headers={"Accept": "text/html"})
        assert response.status_code == 404
        assert sought in Page(response.text).main.text()


def test_who_may_press(organizer: Organizer) -> None:
    """Not another site's page, not a browser under a public name; no other word than three."""
    message_id = organizer.mails(to=JANE)[0]["message_id"]
    path = f"/mailboxes/{JANE}/{message_id}?sandbox={organizer.sandbox.sandbox_id}"
    http = organizer.sandbox.http
    foreign = {"Origin": "https://evil.example"}
    assert http.post(path, data={"status": "accepted"}, headers=foreign).status_code == 403
    renamed = {"Host": "evil.example"}
    assert http.get(path, headers=renamed).status_code == 403
    assert http.post(path, data={"status": "accepted"}, headers=renamed).status_code == 403
    for status in ("yes", "needs_action", ""):
        assert http.post(path, data={"status": status}).status_code == 422
    assert organizer.statuses() == {JANE: "needs_action", GUEST: "needs_action"}


@pytest.mark.parametrize("local", ["a/b", "100%41", "a?b#c", "a=2fb", "<b>&amp;", "ünï", "a+b"])
def test_odd_addresses(organizer: Organizer, local: str) -> None:
    """Every link leads where it says, and markup stays text."""
    email = f"{local}@partner.test"
    summary = "<script>alert(1)</script> & more"
    guests = {"invite": [{"email": email, "display_name": "<i>Odd</i>"}]}
    organizer.write(event_id="odd", summary=summary, attendees=guests)
    visitor = visit(organizer.sandbox).follow(email).follow(f"Invitation: {summary}")
    assert f"# Invitation: {summary}" in visitor.lines
    assert f"<i>Odd</i> ({email}): not answered" in visitor.lines
    visitor.submit("Accept")
    assert f"<i>Odd</i> ({email}): accepted" in visitor.lines
    assert visitor.follow("Mailbox of").page.heading == email


def test_visits_are_not_in_the_journal(organizer: Organizer) -> None:
    """It holds what applications ask for."""
    before = organizer.sandbox.control("GET", "/journal").json()
    visit(organizer.sandbox, JANE)
    assert organizer.sandbox.control("GET", "/journal").json() == before
