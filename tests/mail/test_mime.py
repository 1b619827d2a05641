"""Mails as bytes: the parts of an invitation, and headers that nobody breaks out of."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.delivery import mime
from mock_server.ical import ics
from mock_server.world.events import Attendee, Meeting, Organizer
from tests.mail.invites import KIM, ORGANIZER, invite, message
from tests.mail.strict import check


def parsed(content: bytes) -> EmailMessage:
    read: Any = message_from_bytes(content, policy=default)
    assert isinstance(read, EmailMessage)
    assert [defect for part in read.walk() for defect in part.defects] == []
    return read


def test_a_plain_mail() -> None:
    written = mime.rendered(message(None, subject="Hello", text="Wörter\n", sender_name=None))
    assert written == (
        b"From: planner@cronofy.test\r\n"
        b"To: kim@guest.test\r\n"
        b"Subject: Hello\r\n"
        b"Date: Mon, 01 Feb 2027 08:00:00 +0000\r\n"
        b"Message-ID: <msg_1@mock-cronofy.invalid>\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"MIME-Version: 1.0\r\n"
        b"\r\n"
        b"W=C3=B6rter\r\n"
    )


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_the_parts_of_an_invitation(method: str) -> None:
    sent = message(invite(method, description="é 😀\n" * 500))
    mail = parsed(mime.rendered(sent))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    alternative, attachment = mail.iter_parts()
    text, page, calendar = alternative.iter_parts()
    assert text.get_content() == sent.text.replace("\n", "\r\n")
    assert page.get_content() == mime.html(sent).replace("\n", "\r\n") + "\r\n"
    assert calendar["Content-Type"] == f'text/calendar; charset="utf-8"; method="{method}"'
    assert attachment.get_filename() == "invite.ics"
    assert attachment.get_content_disposition() == "attachment"
    assert attachment["Content-Transfer-Encoding"] == "base64"
    assert sent.invite is not None
    document = ics.document(sent.invite)
    assert calendar.get_payload(decode=True) == document
    assert attachment.get_payload(decode=True) == document
    check(document)


def test_the_same_message_has_the_same_bytes() -> None:
    assert mime.rendered(message(invite())) == mime.rendered(message(invite()))


def test_lines_are_short_and_ascii() -> None:
    written = mime.rendered(message(invite(summary="é" * 3000, description="x" * 100_000)))
    assert written.isascii()
    assert max(map(len, written.split(b"\r\n"))) <= 78
    assert b"\r" not in written.replace(b"\r\n", b"")
    assert b"\n" not in written.replace(b"\r\n", b"")


NAMES = [
    "Planner\r\nBcc: victim@x.test",
    "Planner\nBcc: victim@x.test\n\nbody",
    'Eve" <eve@x.test>, "Bob',
    "=?utf-8?q?Bcc:_x?=",
    "=?utf-8?q?a=0D=0ABcc=3A_victim?=",
    "Zoë\u2028X: y\x85Z: a\x0bB: c",
    "\ud800\x00",
    "x" * 100_000,
    "(comment), <a@b.c>; group:",
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:30]))
def test_headers_hold_what_they_are_given(name: str) -> None:
    mail = parsed(mime.rendered(message(invite(), sender_name=name, subject=name)))
    assert mail.keys() == [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
    ]
    (sender,) = mail["From"].addresses
    assert sender.addr_spec == "planner@cronofy.test"
    assert [address.addr_spec for address in mail["To"].addresses] == ["kim@guest.test"]


def test_names_and_subjects_come_back() -> None:
    for name in ("Zoë Müller", 'Bob "B" Lee, Jr.', "日本語 の 名前", "O'Neil; x: y"):
        mail = parsed(mime.rendered(message(None, sender_name=name, subject=name)))
        assert mail["From"].addresses[0].display_name == name
        assert mail["Subject"] == name


@pytest.mark.parametrize(
    "address",
    [
        "kim@guest.test\r\nBcc: victim@x.test",
        "kim@x.test>, <victim@x.test",
        '"kim@x.test, victim"@x.test',
        "kim lee@x.test",
        "no address",
        "",
    ],
)
def test_no_address_adds_a_recipient(address: str) -> None:
    mail = message_from_bytes(mime.rendered(message(None, to=address)), policy=default)
    assert mail.keys().count("Bcc") == 0
    assert len(mail["To"].addresses) <= 1


def test_addresses_beyond_ascii() -> None:
    written = mime.rendered(message(invite(), to="zoë@bücher.test", sender_name="Zoë"))
    assert "To: zoë@bücher.test\r\n".encode() in written


@given(st.text(st.characters(codec=None)), st.text(st.characters(codec=None)))
def test_any_words_make_one_mail(name: str, text: str) -> None:
    mail = message_from_bytes(
        mime.rendered(message(None, sender_name=name, subject=name, text=text)), policy=default
    )
    assert len(mail.keys()) == 8
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().replace("\r\n", "\n").rstrip("\n") == ics.clean(text).rstrip("\n")


class Page(HTMLParser):
    """The elements, links and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.words: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


def test_the_page_of_an_invitation() -> None:
    page = Page(
        mime.html(
            message(
                invite(
                    location="Room 1",
                    description="See https://acme.test/plan",
                    url="https://acme.test/",
                    meeting=Meeting("https://zoom.us/j/1", "zoom"),
                    attendees=(
                        Attendee(ORGANIZER.email),
                        KIM,
                        Attendee("lee@x.test", "Lee", "declined"),
                    ),
                )
            )
        )
    )
    assert page.text == (
        "Invitation: Planning Mar 4 Invitation Planning "
        "When Thursday, 4 March 2027, 09:30 to 10:00 (Etc/UTC) "
        "Where Room 1 Join Join the meeting https://zoom.us/j/1 Link https://acme.test/ "
        "Organizer Planner (planner@cronofy.test) "
        "Guests Kim (kim@guest.test) · not answered Lee (lee@x.test) · declined "
        "See https://acme.test/plan"
    )
    assert page.links == ["https://zoom.us/j/1", "https://acme.test/", "https://acme.test/plan"]


def test_the_page_of_a_cancellation_leads_to_no_meeting() -> None:
    meeting = Meeting("https://zoom.us/j/1", "zoom")
    page = Page(
        mime.html(message(invite("CANCEL", meeting=meeting), subject="Cancelled: Planning"))
    )
    assert page.links == []
    assert "Cancelled Planning When" in page.text


def test_the_page_of_a_plain_mail() -> None:
    page = Page(mime.html(message(None, subject="Code", text="Use https://x.test/?a=1&b=2\n")))
    assert page.text == "Code Code Use https://x.test/?a=1&b=2"
    assert page.links == ["https://x.test/?a=1&b=2"]


MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "https://x.test/\"onmouseover='alert(1)'",
    "{{ 7 * 7 }}{% include 'mail.html' %}",
    "</title><style>*{}</style>",
    "data:text/html,<b>",
]


@pytest.mark.parametrize("text", MARKUP)
def test_pages_escape_and_load_nothing(text: str) -> None:
    wanted = invite(
        summary=text,
        description=text,
        location=text,
        url=text,
        meeting=Meeting(text, text),
        organizer=Organizer(f"{text}@x.test", text),
        attendees=(Attendee(f"{text}@x.test", text),),
    )
    for page in (
        mime.html(message(wanted, subject=text, text=text)),
        mime.html(message(None, subject=text, text=text)),
    ):
        found = Page(page)
        assert found.tags <= {
            *("html", "head", "meta", "title", "body", "table", "tr", "td", "th"),
            *("div", "p", "h1", "span", "a", "br"),
        }
        assert not {a for a in found.attributes if a.startswith("on") or a == "src"}
        assert all(link.startswith(("https://", "mailto:")) for link in found.links)
        assert not re.search(r"url\(|@import", page)
