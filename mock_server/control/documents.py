"""What the control API answers: sandboxes, people, deliveries … as JSON documents."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from mock_server.api.event_documents import attendee_document
from mock_server.api.event_times import plain_time
from mock_server.api.identity import calendar_document, profile_document
from mock_server.rules import own_calendar, profiles
from mock_server.world.accounts import Authorization
from mock_server.world.applications import Application
from mock_server.world.clock import as_text
from mock_server.world.grants import Consent
from mock_server.world.outbox import Attempt, Delivery, Failure, Invite, Message
from mock_server.world.people import Organization, Person, ProviderCalendar
from mock_server.world.sandbox import Sandbox

Document = dict[str, Any]


def sandbox_document(sandbox: Sandbox, base_url: str) -> Document:
    """Everything a test needs to begin: credentials, people, and who is connected."""
    return {
        "sandbox_id": sandbox.sandbox_id,
        "scenario": sandbox.scenario,
        "seed": sandbox.seed,
        "clock": clock_document(sandbox),
        "admin_api_key": next((item.key for item in sandbox.admin_keys), None),
        "applications": [application_document(item) for item in sandbox.applications],
        "people": [person_document(sandbox, person) for person in sandbox.people],
        "organizations": [organization_document(item) for item in sandbox.organizations],
        "connected": [
            connected_document(sandbox, authorization, base_url)
            for authorization in sandbox.authorizations
        ],
    }


def clock_document(sandbox: Sandbox) -> Document:
    return {"now": as_text(sandbox.now()), "mode": sandbox.clock.mode}


def application_document(application: Application) -> Document:
    features = application.features
    return {
        "client_id": application.client_id,
        "client_secret": application.client_secret,
        "name": application.name,
        "mode": application.mode,
        "redirect_uris": list(application.redirect_uris),
        "plan": application.plan,
        "data_center": application.data_center,
        "features": msgspec.structs.asdict(features),
    }


def person_document(sandbox: Sandbox, person: Person) -> Document:
    decisions = person.decisions
    return {
        "email": person.email,
        "name": person.name,
        "zoneinfo": person.zoneinfo,
        "locale": person.locale,
        "provider": person.provider,
        "calendars": [
            person_calendar_document(calendar)
            for calendar in own_calendar.calendars(sandbox, person)
        ],
        "consent": {
            name: decision
            for name, decision in msgspec.structs.asdict(decisions).items()
            if decision is not None
        },
        "invites": person.invites
        and {"reply": person.invites.reply, "after": {"seconds": person.invites.after}},
        "initial_sync": person.initial_sync,
        "sync_delay": {"seconds": person.sync_delay},
    }


def person_calendar_document(calendar: ProviderCalendar) -> Document:
    return {"name": calendar.name, "primary": calendar.primary, "readonly": calendar.readonly}


def organization_document(organization: Organization) -> Document:
    return {
        "domain": organization.domain,
        "provider": organization.provider,
        "administrator": organization.administrator,
        "members": list(organization.members),
        "resources": [{"email": item.email, "name": item.name} for item in organization.resources],
    }


def connected_document(sandbox: Sandbox, authorization: Authorization, base_url: str) -> Document:
    """One authorization, with its newest access token (null before the first)."""
    tokens = sandbox.access_tokens.by("authorization", authorization.key)
    document: Document = {
        "sub": authorization.sub,
        "kind": authorization.kind,
        "client_id": authorization.client_id,
        "scope": authorization.scope,
        "access_token": tokens[-1].token if tokens else None,
        "refresh_token": authorization.refresh_token,
        "profiles": [
            {
                **profile_document(profile, base_url),
                "profile_calendars": [
                    calendar_document(sandbox, authorization, calendar)
                    for calendar in sandbox.calendars.by("profile", profile.profile_id)
                ],
            }
            for profile in profiles.visible(sandbox, authorization)
        ],
    }
    if authorization.kind == "account":
        document["email"] = sandbox.accounts[authorization.sub].email
    elif authorization.kind == "service_account":
        service_account = sandbox.service_accounts[authorization.sub]
        document["email"] = service_account.email
        document["service_account"] = service_account.domain
        document["delegated_scope"] = authorization.delegated_scope
    else:
        name = sandbox.application_calendars[authorization.sub].application_calendar_id
        document["application_calendar_id"] = name
    return document


def consent_document(consent: Consent) -> Document:
    return msgspec.structs.asdict(consent)


def delivery_document(delivery: Delivery) -> Document:
    return {
        "delivery_id": delivery.delivery_id,
        "kind": delivery.kind,
        "client_id": delivery.client_id or None,
        "queue": delivery.queue,
        "url": delivery.url,
        "state": delivery.state,
        "created_at": as_text(delivery.created_at),
        "due_at": as_text(delivery.due_at),
        "body": json.loads(delivery.body),
        "attempts": [_attempt_document(delivery, attempt) for attempt in delivery.attempts],
    }


def _attempt_document(delivery: Delivery, attempt: Attempt) -> Document:
    """``request`` is null for a mail, which is no HTTP request."""
    headers = dict(attempt.headers)
    return {
        "at": as_text(attempt.at),
        "injected": attempt.injected,
        "request": {"method": "POST", "url": delivery.url, "headers": headers} if headers else None,
        "response": {
            "status": attempt.status,
            "body": attempt.response,
            "error": attempt.error,
            "duration_ms": attempt.duration,
        },
    }


def failure_document(failure: Failure) -> Document:
    """A failure that is still to come, ``times`` times; null values mean any."""
    return {
        "failure_id": failure.failure_id,
        "with": failure.outcome,
        "times": failure.times,
        "delivery_id": failure.delivery_id,
        "kind": failure.kind,
        "url": failure.url,
    }


def message_document(message: Message, *, text: bool = False) -> Document:
    document: Document = {
        "message_id": message.message_id,
        "to": message.to,
        "from": message.sender,
        "subject": message.subject,
        "method": message.invite.method if message.invite else None,
        "uid": message.invite.uid if message.invite else None,
        "sequence": message.invite.sequence if message.invite else None,
        "sent_at": as_text(message.sent_at),
    }
    if text:
        document["text"] = message.text
    return document


def invite_document(invite: Invite) -> Document:
    """What the invitation says; of a whole day, the dates, and the end is exclusive."""
    details, organizer = invite.details, invite.details.organizer
    return {
        "summary": details.summary,
        "start": plain_time(details.start, all_day=details.all_day),
        "end": plain_time(details.end, all_day=details.all_day),
        "tzid": details.start_tzid,
        "location": details.location,
        "organizer": organizer and msgspec.structs.asdict(organizer),
        "attendees": [attendee_document(attendee) for attendee in invite.attendees],
    }
