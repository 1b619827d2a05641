"""Applications: redirect URIs, provisioning, verification, plans (identity §§9, 12.1, 13)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from mock_server.errors import PaymentRequired
from mock_server.world.applications import Application
from mock_server.world.directory import Clash
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

# Lowest first. Starter and Emerging are two names of one level, by the age of the page. Without
# a plan, every call is refused that an application makes.
PLAN_LEVELS = {"none": 0, "starter": 1, "emerging": 1, "growth": 2, "strategic": 3}


def reaches_plan(application: Application, plan: str) -> bool:
    return PLAN_LEVELS[application.plan] >= PLAN_LEVELS[plan]


def require_plan(application: Application, plan: str) -> None:
    """Raise PaymentRequired unless the application's plan reaches ``plan``."""
    if not reaches_plan(application, plan):
        raise PaymentRequired(
            f"this needs the plan {plan}; application {application.client_id} is on "
            f"{application.plan}"
        )


def is_http_url(value: str) -> bool:
    """Whether ``value`` is an absolute http(s) address without control characters.

    Nor with a backslash, which browsers read as a slash, and others as part of the host.
    """
    if any(character <= " " or character in "\x7f\\" for character in value):
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def is_registrable(value: str) -> bool:
    """Whether ``value`` can be registered as a redirect URI: its host may begin with ``*.``."""
    return is_http_url(value.replace("://*.", "://wildcard.", 1))


def redirect_uri_problem(application: Application, redirect_uri: str) -> str | None:
    """Why a redirect to ``redirect_uri`` would be unsafe; None if it is fine.

    A development application takes any http(s) address; a production one only those
    registered, where an entry may begin its host with ``*.`` (identity §3.1).
    """
    if not redirect_uri:
        return "redirect_uri is missing"
    if not is_http_url(redirect_uri):
        return f"redirect_uri must be an http or https address, found {redirect_uri!r}"
    if application.mode == "development":
        return None
    if any(_matches(entry, redirect_uri) for entry in application.redirect_uris):
        return None
    return (
        f"{redirect_uri!r} is not registered for {application.name}, which is in production; "
        "registered: " + (", ".join(application.redirect_uris) or "none")
    )


# What may stand for a wildcard: an encoded slash would end the host in some readers' eyes.
_LABELS = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")


def _matches(entry: str, redirect_uri: str) -> bool:
    registered, asked = urlsplit(entry), urlsplit(redirect_uri)
    host = registered.hostname or ""
    if not host.startswith("*."):
        return entry == redirect_uri
    if "@" in asked.netloc:
        return False
    asked_host = asked.hostname or ""
    label = asked_host.removesuffix(host[1:])
    return (
        label != asked_host
        and _LABELS.fullmatch(label) is not None
        and registered._replace(netloc="") == asked._replace(netloc="")
        and registered.port == asked.port
    )


def provision(sandbox: Sandbox, name: str, url: str) -> Application:
    """A new application in development mode."""
    return sandbox.applications.put(
        Application(
            client_id=sandbox.ids.token("client_id"),
            client_secrets=(sandbox.ids.client_secret(),),
            name=name,
            url=url,
        )
    )


def add_secret(sandbox: Sandbox, application: Application, secret: str | None) -> Application:
    """A new active secret, the newest; one of Cronofy's form unless it is given.

    Raises Clash if anything else on the server has it.
    """
    secret = secret or sandbox.ids.client_secret()
    if secret in application.client_secrets:
        raise Clash("bearer", secret)
    secrets = (secret, *application.client_secrets)
    return sandbox.applications.put(replace(application, client_secrets=secrets))


def end_secret(sandbox: Sandbox, application: Application, secret: str) -> Application:
    """``secret`` is active no more."""
    secrets = tuple(other for other in application.client_secrets if other != secret)
    return sandbox.applications.put(replace(application, client_secrets=secrets))


def verify(sandbox: Sandbox, application: Application, redirect_uris: list[str]) -> Application:
    """Put the application into production; URIs add up over calls."""
    registered = dict.fromkeys((*application.redirect_uris, *redirect_uris))
    return sandbox.applications.put(
        replace(application, mode="production", redirect_uris=tuple(registered))
    )
