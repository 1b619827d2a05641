"""The official Python and Node SDKs behind one set of names, so that both tell the same stories.

Nothing of an SDK is changed but its base address. Every call returns the whole document
that the SDK received; what the SDK itself makes of it is checked against that on the way.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlencode

import pycronofy
import pycronofy.settings
import pytest
import requests
from pycronofy.exceptions import PyCronofyRequestError

from tests.sdk.node import NodeProcess

Document = Any


class Refused(Exception):
    """The API refused a call: what the SDK tells of it. ``document`` is None for no body."""

    def __init__(self, status: int, document: Document) -> None:
        super().__init__(f"{status}: {document}")
        self.status = status
        self.document = document


class Client(Protocol):
    """One client of an SDK. The tokens are those that the SDK itself holds."""

    @property
    def access_token(self) -> str | None: ...
    @property
    def refresh_token(self) -> str | None: ...

    def exchange(self, code: str, redirect_uri: str) -> Document: ...
    def refresh(self) -> Document: ...
    def revoke(self) -> None: ...
    def revoke_sub(self, sub: str) -> None: ...
    def revoke_profile(self, profile_id: str) -> None: ...
    def userinfo(self) -> Document: ...
    def account(self) -> Document: ...
    def profiles(self) -> Document: ...
    def calendars(self) -> Document: ...
    def create_calendar(self, profile_id: str, name: str) -> Document: ...
    def application_calendar(self, application_calendar_id: str) -> Document: ...
    def elevate(self, calendar_ids: list[str], redirect_uri: str | None = None) -> Document: ...
    def connect_service(self, redirect_uri: str, provider_name: str | None = None) -> str:
        """The address at which the person connects a conferencing service."""
        ...

    def authorize_user(
        self, email: str, scope: str, callback_url: str, state: str | None = None
    ) -> None: ...
    def hmac_valid(self, header: str, body: str) -> bool: ...


class Sdk(Protocol):
    """An SDK, and the server it is pointed at."""

    name: str

    def authorize_url(self, client_id: str, redirect_uri: str, scope: str, **more: Any) -> str:
        """The address a person is sent to, built by the SDK where it builds any."""
        ...

    def client(
        self,
        credentials: dict[str, str],
        access_token: str | None = None,
        refresh_token: str | None = None,
    ) -> Client: ...


def _permissions(calendar_ids: list[str]) -> list[dict[str, str]]:
    return [{"calendar_id": c, "permission_level": "unrestricted"} for c in calendar_ids]


class PythonSdk:
    """pycronofy, with its response hook to see whole answers."""

    name = "python"

    def __init__(self, url: str, patch: pytest.MonkeyPatch) -> None:
        self.url = url
        self.last: requests.Response
        patch.setattr(pycronofy.settings, "REQUEST_HOOK", {"response": self._record})

    def _record(self, response: requests.Response, *_: object, **__: object) -> None:
        self.last = response

    def authorize_url(self, client_id: str, redirect_uri: str, scope: str, **more: Any) -> str:
        client = pycronofy.Client(client_id=client_id)
        client.app_base_url = self.url
        known = ("state", "provider_name", "avoid_linking")
        named = {name: more.pop(name) for name in known if name in more}
        # What the builder does not know, its users append.
        extra = f"&{urlencode(more)}" if more else ""
        address: str = client.user_auth_link(redirect_uri, scope=scope, **named)
        return address + extra

    def client(
        self,
        credentials: dict[str, str],
        access_token: str | None = None,
        refresh_token: str | None = None,
    ) -> PythonClient:
        client = pycronofy.Client(
            **credentials, access_token=access_token, refresh_token=refresh_token
        )
        client.request_handler.base_url = self.url
        client.app_base_url = self.url
        return PythonClient(self, client)


class PythonClient:
    def __init__(self, sdk: PythonSdk, client: pycronofy.Client) -> None:
        self._sdk = sdk
        self.client = client

    @property
    def access_token(self) -> str | None:
        token: str | None = self.client.auth.access_token
        return token

    @property
    def refresh_token(self) -> str | None:
        token: str | None = self.client.auth.refresh_token
        return token

    def call(self, method: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[Any, Any]:
        """What ``method`` returns, and the document it received. Raises Refused."""
        try:
            result = method(*arguments, **named)
        except Exception as error:
            # create_calendar trips over the body of a refusal it did not expect.
            cause: BaseException | None = error
            while cause is not None and not isinstance(cause, PyCronofyRequestError):
                cause = cause.__context__
            if cause is None:
                raise
            raise Refused(cause.response.status_code, _document(cause.response.text)) from error
        return result, _document(self._sdk.last.text)

    def _whole(self, method: Callable[..., Any], *arguments: Any, member: str | None = None) -> Any:
        result, document = self.call(method, *arguments)
        assert result == (document[member] if member else document)
        return document

    def _tokens(self, method: Callable[..., Any], *arguments: Any) -> Any:
        result, document = self.call(method, *arguments)
        assert result["access_token"] == document["access_token"] == self.access_token
        assert result["refresh_token"] == document["refresh_token"] == self.refresh_token
        return document

    def _nothing(self, method: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        result, document = self.call(method, *arguments, **named)
        assert result is None
        assert document is None

    def exchange(self, code: str, redirect_uri: str) -> Document:
        return self._tokens(self.client.get_authorization_from_code, code, redirect_uri)

    def refresh(self) -> Document:
        return self._tokens(self.client.refresh_authorization)

    def revoke(self) -> None:
        self._nothing(self.client.revoke_authorization)

    def revoke_sub(self, sub: str) -> None:
        # The SDK revokes by access token only; its own transport sends the other form.
        members = {
            "client_id": self.client.auth.client_id,
            "client_secret": self.client.auth.client_secret,
            "sub": sub,
        }
        handler = self.client.request_handler
        _, document = self.call(
            handler.post, "oauth/token/revoke", data=members, omit_api_version=True
        )
        assert document is None

    def revoke_profile(self, profile_id: str) -> None:
        self._nothing(self.client.revoke_profile, profile_id)

    def userinfo(self) -> Document:
        return self._whole(self.client.userinfo)

    def account(self) -> Document:
        return self._whole(self.client.account, member="account")

    def profiles(self) -> Document:
        return self._whole(self.client.list_profiles, member="profiles")

    def calendars(self) -> Document:
        return self._whole(self.client.list_calendars, member="calendars")

    def create_calendar(self, profile_id: str, name: str) -> Document:
        return self._whole(self.client.create_calendar, profile_id, name)

    def application_calendar(self, application_calendar_id: str) -> Document:
        return self._tokens(self.client.application_calendar, application_calendar_id)

    def elevate(self, calendar_ids: list[str], redirect_uri: str | None = None) -> Document:
        wanted = _permissions(calendar_ids)
        elevated = self.client.elevated_permissions
        return self._whole(elevated, wanted, redirect_uri, member="permissions_request")

    def connect_service(self, redirect_uri: str, provider_name: str | None = None) -> str:
        ask = self.client.get_conferencing_services_auth_link
        address, document = self.call(ask, redirect_uri, provider_name)
        assert document == {"authorization_request": {"url": address}}
        return str(address)

    def authorize_user(
        self, email: str, scope: str, callback_url: str, state: str | None = None
    ) -> None:
        authorize = self.client.authorize_with_service_account
        self._nothing(authorize, email, scope, callback_url, state=state)

    def hmac_valid(self, header: str, body: str) -> bool:
        valid: bool = self.client.hmac_valid(header, body)
        return valid


class NodeSdk:
    """cronofy of npm, in a Node process."""

    name = "node"

    def __init__(self, url: str, process: NodeProcess) -> None:
        self.url = url
        self.process = process

    def authorize_url(self, client_id: str, redirect_uri: str, scope: str, **more: Any) -> str:
        # The SDK builds no addresses; applications write them out.
        if "avoid_linking" in more:
            more["avoid_linking"] = "true" if more["avoid_linking"] else "false"
        query = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "scope": scope,
            **more,
        }
        return f"{self.url}/oauth/authorize?{urlencode(query)}"

    def client(
        self,
        credentials: dict[str, str],
        access_token: str | None = None,
        refresh_token: str | None = None,
    ) -> NodeClient:
        config = {**credentials, "access_token": access_token, "refresh_token": refresh_token}
        config = {name: value for name, value in config.items() if value is not None}
        return NodeClient(self, config)


class NodeClient:
    def __init__(self, sdk: NodeSdk, config: dict[str, str]) -> None:
        self._process = sdk.process
        self._number = self._process.ask(config=config, api=sdk.url)["result"]
        self.access_token: str | None = config.get("access_token")
        self.refresh_token: str | None = config.get("refresh_token")

    def call(self, method: str, **options: Any) -> Any:
        """What ``method`` resolves to, None for an empty body. Raises Refused."""
        outcome = self._process.ask(client=self._number, method=method, options=options)
        assert "broken" not in outcome, outcome["broken"]
        if "status" in outcome:
            raise Refused(outcome["status"], outcome["entity"] or None)
        self.access_token = outcome.get("access")
        self.refresh_token = outcome.get("refresh")
        # A response without a body is an empty text.
        return None if outcome.get("result") == "" else outcome.get("result")

    def _tokens(self, method: str, **options: str) -> Document:
        document = self.call(method, **options)
        assert document["access_token"] == self.access_token
        assert document["refresh_token"] == self.refresh_token
        return document

    def _nothing(self, method: str, **options: Any) -> None:
        assert self.call(method, **options) is None

    def exchange(self, code: str, redirect_uri: str) -> Document:
        return self._tokens("requestAccessToken", code=code, redirect_uri=redirect_uri)

    def refresh(self) -> Document:
        return self._tokens("refreshAccessToken")

    def revoke(self) -> None:
        assert self.refresh_token is not None
        self._nothing("revokeAuthorization", token=self.refresh_token)
        assert (self.access_token, self.refresh_token) == (None, None)

    def revoke_sub(self, sub: str) -> None:
        self._nothing("revokeAuthorization", sub=sub)

    def revoke_profile(self, profile_id: str) -> None:
        self._nothing("revokeProfileAuthorization", profile_id=profile_id)

    def userinfo(self) -> Document:
        return self.call("userInfo")

    def account(self) -> Document:
        return self.call("accountInformation")

    def profiles(self) -> Document:
        return self.call("profileInformation")

    def calendars(self) -> Document:
        return self.call("listCalendars")

    def create_calendar(self, profile_id: str, name: str) -> Document:
        return self.call("createCalendar", profile_id=profile_id, name=name)

    def application_calendar(self, application_calendar_id: str) -> Document:
        return self._tokens("applicationCalendar", application_calendar_id=application_calendar_id)

    def elevate(self, calendar_ids: list[str], redirect_uri: str | None = None) -> Document:
        more = {"redirect_uri": redirect_uri} if redirect_uri else {}
        return self.call("elevatedPermissions", permissions=_permissions(calendar_ids), **more)

    def connect_service(self, redirect_uri: str, provider_name: str | None = None) -> str:
        more = {"provider_name": provider_name} if provider_name else {}
        document = self.call("conferencingServiceAuthorizations", redirect_uri=redirect_uri, **more)
        address = str(document["authorization_request"]["url"])
        assert document == {"authorization_request": {"url": address}}
        return address

    def authorize_user(
        self, email: str, scope: str, callback_url: str, state: str | None = None
    ) -> None:
        more = {"state": state} if state is not None else {}
        self._nothing(
            "authorizeWithServiceAccount",
            email=email,
            scope=scope,
            callback_url=callback_url,
            **more,
        )

    def hmac_valid(self, header: str, body: str) -> bool:
        valid: bool = self.call("hmacValid", hmac=header, body=body)
        return valid


def _document(text: str) -> Document:
    """JSON where the body is JSON, its text where it is not, None where it is empty."""
    if not text:
        return None
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
