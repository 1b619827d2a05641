"""What an event's ``conferencing`` asks for (events §2.4)."""

from __future__ import annotations

from mock_server.errors import Unprocessable
from mock_server.rules import conferencing_profiles
from mock_server.world.accounts import Authorization, Calendar
from mock_server.world.events import Conferencing, Meeting
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox

# Keywords in the place of a conferencing profile's id.
DEFAULT = "default"
INTEGRATED = "integrated"
EXPLICIT = "explicit"
NONE = "none"


class ConferencingChoice(Record, frozen=True):
    """The ``conferencing`` of an upsert. The last two only count with ``explicit``."""

    profile_id: str
    provider_description: str | None = None
    join_url: str | None = None


def resolve(
    sandbox: Sandbox,
    authorization: Authorization,
    calendar: Calendar,
    choice: ConferencingChoice,
    *,
    start: int,
    before: Conferencing | None,
) -> Conferencing | None:
    """What ``choice`` means for an event in ``calendar`` that begins at ``start``.

    ``before`` is what the event has; it stays where the choice is the same again, so that
    nobody's join URL changes. None is no conferencing at all: nothing is generated for an
    event that has begun already. Raises Unprocessable.
    """
    if choice.profile_id == NONE:
        return None
    if choice.profile_id == EXPLICIT:
        return Conferencing(EXPLICIT, "assigned", _explicit(choice))
    if choice.profile_id == DEFAULT:
        if before and before.profile_id != EXPLICIT and before.state != "failing":
            return before
        profile_id = _default(sandbox, authorization, calendar)
    else:
        profile_id = choice.profile_id
        _check(sandbox, authorization, calendar, profile_id)
    if before and before.profile_id == profile_id:
        return before
    if profile_id is None or start < sandbox.now():
        return None
    return Conferencing(profile_id, "pending")


def _explicit(choice: ConferencingChoice) -> Meeting:
    given = {
        "conferencing.join_url": choice.join_url,
        "conferencing.provider_description": choice.provider_description,
    }
    missing = [field for field, value in given.items() if not value]
    if missing or choice.join_url is None:
        raise Unprocessable(
            {field: [("errors.required", "required")] for field in missing},
            f"explicit conferencing says where to join: {' and '.join(missing)} missing",
        )
    return Meeting(choice.join_url, choice.provider_description)


def _default(sandbox: Sandbox, authorization: Authorization, calendar: Calendar) -> str | None:
    """The best there is: a service that the person connected, else the calendar's own."""
    profile = conferencing_profiles.latest_connected(sandbox, authorization.sub)
    if profile is not None:
        return profile.profile_id
    return INTEGRATED if calendar.integrated_conferencing else None


def _check(
    sandbox: Sandbox, authorization: Authorization, calendar: Calendar, profile_id: str
) -> None:
    if profile_id == INTEGRATED:
        if not calendar.integrated_conferencing:
            raise Unprocessable.of(
                "conferencing.profile_id",
                "errors.integrated_conferencing_not_available",
                "integrated conferencing is not available for this calendar",
                "integrated needs a calendar with calendar_integrated_conferencing_available: "
                "true; in Free/Busy and No Calendar Access mode there is none, and services "
                "are connected with POST /v1/conferencing_service_authorizations",
            )
    elif conferencing_profiles.own(sandbox, authorization, profile_id) is None:
        held = conferencing_profiles.of_account(sandbox, authorization.sub)
        known = [DEFAULT, INTEGRATED, EXPLICIT, NONE, *(p.profile_id for p in held)]
        raise Unprocessable.of(
            "conferencing.profile_id",
            "errors.not_recognized",
            "not recognized",
            f"conferencing.profile_id {profile_id!r}: expected one of {', '.join(known)}",
        )
