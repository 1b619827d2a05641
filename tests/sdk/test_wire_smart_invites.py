"""Each SDK's calls about Smart Invites, sent raw, are answered and have effect as a plain one's.

Ruby: client.rb 1402-1480; it puts addresses into the query as they are, where a ``+`` stays one.
PHP: Cronofy.php 1028-1085. C#: SmartInviteRequest.cs, SmartInviteCancelRequest.cs,
SmartInviteMultiRecipientRequest.cs; times are objects with a space in them, and ``method`` is
named.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator import Sandbox
from tests.sdk import wire
from tests.sdk.conftest import Visit
from tests.sdk.dialects import DIALECTS, Dialect, csharp, node, php, ruby
from tests.sdk.expected import unprocessable
from tests.sdk.smart_invite_wire import (
    ALONE,
    BOTH,
    CANCEL,
    DAYS,
    FILE,
    FOR_BOTH,
    FOR_KIM,
    KIM,
    KIM_ALONE,
    LEE,
    PATH,
    TOGETHER,
    VISIT,
    WHEN,
    ZONE,
    InviteWorld,
    answer,
    body,
    created,
    known,
    person,
)
from tests.sdk.wire import CALLBACK_URL, Call, Case


@pytest.fixture
def world(open_sandbox: Callable[..., Sandbox], visit: Visit) -> InviteWorld:
    return InviteWorld(open_sandbox(scenario=wire.SCENARIO), visit)


def post(make: Callable[[Dialect], dict[str, Any]], *answers: Any, **more: Any) -> Call:
    return Call(lambda sdk, w: sdk.api("POST", PATH, w.client_secret, make(sdk)), *answers, **more)


def get(query: dict[str, Any], *answers: Any, **more: Any) -> Call:
    return Call(
        lambda sdk, w: sdk.api("GET", f"{PATH}?{sdk.query(query)}", w.client_secret),
        *answers,
        **more,
    )


BOTH_PENDING = {"recipients": [person(KIM), person(LEE)]}
LEE_REPLIED = [person(LEE, "accepted")]

CALLS = {
    "create": post(
        lambda sdk: body(sdk, "new/1", **FOR_KIM),
        created("new/1", KIM_ALONE),
        effect=known({"new/1": {"method": "request", **KIM_ALONE}}),
    ),
    "create for days": post(
        lambda sdk: body(sdk, "new", DAYS, **FOR_KIM),
        created("new", KIM_ALONE, *DAYS),
    ),
    "create for several": post(
        lambda sdk: body(sdk, "new", **FOR_BOTH),
        created("new", BOTH_PENDING),
        effect=known({"new": {"method": "request", **BOTH_PENDING}}),
    ),
    "update": post(
        lambda sdk: body(sdk, ALONE, **FOR_KIM),
        created(ALONE, KIM_ALONE),
        effect=known(),
    ),
    "cancel": post(
        lambda _: {"method": "cancel", "smart_invite_id": ALONE, **FOR_KIM},
        answer(ALONE, KIM_ALONE, method="cancel", event=VISIT, attachments={"icalendar": CANCEL}),
        effect=known({ALONE: {"method": "cancel", **KIM_ALONE}}),
    ),
    "cancel for several": post(
        lambda _: {"method": "cancel", "smart_invite_id": TOGETHER, **FOR_BOTH},
        answer(TOGETHER, BOTH, method="cancel", event=VISIT, attachments={"icalendar": CANCEL}),
        effect=known({TOGETHER: {"method": "cancel", **BOTH}}),
        by="python node php",
    ),
    "cancel none": post(
        lambda _: {"method": "cancel", "smart_invite_id": "none", **FOR_KIM},
        wire.nothing,
        404,
        known(),
    ),
    "remove": post(
        lambda _: {
            "method": "remove",
            "smart_invite_id": TOGETHER,
            "recipient": {"email": LEE},
        },
        answer(
            TOGETHER,
            {"recipients": [person(KIM)]},
            method="remove",
            event=VISIT,
            attachments={"icalendar": FILE, "removed": {"email": LEE, "icalendar": CANCEL}},
        ),
        effect=known({TOGETHER: {"method": "request", "recipients": [person(KIM)]}}),
        by="ruby",
    ),
    "status": get(
        {"smart_invite_id": ALONE, "recipient_email": KIM},
        answer(ALONE, KIM_ALONE, event=VISIT, replies=[]),
        # Its own is among the oddities.
        by="python node php csharp",
    ),
    "status of several": get(
        {"smart_invite_id": TOGETHER},
        answer(TOGETHER, BOTH, event=VISIT, replies=LEE_REPLIED),
        by="python node csharp",
    ),
    "status of none": get({"smart_invite_id": "none", "recipient_email": LEE}, wire.nothing, 404),
    "status with the file": get(
        {"smart_invite_id": ALONE, "recipient_email": KIM, "include_ics": True},
        answer(ALONE, KIM_ALONE, event=VISIT, replies=[], attachments={"icalendar": FILE}),
        by="node",
    ),
}

OF_KIM = f"smart_invite_id={ALONE}"
STATUS_OF_KIM = answer(ALONE, KIM_ALONE, event=VISIT, replies=[])
STATUSES = [{"email": email, "status": "accepted"} for email in (KIM, LEE)]
ACCEPTED = {"recipients": [person(KIM, "accepted"), person(LEE, "accepted")]}
REQUIRED = unprocessable("recipient", "errors.required", "required")

ODDITIES = {
    "ruby: status of an address with a plus": Case(
        lambda w: ruby(
            "GET", f"{PATH}?recipient_email=kim+sales%40guest.test&{OF_KIM}", w.client_secret
        ),
        STATUS_OF_KIM,
    ),
    "ruby: status of an address as it is": Case(
        lambda w: ruby("GET", f"{PATH}?recipient_email={KIM}&{OF_KIM}", w.client_secret),
        STATUS_OF_KIM,
    ),
    "ruby: no method": Case(
        lambda w: ruby(
            "POST",
            PATH,
            w.client_secret,
            {
                "smart_invite_id": ALONE,
                "event": {"summary": "Visit", "start": WHEN[0], "end": WHEN[1]},
                **FOR_KIM,
            },
        ),
        answer(ALONE, KIM_ALONE, event=VISIT, attachments={"icalendar": FILE}),
    ),
    "node: secrets and options of other calls in the body": Case(
        lambda w: node(
            "POST",
            PATH,
            w.client_secret,
            {"method": "cancel", "smart_invite_id": ALONE, "tzid": ZONE, **FOR_KIM},
        ),
        answer(ALONE, KIM_ALONE, method="cancel", event=VISIT, attachments={"icalendar": CANCEL}),
    ),
    "node: an access token in place of the secret": Case(
        lambda w: node("POST", PATH, w.token, {"smart_invite_id": ALONE, **FOR_KIM}),
        wire.nothing,
        401,
        known(),
    ),
    "php: a callback_url of null": Case(
        lambda w: php(
            "POST",
            PATH,
            w.client_secret,
            {
                "event": {"summary": "Visit", "start": WHEN[0], "end": WHEN[1]},
                "smart_invite_id": ALONE,
                "callback_url": None,
                **FOR_KIM,
            },
        ),
        answer(ALONE, KIM_ALONE, event=VISIT, attachments={"icalendar": FILE}),
    ),
    "php: a recipient of null": Case(
        lambda w: php(
            "POST",
            PATH,
            w.client_secret,
            {"smart_invite_id": ALONE, "method": "cancel", "recipient": None},
        ),
        wire.document(REQUIRED),
        422,
        known(),
    ),
    "csharp: an organizer's address": Case(
        lambda w: csharp(
            "POST",
            PATH,
            w.client_secret,
            body(
                DIALECTS["csharp"],
                ALONE,
                organizer={"name": "Agency", "email": "o@agency.test"},
                **FOR_KIM,
            ),
        ),
        created(ALONE, KIM_ALONE),
        effect=lambda w: w.organizer_of_kim() == "o@agency.test",
    ),
    "field: statuses on create and on cancel": Case(
        lambda w: ruby(
            "POST",
            PATH,
            w.client_secret,
            {
                "method": "cancel",
                "smart_invite_id": TOGETHER,
                "callback_url": CALLBACK_URL,
                "recipients": STATUSES,
            },
        ),
        answer(
            TOGETHER,
            BOTH,
            method="cancel",
            callback_url=CALLBACK_URL,
            event=VISIT,
            attachments={"icalendar": CANCEL},
        ),
        effect=known({TOGETHER: {"method": "cancel", **BOTH}}),
    ),
    "field: everybody has accepted before": Case(
        lambda w: ruby(
            "POST",
            PATH,
            w.client_secret,
            body(DIALECTS["ruby"], "new", recipients=STATUSES),
        ),
        created("new", ACCEPTED),
    ),
}

CASES = {**wire.in_dialects(CALLS), **ODDITIES}


@pytest.mark.parametrize("name", CASES)
def test_request(name: str, world: InviteWorld, served: str) -> None:
    """The request is answered as a plain one would be, and has the same effect."""
    wire.check(CASES[name], world, served)
