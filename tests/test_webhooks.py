"""docs/webhooks.md: what it shows is what the emulator sends, and all of it is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from mock_server.api.attachments import CheckInteraction
from mock_server.api.event_requests import Interaction
from mock_server.api.meeting_agents import AgentInteraction
from mock_server.rules import business_connect, channels, due, enterprise_connect
from mock_server.rules import smart_invite_replies as replies
from tests.contract.receiver import Receiver
from tests.emulator import Sandbox
from tests.webhooks_page import PAGE, blocks, rewritten, samples
from tests.webhooks_stories import STORIES, played

TEXT = PAGE.read_text("utf-8")
RULES = Path(channels.__file__).parent

# Those that Cronofy sends and the emulator only when it is told to.
BY_HAND = {
    "gdpr_requested",
    "scheduling_conversation_joined",
    "scheduling_conversation_updated",
}

# notifications §1.4.2: of the contract's two bodies, by its secrets A and B.
A_PROBE = "3/hC/EFfE9DH2XLNOr3Yc2WGWm2qnvwyDn3QZlLLGA0="
B_PROBE = "nNfuZtNALmO41YdqLx7YZ/EH1lxCw7jKgBpMMHa+cVA="
A_GROESSE = "JZ3u0F7ifbkt37z42uS4AtzZMG6iYUCXPhQwcuGlqyo="


def example() -> Callable[[bytes, str, str], bool]:
    """The function that the page has for whoever writes a handler."""
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    defined: dict[str, Any] = {}
    exec(compile(code, "docs/webhooks.md", "exec"), defined)
    found: Callable[[bytes, str, str], bool] = defined["is_from_cronofy"]
    return found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A small web server that receives callbacks."""
    receiver = Receiver()
    yield receiver
    receiver.stop()


def interactions(request: Any) -> set[str]:
    """What a subscription of this form may name."""
    return set(get_args(request.model_fields["type"].annotation))


# What each module of rules sends.
SENT = {
    "channels": {
        value
        for name, value in vars(channels).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, str)
    }
    - due.KINDS.keys(),
    "subscriptions": {"transitions"},
    "events": interactions(Interaction),
    "meeting_agents": interactions(AgentInteraction),
    "attachments": interactions(CheckInteraction),
    "smart_invite_replies": {replies.CALLBACK},
    "enterprise_connect": {enterprise_connect.CALLBACK_KIND},
    "business_connect": {business_connect.CALLBACK_KIND},
}


@pytest.mark.parametrize("name", STORIES)
def test_a_sample_is_what_is_sent(http: httpx.Client, name: str) -> None:
    """Byte for byte: ids are those that the same story has anywhere."""
    assert blocks(TEXT)[name] == samples(http, name) != []


def test_every_sample_is_in_a_section_with_a_story() -> None:
    written = blocks(TEXT)
    assert written.keys() == STORIES.keys()
    assert len(list(chain.from_iterable(written.values()))) == TEXT.count("```json")


def test_everything_that_is_sent_has_a_section() -> None:
    """Nothing leaves by HTTP but through callbacks.record, by itself or for a subscription."""
    sends = re.compile(r"callbacks\.record\(|subscriptions\.fire")
    assert {
        p.stem for p in RULES.rglob("*.py") if sends.search(p.read_text("utf-8"))
    } == SENT.keys()
    assert STORIES.keys() == set(chain.from_iterable(SENT.values())) | BY_HAND


def test_the_page_is_written_anew(http: httpx.Client) -> None:
    """Whatever stood in its samples; nothing else changes."""
    emptied = re.sub(r"```json\n.*?```", "```json\n```", TEXT, flags=re.DOTALL)
    assert rewritten(emptied, http) == TEXT


def test_links_lead_to_headings() -> None:
    for name, anchor in re.findall(r"\]\(([\w-]*(?:\.md)?)#([\w-]+)\)", TEXT):
        page = PAGE.with_name(name or PAGE.name).read_text("utf-8")
        headings = re.findall(r"^##+ (.+)", page, re.MULTILINE)
        slugs = [re.sub(r"[^\w -]", "", heading).lower() for heading in headings]
        assert anchor in [slug.replace(" ", "-") for slug in slugs]


# --- Retries -----------------------------------------------------------------------------

SECONDS = {"s": 1, "minutes": 60, "hours": 3600}

# Something for each row of the page's table.
ROWS = {
    "channels": "verification",
    "Smart Invites": "smart_invite",
    "event subscriptions": "conferencing_failing",
    "authorizations": "delegated_authorization",
}


@pytest.mark.parametrize("row", ROWS)
def test_the_table_of_retries(http: httpx.Client, row: str) -> None:
    """All attempts of a delivery whose receiver never answers."""
    table = re.findall(r"^\| (.+?)(?:: .+?)? \| (\d) s \| (.+?) \|", TEXT, re.MULTILINE)
    assert [first for first, *_ in table] == list(ROWS)
    within, said = next((int(within), said) for first, within, said in table if first == row)
    if said == "the same":
        said = table[0][2]
    pauses = [
        int(number) * SECONDS[unit]
        for numbers, unit in re.findall(r"([\d, and]*\d) (s|minutes|hours)", said)
        for number in re.findall(r"\d+", numbers)
    ]
    delivery = played(http, ROWS[row], days=2)[0]
    assert delivery["state"] == "failed"
    durations = {attempt["response"]["duration_ms"] for attempt in delivery["attempts"]}
    assert durations == {within * 1000}
    times = [datetime.fromisoformat(attempt["at"]) for attempt in delivery["attempts"]]
    waited = [(after - before).total_seconds() for before, after in pairwise(times)]
    if "at 24 hours" in said:
        waited[-1] = (times[-1] - times[0]).total_seconds()
    assert waited == pauses


# --- Signatures --------------------------------------------------------------------------

CHECKS: dict[str, tuple[bytes, str, bool]] = {
    "1.4.2 the only secret": (b'{"probe":1}', A_PROBE, True),
    "1.4.2 of two": (b'{"probe":1}', f"{B_PROBE},{A_PROBE}", True),
    "1.4.2 not ASCII": ('{"n":"Größe"}'.encode(), A_GROESSE, True),
    "another secret's": (b'{"probe":1}', B_PROBE, False),
    "another body's": (b'{"probe":2}', A_PROBE, False),
    "none": (b'{"probe":1}', "", False),
    "not ASCII itself": (b'{"probe":1}', "ü", False),
}


@pytest.mark.parametrize("case", CHECKS)
def test_the_python_example_checks_signatures(case: str) -> None:
    """By the contract's check vectors."""
    body, header, genuine = CHECKS[case]
    assert example()(body, header, "emulator-secret-A") is genuine


def test_the_python_example_knows_what_is_sent(sandbox: Sandbox, receiver: Receiver) -> None:
    """By the exact bytes of a request, whose header is found by its name in the page."""
    jane = sandbox.connect()
    body = {"callback_url": receiver.url}
    assert sandbox.call(jane["access_token"], "POST", "/v1/channels", json=body).is_success
    callback = receiver.next()
    assert "`Cronofy-HMAC-SHA256`" in TEXT
    header = callback.headers["cronofy-hmac-sha256"]
    assert example()(callback.body, header, sandbox.application["client_secret"])
