"""Availability rules and available periods of an account (scheduling §§3.1-3.3).

They belong to the authorization: another application has its own, and they end with it.
"""

from __future__ import annotations

from mock_server.errors import NotFound
from mock_server.rules import finding_events
from mock_server.world.accounts import Authorization
from mock_server.world.availability import AvailabilityRule, AvailablePeriod
from mock_server.world.sandbox import Sandbox


def upsert_rule(
    sandbox: Sandbox, authorization: Authorization, rule: AvailabilityRule
) -> AvailabilityRule:
    """Keep ``rule`` in place of the one with its id; raises Unprocessable for calendars of
    others.
    """
    if rule.calendar_ids is not None:
        finding_events.chosen(sandbox, authorization, rule.calendar_ids)
    return sandbox.availability_rules.put(rule)


def find_rule(
    sandbox: Sandbox, authorization: Authorization, availability_rule_id: str
) -> AvailabilityRule:
    """The rule of this id; raises NotFound."""
    rule = sandbox.availability_rules.get((*authorization.key, availability_rule_id))
    if rule is None:
        raise NotFound(
            f"no availability rule {availability_rule_id!r} of this application for this account: "
            "GET /v1/availability_rules lists them"
        )
    return rule


def rules_of(sandbox: Sandbox, authorization: Authorization) -> list[AvailabilityRule]:
    """All of them, in the order in which they were first made."""
    return sandbox.availability_rules.by("authorization", authorization.key)


def delete_rule(sandbox: Sandbox, authorization: Authorization, availability_rule_id: str) -> None:
    """Nothing happens if there is none."""
    sandbox.availability_rules.remove((*authorization.key, availability_rule_id))


def upsert_period(sandbox: Sandbox, period: AvailablePeriod) -> None:
    """Keep ``period`` in place of the one with its id."""
    sandbox.available_periods.put(period)


def periods_of(
    sandbox: Sandbox,
    authorization: Authorization,
    after: int | None = None,
    before: int | None = None,
) -> list[AvailablePeriod]:
    """Those that end at ``after`` or later and start earlier than ``before``, by their start."""
    found = [
        period
        for period in sandbox.available_periods.by("authorization", authorization.key)
        if (after is None or period.end >= after) and (before is None or period.start < before)
    ]
    return sorted(found, key=lambda period: (period.start, period.available_period_id))


def delete_period(sandbox: Sandbox, authorization: Authorization, available_period_id: str) -> None:
    """Nothing happens if there is none."""
    sandbox.available_periods.remove((*authorization.key, available_period_id))


def delete_all_periods(sandbox: Sandbox, authorization: Authorization) -> None:
    for period in sandbox.available_periods.by("authorization", authorization.key):
        sandbox.available_periods.remove(period.key)
