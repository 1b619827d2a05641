"""No Calendar Access: an e-mail address, verified by a mailed code."""

from __future__ import annotations

import re

import pytest

from tests.emulator import Sandbox
from tests.pages.visitor import Visitor, authorize, exchange

EMAIL_PAGE = [
    "Step 1 of 3",
    "# Verify your e-mail address",
    "Planner will send invites to this address. We will mail you a code first.",
    "E-mail address",
    "<email=>",
    "(Send code)",
    "[Cancel]",
]


def code_of(visitor: Visitor) -> str:
    """The code, as the page shows the mail that was sent."""
    (code,) = re.findall(r"Use the code (\d{6}) to verify", " ".join(visitor.lines))
    return str(code)


def test_whole_flow(town: Sandbox) -> None:
    """Address, code, consent: an account with nothing but a Cronofy calendar."""
    visitor = authorize(town, access_type="no_calendar")
    assert visitor.lines == EMAIL_PAGE
    visitor.submit("Send code", email=" New.Person@Acme.TEST ")
    code = code_of(visitor)
    assert visitor.lines == [
        "Step 2 of 3",
        "# Enter your code",
        "We sent a six-digit code to new.person@acme.test.",
        "Six-digit code",
        "<code=>",
        "(Verify)",
        "(Send a new code)",
        "## Emulator: the mail, as it was sent",
        "You need not open a mailbox. Only an emulator shows this here.",
        "To",
        "new.person@acme.test",
        "Subject",
        f"{code} is your verification code",
        f"Use the code {code} to verify your e-mail address and connect it to Planner.",
        "[Back]",
        "[Cancel]",
    ]
    visitor.submit("Verify", code=f"{code[:3]} {code[3:]}")
    assert visitor.lines == [
        "Step 3 of 3",
        "# Allow Planner to send you invites?",
        "## Planner is not verified",
        "Continue only if you know its developer and trust them.",
        "## Planner will be able to:",
        "See your name and e-mail address",
        "Send events, and changes to them, as invites by e-mail",
        "Cancel the invites that it sent",
        "## Planner will not be able to:",
        "See your calendar, or change anything in it",
        "(Allow)",
        "(Don’t allow)",
        "[Back]",
    ]
    assert "new.person@acme.test" not in {
        person["email"] for person in town.control("GET", "").json()["people"]
    }
    answer = exchange(town, visitor.submit("Allow").outcome)
    assert answer["userinfo"]["email"] == "new.person@acme.test"
    assert answer["linking_profile"]["provider_name"] == "cronofy"
    assert len(answer["userinfo"]["cronofy.data"]["profiles"]) == 1


def test_seeded_person(town: Sandbox) -> None:
    """Somebody with a calendar may connect without it, under their own name."""
    visitor = authorize(town, provider_name="cronofy", scope="read_write")
    visitor.submit("Send code", email="jane@acme.test")
    visitor.submit("Verify", code=code_of(visitor)).submit("Allow")
    answer = exchange(town, visitor.outcome)
    assert answer["userinfo"]["name"] == "Jane Doe"
    assert answer["linking_profile"]["provider_name"] == "cronofy"


@pytest.mark.parametrize("email", ["", "jane", "jane@", "@acme.test", "a b@acme.test", "a@b@c"])
def test_no_address(town: Sandbox, email: str) -> None:
    """What is no e-mail address is said to be none, where it was typed; no mail leaves."""
    visitor = authorize(town, access_type="no_calendar").submit("Send code", email=email)
    assert visitor.response.status_code == 422
    assert visitor.lines[2:4] == [
        "## There is a problem",
        "[Enter an e-mail address, such as jane@acme.test.]",
    ]
    field = visitor.page.main.one("input").attributes
    assert field["value"] == email
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "problem"
    assert visitor.page.links["Enter an e-mail address, such as jane@acme.test."] == "#email"
    assert town.control("GET", "/inbox").json() == {"messages": []}


def test_wrong_code(town: Sandbox) -> None:
    """A wrong code counts down; after five the code is void, and the right one is too late."""
    visitor = authorize(town, access_type="no_calendar").submit("Send code", email="x@acme.test")
    address, code = visitor.address, code_of(visitor)
    wrong = "000000" if code != "000000" else "111111"
    for left in (4, 3, 2, 1):
        visitor.submit("Verify", code=wrong)
        assert visitor.response.status_code == 422
        assert visitor.lines[2:4] == [
            "## There is a problem",
            f"[This code is not right. Tries left: {left}]",
        ]
    visitor.submit("Verify", code=wrong)
    assert visitor.page.heading == "Verify your e-mail address"
    assert visitor.lines[3] == "[That code is no longer valid. Ask for a new one.]"
    town.http.post(address, data={"code": code})
    assert Visitor(town.http).open(address).page.heading == "Verify your e-mail address"


def test_new_code(town: Sandbox) -> None:
    """A new code can be sent; the old one is void then."""
    visitor = authorize(town, access_type="no_calendar").submit("Send code", email="x@acme.test")
    old, old_address = code_of(visitor), visitor.address
    visitor.submit("Send a new code")
    assert code_of(visitor) != old
    assert Visitor(town.http).open(old_address).page.heading == "Verify your e-mail address"
    assert len(town.control("GET", "/inbox").json()["messages"]) == 2
    visitor.submit("Verify", code=code_of(visitor))
    assert visitor.page.heading == "Allow Planner to send you invites?"


def test_expired_code(town: Sandbox) -> None:
    """A code works for fifteen minutes, before and after it was typed."""
    visitor = authorize(town, access_type="no_calendar").submit("Send code", email="x@acme.test")
    code = code_of(visitor)
    town.advance(minutes=15)
    visitor.submit("Verify", code=code)
    assert visitor.lines[3] == "[That code is no longer valid. Ask for a new one.]"
    visitor.submit("Send code", email="x@acme.test")
    visitor.submit("Verify", code=code_of(visitor))
    town.advance(minutes=15)
    assert visitor.submit("Allow").response.status_code == 422
    assert town.control("GET", "").json()["connected"] == []


def test_used_once(town: Sandbox) -> None:
    """A verification serves one connection."""
    visitor = authorize(town, access_type="no_calendar").submit("Send code", email="x@acme.test")
    visitor.submit("Verify", code=code_of(visitor))
    address = visitor.address
    exchange(town, visitor.submit("Allow").outcome)
    assert town.http.post(address, data={"decision": "allow"}).status_code == 422


def test_of_another_application(sandbox: Sandbox, town: Sandbox) -> None:
    """A verification for one application is nothing to another, nor is it in another sandbox."""
    visitor = authorize(town, access_type="no_calendar").submit("Send code", email="x@acme.test")
    visitor.submit("Verify", code=code_of(visitor))
    token = visitor.address.partition("verification=")[2]
    stranger = authorize(sandbox, access_type="no_calendar", verification=token)
    assert stranger.page.heading == "Verify your e-mail address"


def test_going_back(town: Sandbox) -> None:
    """Back from the code asks for the address again."""
    visitor = authorize(town).submit("Continue", chosen_mode="no_calendar")
    visitor.submit("Send code", email="x@acme.test").follow("Back")
    assert visitor.lines == ["Step 2 of 4", *EMAIL_PAGE[1:-1], "[Back]", "[Cancel]"]
