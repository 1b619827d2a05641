"""One call of an endpoint, as its handler sees it."""

from __future__ import annotations

from typing import Any

from mock_server.address import base_url
from mock_server.api.faults import Hit
from mock_server.world.accounts import Authorization
from mock_server.world.applications import Application
from mock_server.world.findings import Finding
from mock_server.world.sandbox import Sandbox


class Call:
    """Who calls (``sandbox``, ``application``, ``authorization``), and with what.

    ``content`` is the body's bytes, ``body`` and ``query`` are the endpoint's parsed models;
    ``path`` holds the parameters of the path; ``target`` is what ``owned`` found. ``findings``
    travel in ``Mock-Cronofy-Warning`` headers and into the journal, as does the ``fault_id`` or
    the ``outage_id`` of what this call has met.
    """

    __slots__ = (
        "_application",
        "_authorization",
        "_sandbox",
        "body",
        "content",
        "fault_id",
        "findings",
        "outage_id",
        "path",
        "public_url",
        "query",
        "scope",
        "target",
    )

    def __init__(self, scope: Any, path: dict[str, str], public_url: str | None) -> None:
        self.scope = scope
        self.path = path
        self.public_url = public_url
        self.content = b""
        self.body: Any = None
        self.query: Any = None
        self.target: Any = None
        self.findings: list[Finding] = []
        self.fault_id: str | None = None
        self.outage_id: str | None = None
        self._sandbox: Sandbox | None = None
        self._application: Application | None = None
        self._authorization: Authorization | None = None

    def reach(self, sandbox: Sandbox) -> None:
        """Say in whose journal this call belongs, whether or not its credential is good."""
        self._sandbox = sandbox

    def authenticate(
        self,
        sandbox: Sandbox,
        application: Application | None,
        authorization: Authorization | None = None,
    ) -> None:
        """Say whose call this is; credentials do that once."""
        self._sandbox = sandbox
        self._application = application
        self._authorization = authorization

    def meet(self, hit: Hit) -> None:
        """Say what this call has met, and whose it is if nothing is going to check that."""
        self._sandbox = sandbox = hit.sandbox
        self.fault_id, self.outage_id = hit.fault_id, hit.outage_id
        if hit.caller is not None:
            client_id, sub = hit.caller.client_id, hit.caller.sub
            self._application = sandbox.applications.get(client_id)
            self._authorization = sandbox.authorizations.get((client_id, sub))

    def entry(self, path: dict[str, str]) -> Call:
        """A call inside this one, by the same caller, with no query of its own."""
        inner = Call({**self.scope, "query_string": b""}, path, self.public_url)
        inner.authenticate(self.sandbox, self.application, self.authorization)
        return inner

    def remark(self, code: str, text: str) -> None:
        """Note what is odd about this call: a kind of findings, and a sentence."""
        self.findings.append(Finding.of(code, text))

    @property
    def reached(self) -> Sandbox | None:
        """The sandbox, if any has been found yet."""
        return self._sandbox

    @property
    def sandbox(self) -> Sandbox:
        assert self._sandbox is not None, "no credential has been checked yet"
        return self._sandbox

    @property
    def application(self) -> Application:
        assert self._application is not None, "this credential belongs to no application"
        return self._application

    @property
    def authorization(self) -> Authorization:
        assert self._authorization is not None, "this credential belongs to no account"
        return self._authorization

    @property
    def client_id(self) -> str | None:
        return self._application.client_id if self._application else None

    @property
    def sub(self) -> str | None:
        return self._authorization.sub if self._authorization else None

    @property
    def base_url(self) -> str:
        """Scheme and host that addresses in the answer begin with, no slash at the end."""
        return self.public_url or base_url(self.scope)
