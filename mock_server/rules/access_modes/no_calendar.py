"""No Calendar Access: nothing passes. Cronofy sees no calendar of the person at all.

The person verifies an e-mail address; one profile with a *Cronofy calendar* holds what
applications write, and each write goes to that address as an e-mail invite (seed 000).
The scope ``free_busy_write`` offers it on the page; ``provider_name=cronofy`` leads to
it with any scope; the application's feature must be switched on (identity §10.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from mock_server.rules.access_modes import cronofy_calendar
from mock_server.rules.providers import CRONOFY, Provider
from mock_server.rules.scopes import FREE_BUSY_WRITE
from mock_server.world.accounts import Account, Profile
from mock_server.world.applications import Application
from mock_server.world.people import Person
from mock_server.world.sandbox import Sandbox


class NoCalendar(cronofy_calendar.CronofyCalendarRules):
    name: ClassVar[str] = "no_calendar"

    def offered(self, application: Application, scope: str) -> bool:
        return application.features.no_access and FREE_BUSY_WRITE in scope.split()

    def reaches(self, provider: str) -> bool:
        return True

    def connect(self, sandbox: Sandbox, account: Account, person: Person) -> Iterator[Profile]:
        yield cronofy_calendar.open_hosted(sandbox, account, person)

    def service_account_name(self, provider: Provider) -> str:
        return CRONOFY
