"""Channels and Smart Invites, as far as they can be read (notifications §§1, 2)."""

from __future__ import annotations

import re

from mock_server.conformance.checks import Section, Skip
from mock_server.conformance.shapes import Words
from mock_server.conformance.visit import Visit

_NOTIFICATIONS = Section("Notifications")

_CHANNEL = re.compile(r"chn_[0-9a-f]{24}")
_INVITES = "GET /v1/smart_invites"


@_NOTIFICATIONS.check(
    "notifications.channels",
    "notifications §1.2",
    "api/push-notifications/list-channels",
    sends="GET /v1/channels",
    expects="ids of chn_ and 24 hex digits, each once, and http or https addresses",
)
def _channels(visit: Visit) -> None:
    channels, answer = visit.read("GET /v1/channels")["channels"], visit.plain("GET /v1/channels")
    if not channels:
        raise Skip("the account has no channels")
    for number, channel in enumerate(channels):
        at, channel_id = f"channels[{number}]", channel["channel_id"]
        right = _CHANNEL.fullmatch(channel_id) is not None
        answer.expect(right, "chn_ and 24 hex digits", channel_id, f"{at}.channel_id")
        http = channel["callback_url"].lower().startswith(("http://", "https://"))
        answer.expect(http, "an http or https address", Words("another one"), f"{at}.callback_url")
    ids = [channel["channel_id"] for channel in channels]
    answer.expect(len({*ids}) == len(ids), "each id once", ids, "channels")


@_NOTIFICATIONS.check(
    "notifications.invite-required",
    "notifications §2.2",
    "api/smart-invites/invite-status",
    sends="GET /v1/smart_invites without smart_invite_id",
    expects="422 errors.required on smart_invite_id",
)
def _invite_required(visit: Visit) -> None:
    answer = visit.call(_INVITES)
    if answer.exchange.status == 402:
        raise Skip("402: the application's plan does not include it")
    answer.refuses("smart_invite_id", "errors.required", assumed=True)


@_NOTIFICATIONS.check(
    "notifications.unknown-invite",
    "notifications §2.2",
    "api/smart-invites/invite-status",
    sends="GET /v1/smart_invites of an invite that was never made",
    expects="404",
)
def _unknown_invite(visit: Visit) -> None:
    query = {
        "smart_invite_id": "mock-cronofy-conformance-unknown",
        "recipient_email": "nobody@example.invalid",
    }
    answer = visit.call(_INVITES, query=query)
    if answer.exchange.status == 402:
        raise Skip("402: the application's plan does not include it")
    answer.status(404, assumed=True)


CHECKS = _NOTIFICATIONS.checks
