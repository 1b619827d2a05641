"""Making true what a scenario says of somebody's channels, by the rules of the API."""

from __future__ import annotations

from mock_server.errors import Unprocessable
from mock_server.rules import channels, scopes
from mock_server.scenarios.availability import calendar_ids
from mock_server.scenarios.documents import ChannelDocument, ConnectedDocument
from mock_server.scenarios.problems import Invalid, Problem, place, shown
from mock_server.world.accounts import Authorization
from mock_server.world.channels import Filters
from mock_server.world.sandbox import Sandbox


def add(
    sandbox: Sandbox, authorization: Authorization, document: ConnectedDocument, where: str
) -> None:
    """The channels of a connection; raises Invalid for what the API would refuse."""
    if not document.channels:
        return
    steps: list[str | int] = [*filter(None, [where]), "channels"]
    reads = not scopes.expand(authorization.scope).isdisjoint(channels.SCOPES)
    if not reads and not all(channel.filters.only_managed for channel in document.channels):
        expected = f"only_managed with the scope {authorization.scope}, which reads nothing"
        raise Invalid([Problem(place(steps), f"{len(document.channels)}", expected)])
    for index, channel in enumerate(document.channels):
        _add(sandbox, authorization, channel, [*steps, index])


def _add(
    sandbox: Sandbox,
    authorization: Authorization,
    document: ChannelDocument,
    where: list[str | int],
) -> None:
    filters = document.filters
    wanted = Filters(
        calendar_ids(sandbox, authorization, filters.calendars, [*where, "filters"]),
        filters.only_managed,
    )
    try:
        channels.create(sandbox, authorization, document.callback_url, wanted)
    except Unprocessable:
        expected = f"at most {channels.MOST_CHANNELS} channels of an account"
        raise Invalid([Problem(place(where), shown(document.callback_url), expected)]) from None
