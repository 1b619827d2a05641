"""A sandbox: one world of the emulator, with everything that a test does in it."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mock_server.commands import contract_check
from mock_server.testing._async.channels import AsyncChannels
from mock_server.testing._async.clock import AsyncClock
from mock_server.testing._async.control import AsyncControl
from mock_server.testing._async.deliveries import AsyncDeliveries
from mock_server.testing._async.faults import AsyncFaults
from mock_server.testing._async.inbox import AsyncInbox
from mock_server.testing._async.journal import AsyncJournal
from mock_server.testing._async.meeting_agents import AsyncMeetingAgents
from mock_server.testing._async.outages import AsyncOutages
from mock_server.testing._async.people import AsyncPerson
from mock_server.testing._async.profiles import AsyncProfiles
from mock_server.testing._async.smart_invites import AsyncSmartInvites
from mock_server.testing._async.switches import AsyncSwitches
from mock_server.testing._async.timeline import AsyncActions, AsyncTimeline
from mock_server.testing.http import async_http
from mock_server.testing.records import Application, Connected, Connection, Diff, Snapshot, read
from mock_server.testing.terms import AccessMode, Decision, Document, Level, Page, given
from mock_server.testing.unused import Unused

if TYPE_CHECKING:
    import httpx

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True


class AsyncSandbox:
    """One world of the emulator: applications, people, a clock, mailboxes, a journal.

    ``document`` is what the emulator told of it when it was made (or reset). Leaving its
    ``with`` block ends it, and its credentials with it.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        base_url: str,
        document: Document,
        *,
        ours: bool = True,
        unused: Unused | None = None,
    ) -> None:
        self.base_url = base_url
        self.document = document
        self.sandbox_id: str = document["sandbox_id"]
        # Whether it ends with the `with` block.
        self._ours = ours
        self._http: httpx.AsyncClient | None = None
        self._control = control = AsyncControl(http, f"/_mock/sandboxes/{self.sandbox_id}")
        self.unused = unused or Unused()
        self.inbox = AsyncInbox(control)
        self.deliveries = AsyncDeliveries(control, self.unused)
        self.journal = AsyncJournal(control)
        self.clock = AsyncClock(control)
        self.faults = AsyncFaults(control, self.unused)
        self.outages = AsyncOutages(control)
        self.timeline = AsyncTimeline(control)
        self.actions = AsyncActions(control)
        self.profiles = AsyncProfiles(control)
        self.channels = AsyncChannels(control)
        self.smart_invites = AsyncSmartInvites(control)
        self.meeting_agents = AsyncMeetingAgents(control)
        self.switches = AsyncSwitches(control)

    def __repr__(self) -> str:
        return f"<Sandbox {self.sandbox_id} on {self.base_url}>"

    async def __aenter__(self) -> AsyncSandbox:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._ours:
            await self.delete()
        await self.aclose()

    # -- Credentials, and who there is ------------------------------------------------

    @cached_property
    def applications(self) -> list[Application]:
        return [read(Application, document) for document in self.document["applications"]]

    @property
    def client_id(self) -> str:
        """Of the first application."""
        return self.applications[0].client_id

    @property
    def client_secret(self) -> str:
        """Of the first application."""
        return self.applications[0].client_secret

    @cached_property
    def people(self) -> list[AsyncPerson]:
        """Those whom the scenario has."""
        return [self.person(document["email"]) for document in self.document["people"]]

    @cached_property
    def connected(self) -> list[Connected]:
        """Those whom the scenario has connected."""
        return [read(Connected, document) for document in self.document["connected"]]

    def person(self, email: str) -> AsyncPerson:
        """Somebody of the sandbox, whatever they do next."""
        return AsyncPerson(self._control, email)

    async def add_person(self, email: str, **details: Any) -> AsyncPerson:
        """Somebody new; ``details`` as in a scenario, what is missing is made up."""
        await self._control.post("people", json=given(email=email, **details))
        return self.person(email)

    async def add_organization(self, domain: str, **details: Any) -> Document:
        """A domain with its administrator, members and rooms, as in a scenario."""
        body = given(domain=domain, **details)
        document: Document = await self._control.post("organizations", json=body)
        return document

    async def organizations(self) -> list[Document]:
        """Those that there are by now."""
        organizations: list[Document] = (await self._control.get("organizations"))["organizations"]
        return organizations

    async def connect(
        self,
        email: str = "jane@acme.test",
        *,
        access_mode: AccessMode | None = None,
        provider_name: str | None = None,
        scope: str | None = None,
        client_id: str | None = None,
        service_account: str | None = None,
        availability_rules: list[Document] | None = None,
        available_periods: list[Document] | None = None,
    ) -> Connection:
        """Connect somebody without a browser; a person not yet known is made up.

        With ``service_account``, through that domain.
        """
        body = given(
            email=email,
            access_mode=access_mode,
            provider_name=provider_name,
            scope=scope,
            client_id=client_id,
            service_account=service_account,
            availability_rules=availability_rules,
            available_periods=available_periods,
        )
        return read(Connection, await self._control.post("connect", json=body))

    async def connect_service_account(
        self,
        domain: str = "acme.test",
        *,
        access_mode: AccessMode | None = None,
        provider_name: str | None = None,
        scope: str | None = None,
        delegated_scope: str | None = None,
        client_id: str | None = None,
    ) -> Connection:
        """Connect a whole domain, as its administrator does."""
        body = given(
            service_account=domain,
            access_mode=access_mode,
            provider_name=provider_name,
            scope=scope,
            delegated_scope=delegated_scope,
            client_id=client_id,
        )
        return read(Connection, await self._control.post("connect", json=body))

    async def consent(
        self,
        page: Page = "authorize",
        decision: Decision = "allow",
        *,
        email: str | None = None,
        client_id: str | None = None,
        access_mode: AccessMode | None = None,
        provider_name: str | None = None,
        times: int = 1,
    ) -> Document:
        """Decide the next ``times`` pages of this kind, so that no browser is needed."""
        body = given(
            page=page,
            decision=decision,
            email=email,
            client_id=client_id,
            access_mode=access_mode,
            provider_name=provider_name,
            times=times,
        )
        document: Document = await self._control.post("consents", json=body)
        return document

    async def consents(self) -> list[Document]:
        """The decisions not yet used up."""
        consents: list[Document] = (await self._control.get("consents"))["consents"]
        return consents

    async def add_secret(self, client_secret: str | None = None, *, client_id: str = "") -> str:
        """One more active secret of an application (the first, if none is named)."""
        path = ("applications", client_id or self.client_id, "secrets")
        answer = await self._control.post(*path, json=given(client_secret=client_secret))
        added: str = answer["client_secret"]
        return added

    async def remove_secret(self, client_secret: str, *, client_id: str = "") -> None:
        """That secret is active no more."""
        path = ("applications", client_id or self.client_id, "secrets", client_secret)
        await self._control.delete(*path)

    async def calendar_events(self, calendar_id: str) -> list[Document]:
        """What really stands in a calendar, whatever Cronofy has seen of it."""
        answer = await self._control.get("calendars", calendar_id, "events")
        events: list[Document] = answer["events"]
        return events

    # -- The state as a whole ---------------------------------------------------------

    async def snapshot(self) -> Snapshot:
        document = await self._control.get("snapshot")
        return Snapshot(document["snapshot_id"], document)

    async def restore(self, snapshot: Snapshot) -> None:
        """Back to that state; every record and token as it was."""
        await self._look()
        self._begin_anew(await self._control.put("snapshot", json=snapshot.document))
        if self.unused.awaits_failures:
            self.unused.took_failures_back(but=await self.deliveries.failures())

    async def reset(self) -> None:
        """Back to the first state: same ids, same tokens."""
        await self._look()
        self._begin_anew(await self._control.post("reset"))
        self.unused.took_failures_back()

    async def diff(self, since: Snapshot | str = "start") -> Diff:
        """What has changed since a snapshot, or since the ``start``."""
        name = since if isinstance(since, str) else since.snapshot_id
        return read(Diff, await self._control.get("diff", since=name))

    async def assert_unchanged(self, since: Snapshot | str = "start") -> None:
        """Raises AssertionError with what has changed."""
        diff = await self.diff(since)
        if diff:
            raise AssertionError(f"the sandbox has changed since {diff.since}:\n{diff.text}")

    async def assert_faults_hit(self) -> None:
        """Raises AssertionError, if any fault was never hit, or no delivery met a failure that
        was asked for; those count that were taken back.
        """
        await self._look()
        if text := self.unused.text():
            raise AssertionError(text)

    async def contract(self) -> Document:
        """What the application called, against Cronofy's contract: findings and coverage."""
        document: Document = await self._control.get("contract")
        return document

    async def assert_contract(self, fail_on: Level = "warning") -> None:
        """Raises AssertionError with the report, if anything of that level or worse is in it."""
        report = await self.contract()
        if not contract_check.passes(report, fail_on):
            raise AssertionError(contract_check.text(report))

    async def forget_contract(self) -> None:
        """What was called by now counts no more."""
        await self._control.delete("contract")

    async def delete(self) -> None:
        """End it."""
        await self._control.delete()
        self._ours = False

    # -- Clients for it ---------------------------------------------------------------

    @property
    def http(self) -> httpx.AsyncClient:
        """An httpx client for the emulator, with cookies of its own; follows no redirects."""
        if self._http is None:
            self._http = async_http(self.base_url)
        return self._http

    def pycronofy(self, connection: Connection | Connected | None = None) -> Any:
        """A ``pycronofy.Client`` with the application's credentials, and ``connection``'s."""
        try:
            pycronofy: Any = import_module("pycronofy")
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                "pycronofy is not installed: pip install pycronofy"
            ) from error
        client = pycronofy.Client(
            client_id=self.client_id,
            client_secret=self.client_secret,
            access_token=connection and connection.access_token,
            refresh_token=connection and connection.refresh_token,
        )
        client.app_base_url = self.base_url
        client.request_handler.base_url = self.base_url
        return client

    async def aclose(self) -> None:
        """Close ``http``; the sandbox lives on."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _look(self) -> None:
        """What has gone wrong by now: after this, it may be forgotten."""
        await self.faults.look()
        await self.deliveries.look()

    def _begin_anew(self, document: Document) -> None:
        self.document = document
        for name in ("applications", "people", "connected"):
            self.__dict__.pop(name, None)
