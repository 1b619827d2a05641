"""Whom an availability query asks about: its members, as the sandbox knows them (scheduling
§§1.2, 3.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from mock_server.errors import Unprocessable
from mock_server.rules.availability.intervals import Intervals
from mock_server.rules.availability_constraints import Constraint
from mock_server.world.accounts import Authorization, Calendar
from mock_server.world.availability import AvailabilityRule
from mock_server.world.events import UTC, Transparency
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox

_Refused = dict[str, list[tuple[str, str]]]


class Buffer(Record, frozen=True):
    """Seconds that have to be free around a meeting."""

    before: int = 0
    after: int = 0


class MemberQuery(Record, frozen=True):
    """Somebody to meet, and what of their time counts.

    ``calendar_ids``: None for all. ``available_periods``: None where they are no restriction.
    ``managed``: only the account's own availability, with these rules (None for all).
    """

    sub: str
    calendar_ids: tuple[str, ...] | None = None
    available_periods: Intervals | None = None
    managed: bool = False
    rule_ids: tuple[str, ...] | None = None
    buffer: Buffer | None = None
    constraints: tuple[Constraint, ...] = ()
    only_managed_events: bool = False
    ignore_tentative: bool = False
    ignored_transparencies: frozenset[Transparency] = frozenset()


class GroupQuery(Record, frozen=True):
    members: tuple[MemberQuery, ...]
    required: int


class Party(Record, frozen=True):
    """Who is asked about, as the sandbox knows them; ``rules`` is None unless they count."""

    query: MemberQuery
    authorization: Authorization
    calendars: list[Calendar]
    rules: list[AvailabilityRule] | None
    tzid: str


def resolve(
    sandbox: Sandbox, client_id: str, asked: Iterable[tuple[str, Sequence[GroupQuery]]]
) -> list[list[Party]]:
    """The members of all groups that are asked about together, for each place in the query.

    A place is what stands before ``participants`` there. Raises Unprocessable for everything
    that is wrong with them.
    """
    refused: _Refused = {}
    parties = [[*_parties(sandbox, client_id, groups, place, refused)] for place, groups in asked]
    if refused:
        hint = "; ".join(f"{field}: {why}" for field, ((_, why),) in refused.items())
        raise Unprocessable(refused, hint)
    return parties


def _parties(
    sandbox: Sandbox,
    client_id: str,
    groups: Sequence[GroupQuery],
    place: str,
    refused: _Refused,
) -> Iterator[Party]:
    """Whatever is wrong with the members is put into ``refused``."""
    for g, group in enumerate(groups):
        for m, member in enumerate(group.members):
            path = f"{place}participants[{g}].members[{m}]"
            authorization = sandbox.authorizations.get((client_id, member.sub))
            if authorization is None or authorization.kind == "service_account":
                why = f"{member.sub!r} has not authorized this application"
                refused[f"{path}.sub"] = [("errors.not_recognized", why)]
            else:
                yield _party(sandbox, authorization, member, path, refused)


def _party(
    sandbox: Sandbox,
    authorization: Authorization,
    query: MemberQuery,
    path: str,
    refused: _Refused,
) -> Party:
    opened = {
        calendar.calendar_id: calendar
        for profile_id in authorization.profile_ids
        for calendar in sandbox.calendars.by("profile", profile_id)
    }
    rules = _rules(sandbox, authorization, query, path, refused) if query.managed else None
    chosen = query.calendar_ids if query.calendar_ids is not None else _named(rules, opened)
    unknown = [calendar_id for calendar_id in chosen if calendar_id not in opened]
    if unknown:
        why = f"not calendars of {query.sub}: {', '.join(map(repr, unknown[:5]))}"
        refused[f"{path}.calendar_ids"] = [("errors.invalid_calendar_ids", why)]
    account = sandbox.accounts.get(authorization.sub)
    return Party(
        query,
        authorization,
        [opened[calendar_id] for calendar_id in dict.fromkeys(chosen) if calendar_id in opened],
        rules,
        (account.zoneinfo if account else None) or UTC,
    )


def _rules(
    sandbox: Sandbox,
    authorization: Authorization,
    query: MemberQuery,
    path: str,
    refused: _Refused,
) -> list[AvailabilityRule]:
    rules = sandbox.availability_rules.by("authorization", authorization.key)
    if query.rule_ids is None:
        return rules
    known = {rule.availability_rule_id: rule for rule in rules}
    unknown = [rule_id for rule_id in query.rule_ids if rule_id not in known]
    if unknown:
        why = f"{query.sub} has no rules {', '.join(map(repr, unknown[:5]))}"
        refused[f"{path}.availability_rule_ids"] = [("errors.not_recognized", why)]
    return [known[rule_id] for rule_id in dict.fromkeys(query.rule_ids) if rule_id in known]


def _named(rules: list[AvailabilityRule] | None, opened: dict[str, Calendar]) -> Sequence[str]:
    """The calendars that all of the rules name together; if one names none, all there are."""
    if not rules or any(rule.calendar_ids is None for rule in rules):
        return [*opened]
    named = (calendar_id for rule in rules for calendar_id in rule.calendar_ids or ())
    # A calendar may be gone, with its profile, since the rule named it.
    return [calendar_id for calendar_id in named if calendar_id in opened]


def sync_status(
    sandbox: Sandbox, client_id: str, sub: str
) -> Literal["active", "pending", "disconnected"]:
    """How far what is known of somebody's calendars can be trusted (§1.5)."""
    profile_ids = sandbox.authorizations[(client_id, sub)].profile_ids
    profiles = [sandbox.profiles[profile_id] for profile_id in profile_ids]
    if not all(profile.connected for profile in profiles):
        return "disconnected"
    if any(profile.initial_sync_required for profile in profiles):
        return "pending"
    return "active"
