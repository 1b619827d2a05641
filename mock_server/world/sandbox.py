"""A sandbox: one complete, isolated world."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from mock_server.world import event_indexes
from mock_server.world.accounts import (
    Account,
    ApplicationCalendar,
    Authorization,
    Calendar,
    Profile,
    ServiceAccount,
)
from mock_server.world.applications import AdminKey, Application, Usage
from mock_server.world.attachments import Attachment
from mock_server.world.availability import AvailabilityRule, AvailablePeriod
from mock_server.world.channels import Channel
from mock_server.world.clock import Clock
from mock_server.world.conferencing import ConferencingProfile, ConferencingRequest
from mock_server.world.events import Event, buckets
from mock_server.world.grants import (
    AccessToken,
    Browser,
    Code,
    Consent,
    EmailVerification,
    LinkToken,
    PermissionRequest,
)
from mock_server.world.ids import Ids
from mock_server.world.journal import JOURNAL_SIZE, Entry
from mock_server.world.meeting_agents import MeetingAgent
from mock_server.world.outbox import Delivery, Failure, Message
from mock_server.world.people import Author, Organization, Person, ProviderCalendar, ProviderEvent
from mock_server.world.records import Record
from mock_server.world.result_pages import ResultPage
from mock_server.world.smart_invites import SmartInvite
from mock_server.world.switches import Switches
from mock_server.world.tables import Clash, Directory, Table
from mock_server.world.timers import Timer


class State(Record, frozen=True):
    """A moment of a sandbox: references to its records, its counters and its clock."""

    tables: dict[str, dict[Hashable, Any]]
    counts: dict[str, int]
    clock: tuple[int | None, int]
    switches: Switches


class Sandbox:
    """Records in tables, a clock, and a source of identifiers. Rules are functions over it."""

    def __init__(
        self,
        sandbox_id: str,
        seed: int,
        directory: Directory,
        *,
        start: int | None = None,
        base_url: str = "http://127.0.0.1:8282",
    ) -> None:
        self.sandbox_id = sandbox_id
        self._directory = directory
        # Where addresses in mails lead; answers use the host they were asked on.
        self.base_url = base_url
        self.seed = seed
        self.scenario: str | None = None
        self.clock = Clock(start)
        self.ids = Ids(seed, sandbox_id)
        self.switches = Switches()
        self.journal: deque[Entry] = deque(maxlen=JOURNAL_SIZE)
        self.origin: State | None = None

        def table(record: Any, key: Any, **declared: Any) -> Any:
            return Table(record, key, owner=self, directory=directory, **declared)

        self.applications: Table[Application] = table(
            Application,
            lambda r: r.client_id,
            routed={"client_id": lambda r: (r.client_id,), "bearer": lambda r: r.client_secrets},
            indexes={"secret": lambda r: r.client_secrets},
        )
        self.usages: Table[Usage] = table(Usage, lambda r: r.client_id)
        self.admin_keys: Table[AdminKey] = table(
            AdminKey, lambda r: r.key, routed={"bearer": lambda r: (r.key,)}
        )
        self.people: Table[Person] = table(Person, lambda r: r.email)
        self.organizations: Table[Organization] = table(
            Organization,
            lambda r: r.domain,
            indexes={
                "mailbox": lambda r: (
                    r.administrator,
                    *r.members,
                    *(resource.email for resource in r.resources),
                )
            },
        )
        self.provider_calendars: Table[ProviderCalendar] = table(
            ProviderCalendar,
            lambda r: r.provider_calendar_id,
            indexes={"email": lambda r: (r.email,)},
        )
        self.provider_events: Table[ProviderEvent] = table(
            ProviderEvent,
            lambda r: r.provider_event_id,
            indexes={
                "calendar": lambda r: (r.provider_calendar_id,),
                "uid": lambda r: ((r.provider_calendar_id, r.uid),) if r.uid else (),
            },
        )
        self.authors: Table[Author] = table(Author, lambda r: r.provider_event_id)
        self.accounts: Table[Account] = table(
            Account, lambda r: r.sub, indexes={"email": lambda r: (r.email,)}
        )
        self.profiles: Table[Profile] = table(
            Profile,
            lambda r: r.profile_id,
            indexes={
                "sub": lambda r: (r.sub,),
                "email": lambda r: (r.email,) if r.email else (),
                "relink_token": lambda r: (r.relink_token,) if r.relink_token else (),
            },
            routed={"page": lambda r: (r.relink_token,) if r.relink_token else ()},
        )
        self.calendars: Table[Calendar] = table(
            Calendar,
            lambda r: r.calendar_id,
            indexes={
                "profile": lambda r: (r.profile_id,),
                "provider_calendar": lambda r: (
                    (r.provider_calendar_id,) if r.provider_calendar_id else ()
                ),
            },
        )
        self.events: Table[Event] = table(
            Event,
            lambda r: r.key,
            indexes={
                "calendar": lambda r: (r.calendar_id,),
                "span": event_indexes.span,
                "moved": event_indexes.moved,
                "series": event_indexes.series,
                "event_id": event_indexes.event_id,
                "uid": lambda r: (r.managed.uid,) if r.managed else (),
                "application": lambda r: (
                    ((r.calendar_id, r.managed.client_id),) if r.managed else ()
                ),
            },
            routed={"invitation": lambda r: (r.managed.uid,) if r.managed else ()},
        )
        self.smart_invites: Table[SmartInvite] = table(
            SmartInvite,
            lambda r: r.key,
            indexes={
                "smart_invite_id": lambda r: (r.smart_invite_id,),
                "uid": lambda r: (r.uid,),
            },
            routed={"invitation": lambda r: (r.uid,)},
        )
        self.availability_rules: Table[AvailabilityRule] = table(
            AvailabilityRule,
            lambda r: r.key,
            indexes={"authorization": lambda r: ((r.client_id, r.sub),)},
        )
        self.available_periods: Table[AvailablePeriod] = table(
            AvailablePeriod,
            lambda r: r.key,
            indexes={
                "authorization": lambda r: ((r.client_id, r.sub),),
                "span": lambda r: [
                    (r.client_id, r.sub, *bucket) for bucket in buckets(r.start, r.end)
                ],
            },
        )
        self.result_pages: Table[ResultPage] = table(
            ResultPage,
            lambda r: r.page_id,
            indexes={"authorization": lambda r: ((r.client_id, r.sub),)},
        )
        self.conferencing_profiles: Table[ConferencingProfile] = table(
            ConferencingProfile,
            lambda r: r.profile_id,
            indexes={
                "sub": lambda r: (r.sub,),
                "relink_token": lambda r: (r.relink_token,) if r.relink_token else (),
            },
            routed={"page": lambda r: (r.relink_token,) if r.relink_token else ()},
        )
        self.conferencing_requests: Table[ConferencingRequest] = table(
            ConferencingRequest,
            lambda r: r.token,
            indexes={"authorization": lambda r: ((r.client_id, r.sub),)},
            routed={"page": lambda r: (r.token,)},
        )
        self.authorizations: Table[Authorization] = table(
            Authorization,
            lambda r: (r.client_id, r.sub),
            indexes={
                "sub": lambda r: (r.sub,),
                "source": lambda r: (grant.source for grant in r.grants),
                "profile": lambda r: r.profile_ids,
                "refresh_token": lambda r: (r.refresh_token,),
            },
            routed={"refresh_token": lambda r: (r.refresh_token,)},
        )
        self.access_tokens: Table[AccessToken] = table(
            AccessToken,
            lambda r: r.token,
            indexes={"authorization": lambda r: ((r.client_id, r.sub),)},
            routed={"bearer": lambda r: (r.token,)},
        )
        self.codes: Table[Code] = table(
            Code,
            lambda r: r.code,
            indexes={"authorization": lambda r: ((r.client_id, r.sub),)},
            routed={"code": lambda r: (r.code,)},
        )
        self.service_accounts: Table[ServiceAccount] = table(ServiceAccount, lambda r: r.sub)
        self.application_calendars: Table[ApplicationCalendar] = table(
            ApplicationCalendar,
            lambda r: r.sub,
            indexes={"name": lambda r: ((r.client_id, r.application_calendar_id),)},
        )
        self.link_tokens: Table[LinkToken] = table(
            LinkToken, lambda r: r.token, routed={"page": lambda r: (r.token,)}
        )
        self.permission_requests: Table[PermissionRequest] = table(
            PermissionRequest,
            lambda r: r.token,
            indexes={"authorization": lambda r: ((r.client_id, r.sub),)},
            routed={"page": lambda r: (r.token,)},
        )
        self.email_verifications: Table[EmailVerification] = table(
            EmailVerification, lambda r: r.token, routed={"page": lambda r: (r.token,)}
        )
        self.browsers: Table[Browser] = table(Browser, lambda r: r.token)
        self.consents: Table[Consent] = table(Consent, lambda r: r.consent_id)
        self.channels: Table[Channel] = table(
            Channel,
            lambda r: r.channel_id,
            indexes={"owner": lambda r: (r.owner,), "sub": lambda r: (r.sub,)},
        )
        self.attachments: Table[Attachment] = table(
            Attachment,
            lambda r: r.attachment_id,
            indexes={
                "application": lambda r: (r.client_id,),
                "file": lambda r: (r.file,),
                "token": lambda r: (r.token,),
            },
            routed={"page": lambda r: (r.token,)},
        )
        self.meeting_agents: Table[MeetingAgent] = table(
            MeetingAgent,
            lambda r: r.sub,
            indexes={
                "event": lambda r: (r.event,) if r.event else (),
                "authorization": lambda r: ((r.client_id, r.account),) if r.account else (),
                "key": lambda r: ((r.client_id, r.scheduling_key),) if r.scheduling_key else (),
                "ended": lambda r: (r.ended,),
                "token": lambda r: (r.token,),
            },
            routed={"page": lambda r: (r.token,)},
        )
        self.deliveries: Table[Delivery] = table(
            Delivery,
            lambda r: r.delivery_id,
            watched=True,
            indexes={
                "state": lambda r: (r.state,),
                "progress": lambda r: r.progress,
                "profile": lambda r: (r.profile_id,) if r.profile_id else (),
                "queue": lambda r: (r.queue,) if r.queue and r.state == "pending" else (),
            },
        )
        self.failures: Table[Failure] = table(
            Failure, lambda r: r.failure_id, indexes={"delivery": lambda r: (r.delivery_id,)}
        )
        self.messages: Table[Message] = table(
            Message, lambda r: r.message_id, watched=True, indexes={"to": lambda r: (r.to,)}
        )
        self.timers: Table[Timer] = table(
            Timer,
            lambda r: r.timer_id,
            watched=True,
            indexes={"subject": lambda r: ((r.kind, r.subject),)},
        )

    def now(self) -> int:
        return self.clock.now()

    def tables(self) -> dict[str, Table[Any]]:
        """Every table by its name, in the order they are declared."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Table)}

    def state(self) -> State:
        """This moment, to come back to: a copy of references."""
        return State(
            tables={name: table.rows() for name, table in self.tables().items()},
            counts=dict(self.ids.counts),
            clock=self.clock.state(),
            switches=self.switches,
        )

    def restore(self, state: State) -> None:
        """Become what ``state`` was.

        Raises :class:`~mock_server.world.tables.Clash`, with nothing changed, if another
        sandbox has taken one of its credentials since, or two of its records share one.
        """
        tables = self.tables()
        seen = set()
        for name, records in state.tables.items():
            for record in records.values():
                for namespace, value, taken in tables[name].routes(record):
                    if taken or (namespace, value) in seen:
                        raise Clash(namespace, value)
                    seen.add((namespace, value))
        earlier = set(self._directory.changes)
        # A credential may move from one table or record to another, so all go before any comes.
        for table in tables.values():
            table.clear()
        for name, records in state.tables.items():
            tables[name].fill(records.values())
        # A mail that comes back into a mailbox is no new mail.
        for owner, record, key in set(self._directory.changes) - earlier:
            if owner is self and record is Message:
                del self._directory.changes[owner, record, key]
        self.ids.counts = dict(state.counts)
        self.clock.restore(state.clock)
        self.switches = state.switches

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All or nothing: what raises inside leaves the sandbox as it was before."""
        before = self.state()
        try:
            yield
        except BaseException:
            self.restore(before)
            raise

    def reset(self) -> None:
        """Back to the state the scenario left, with an empty journal."""
        if self.origin is not None:
            self.restore(self.origin)
        self.journal.clear()
