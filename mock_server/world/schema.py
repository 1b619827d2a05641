"""The tables of a sandbox: what it keeps, by which key, and how it is found."""

from __future__ import annotations

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
from mock_server.world.conferencing import ConferencingProfile, ConferencingRequest
from mock_server.world.directory import Directory
from mock_server.world.events import Event, buckets
from mock_server.world.faults import Fault
from mock_server.world.grants import (
    AccessToken,
    Browser,
    Code,
    Consent,
    EmailVerification,
    FormerToken,
    LinkToken,
    PermissionRequest,
)
from mock_server.world.meeting_agents import MeetingAgent
from mock_server.world.outages import Outage
from mock_server.world.outbox import Delivery, Failure, Message
from mock_server.world.people import Author, Organization, Person, ProviderCalendar, ProviderEvent
from mock_server.world.result_pages import ResultPage
from mock_server.world.smart_invites import SmartInvite
from mock_server.world.tables import Declared, Table
from mock_server.world.timeline import TimelineEntry
from mock_server.world.timers import Timer


class Schema:
    """Every table by its name; what finds a credential is on the server's ``directory``."""

    applications = Declared(
        Application,
        lambda r: r.client_id,
        routed={"client_id": lambda r: (r.client_id,), "bearer": lambda r: r.client_secrets},
        indexes={"secret": lambda r: r.client_secrets},
    )
    usages = Declared(Usage, lambda r: r.client_id)
    admin_keys = Declared(AdminKey, lambda r: r.key, routed={"bearer": lambda r: (r.key,)})
    people = Declared(Person, lambda r: r.email)
    organizations = Declared(
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
    provider_calendars = Declared(
        ProviderCalendar,
        lambda r: r.provider_calendar_id,
        indexes={"email": lambda r: (r.email,)},
    )
    provider_events = Declared(
        ProviderEvent,
        lambda r: r.provider_event_id,
        indexes={
            "calendar": lambda r: (r.provider_calendar_id,),
            "uid": lambda r: ((r.provider_calendar_id, r.uid),) if r.uid else (),
        },
    )
    authors = Declared(Author, lambda r: r.provider_event_id)
    accounts = Declared(Account, lambda r: r.sub, indexes={"email": lambda r: (r.email,)})
    profiles = Declared(
        Profile,
        lambda r: r.profile_id,
        indexes={
            "sub": lambda r: (r.sub,),
            "email": lambda r: (r.email,) if r.email else (),
            "relink_token": lambda r: (r.relink_token,) if r.relink_token else (),
        },
        routed={"page": lambda r: (r.relink_token,) if r.relink_token else ()},
    )
    calendars = Declared(
        Calendar,
        lambda r: r.calendar_id,
        indexes={
            "profile": lambda r: (r.profile_id,),
            "provider_calendar": lambda r: (
                (r.provider_calendar_id,) if r.provider_calendar_id else ()
            ),
        },
    )
    events = Declared(
        Event,
        lambda r: r.key,
        indexes={
            "calendar": lambda r: (r.calendar_id,),
            "span": event_indexes.span,
            "moved": event_indexes.moved,
            "series": event_indexes.series,
            "event_id": event_indexes.event_id,
            "uid": lambda r: (r.managed.uid,) if r.managed else (),
            "application": lambda r: ((r.calendar_id, r.managed.client_id),) if r.managed else (),
        },
        routed={"invitation": lambda r: (r.managed.uid,) if r.managed else ()},
    )
    smart_invites = Declared(
        SmartInvite,
        lambda r: r.key,
        indexes={
            "smart_invite_id": lambda r: (r.smart_invite_id,),
            "uid": lambda r: (r.uid,),
        },
        routed={"invitation": lambda r: (r.uid,)},
    )
    availability_rules = Declared(
        AvailabilityRule,
        lambda r: r.key,
        indexes={"authorization": lambda r: ((r.client_id, r.sub),)},
    )
    available_periods = Declared(
        AvailablePeriod,
        lambda r: r.key,
        indexes={
            "authorization": lambda r: ((r.client_id, r.sub),),
            "span": lambda r: [(r.client_id, r.sub, *bucket) for bucket in buckets(r.start, r.end)],
        },
    )
    result_pages = Declared(
        ResultPage,
        lambda r: r.page_id,
        indexes={"authorization": lambda r: ((r.client_id, r.sub),)},
    )
    conferencing_profiles = Declared(
        ConferencingProfile,
        lambda r: r.profile_id,
        indexes={
            "sub": lambda r: (r.sub,),
            "relink_token": lambda r: (r.relink_token,) if r.relink_token else (),
        },
        routed={"page": lambda r: (r.relink_token,) if r.relink_token else ()},
    )
    conferencing_requests = Declared(
        ConferencingRequest,
        lambda r: r.token,
        indexes={"authorization": lambda r: ((r.client_id, r.sub),)},
        routed={"page": lambda r: (r.token,)},
    )
    authorizations = Declared(
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
    access_tokens = Declared(
        AccessToken,
        lambda r: r.token,
        indexes={"authorization": lambda r: ((r.client_id, r.sub),)},
        routed={"bearer": lambda r: (r.token,)},
    )
    former_tokens = Declared(
        FormerToken, lambda r: r.token, routed={"former": lambda r: (r.token,)}
    )
    codes = Declared(
        Code,
        lambda r: r.code,
        indexes={"authorization": lambda r: ((r.client_id, r.sub),)},
        routed={"code": lambda r: (r.code,)},
    )
    service_accounts = Declared(ServiceAccount, lambda r: r.sub)
    application_calendars = Declared(
        ApplicationCalendar,
        lambda r: r.sub,
        indexes={"name": lambda r: ((r.client_id, r.application_calendar_id),)},
    )
    link_tokens = Declared(LinkToken, lambda r: r.token, routed={"page": lambda r: (r.token,)})
    permission_requests = Declared(
        PermissionRequest,
        lambda r: r.token,
        indexes={"authorization": lambda r: ((r.client_id, r.sub),)},
        routed={"page": lambda r: (r.token,)},
    )
    email_verifications = Declared(
        EmailVerification, lambda r: r.token, routed={"page": lambda r: (r.token,)}
    )
    browsers = Declared(Browser, lambda r: r.token)
    consents = Declared(Consent, lambda r: r.consent_id)
    channels = Declared(
        Channel,
        lambda r: r.channel_id,
        indexes={"owner": lambda r: (r.owner,), "sub": lambda r: (r.sub,)},
    )
    attachments = Declared(
        Attachment,
        lambda r: r.attachment_id,
        indexes={
            "application": lambda r: (r.client_id,),
            "file": lambda r: (r.file,),
            "token": lambda r: (r.token,),
        },
        routed={"page": lambda r: (r.token,)},
    )
    meeting_agents = Declared(
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
    deliveries = Declared(
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
    failures = Declared(
        Failure, lambda r: r.failure_id, indexes={"delivery": lambda r: (r.delivery_id,)}
    )
    messages = Declared(
        Message, lambda r: r.message_id, watched=True, indexes={"to": lambda r: (r.to,)}
    )
    timers = Declared(
        Timer,
        lambda r: r.timer_id,
        watched=True,
        indexes={"subject": lambda r: ((r.kind, r.subject),)},
    )
    timeline = Declared(
        TimelineEntry,
        lambda r: r.entry_id,
        indexes={"waits_for": lambda r: (r.waits_for,) if r.waits_for else ()},
    )
    faults = Declared(
        Fault,
        lambda r: r.fault_id,
        watched=True,
        routed={"fault": lambda r: () if r.is_used_up else (r.fault_id,)},
    )
    outages = Declared(
        Outage,
        lambda r: r.outage_id,
        # Those of a data center are met by calls, as faults are.
        routed={"fault": lambda r: (r.outage_id,) if r.data_center else ()},
    )

    def __init__(self, directory: Directory) -> None:
        self.directory = directory

    def tables(self) -> dict[str, Table[Any]]:
        """Every table by its name, in the order they are declared."""
        return {name: getattr(self, name) for name in DECLARED}

    def made(self) -> dict[str, Table[Any]]:
        """Those tables that there has been anything to ask of."""
        mine = vars(self)
        return {name: mine[name] for name in DECLARED if name in mine}


DECLARED = tuple(name for name, value in vars(Schema).items() if isinstance(value, Declared))
