"""How often a series takes place, as its invitations say in words."""

from __future__ import annotations

import pytest

from mock_server.delivery import mime
from mock_server.rules.invitations import repeats
from mock_server.world.events import Recurrence, WeekDay
from tests.contract.events import Open, open_writer
from tests.mail.invites import invite, message

MONDAY, FRIDAY = WeekDay("monday"), WeekDay("friday")

WORDS = [
    (Recurrence("daily"), "every day"),
    (Recurrence("weekly", interval=2), "every 2 weeks"),
    (
        Recurrence("weekly", by_day=(MONDAY, FRIDAY), until="2027-06-04"),
        "every week on Monday, Friday until 4 June 2027",
    ),
    (Recurrence("monthly", by_day=(WeekDay("friday", -1),)), "every month on the last Friday"),
    (
        Recurrence("monthly", by_day=(WeekDay("friday", -2), WeekDay("monday", 3))),
        "every month on the 2nd last Friday, the 3rd Monday",
    ),
    (
        Recurrence("yearly", by_day=tuple(WeekDay("monday", nth) for nth in (1, 4, 12, 22))),
        "every year on the 1st Monday, the 4th Monday, the 12th Monday, the 22nd Monday",
    ),
    (Recurrence("daily", count=10), "every day, 10 times"),
    (Recurrence("daily", count=1), "every day, once"),
    (
        Recurrence("weekly", exceptions=("2027-03-11", "2027-03-18")),
        "every week, except on 11 March 2027, 18 March 2027",
    ),
]


@pytest.mark.parametrize(("recurrence", "words"), WORDS)
def test_words(recurrence: Recurrence, words: str) -> None:
    assert repeats(recurrence) == words


def test_the_page_of_an_invitation() -> None:
    assert "every 2 days" in mime.html(message(invite(recurrence=Recurrence("daily", 2))))
    assert "Repeats" not in mime.html(message(invite()))


def test_the_text_of_an_invitation_and_the_mailbox(open_sandbox: Open) -> None:
    writer = open_writer(
        open_sandbox,
        access_mode="free_busy",
        features={"free_busy": True, "recurring_events": True},
    )
    writer.write(recurrence={"rules": [{"frequency": "weekly", "by_day": ["tuesday"]}]})
    (mail,) = [mail for mail in writer.mails() if mail["method"]]
    sandbox = writer.sandbox
    text = sandbox.control("GET", f"/inbox/{mail['message_id']}").json()["text"]
    assert text.splitlines() == [
        "Invitation: Standup",
        "",
        "When: Tuesday, 12 May 2026, 09:00 to 09:30 (Etc/UTC)",
        "Repeats: every week on Tuesday",
        "From: Example Application",
    ]
    page = f"/mailboxes/jane@acme.test/{mail['message_id']}"
    shown = sandbox.http.get(page, params={"sandbox": sandbox.sandbox_id}).text
    assert "<dt>Repeats</dt><dd>every week on Tuesday</dd>" in shown
