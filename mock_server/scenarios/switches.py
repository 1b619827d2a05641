"""The switches of a scenario, which may be thrown at any time."""

# Annotations are evaluated at once here, as in documents.py.

from typing import Annotated, Literal

from pydantic import Field

from mock_server.scenarios.fields import Model
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox
from mock_server.world.switches import Strictness


class SwitchesDocument(Model):
    """Where Cronofy's behaviour varies or is only assumed."""

    implicit_linking: bool = True
    rotate_refresh_tokens: bool = False
    rate_limits: bool = False
    page_size: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 100
    include_free: bool = False
    queue_writes: bool = False
    party_crashers: Literal["ignore", "add"] = "ignore"
    first_event_year: Annotated[int, Field(ge=1000, le=9000, strict=True)] = 1900
    last_event_year: Annotated[int, Field(ge=1000, le=9000, strict=True)] = 2100
    most_query_periods: Annotated[int, Field(ge=1, strict=True)] | None = 50
    most_query_days: Annotated[int, Field(ge=1, strict=True)] | None = None
    most_query_slots: Annotated[int, Field(ge=1, strict=True)] | None = 512
    most_groups: Annotated[int, Field(ge=1, strict=True)] | None = 10
    most_members: Annotated[int, Field(ge=1, strict=True)] | None = 50
    notification_delay: Annotated[int, Field(ge=0, le=86_400, strict=True)] = 1
    profile_connected: bool = False
    close_on_gone: bool = False
    strictness: Strictness = "cronofy"


def change(sandbox: Sandbox, document: SwitchesDocument) -> None:
    """Throw the switches that ``document`` names; the others stay."""
    given = {name: getattr(document, name) for name in document.model_fields_set}
    sandbox.switches = replace(sandbox.switches, **given)
