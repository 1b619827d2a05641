"""The web application: four addresses for people and programs, one for Cronofy's webhooks."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import requests
from pycronofy.exceptions import PyCronofyRequestError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from meetings.accounts import Account, Accounts
from meetings.bookings import NotFree, Wish, book, read_changes
from meetings.cronofy import ConnectionLost, Cronofy
from meetings.settings import Settings

STATE = "cronofy_state"


def create_app(
    settings: Settings | None = None, sleep: Callable[[int], object] = time.sleep
) -> Starlette:
    """``sleep`` is what happens while Cronofy asks for patience; it takes seconds."""
    service = Service(settings or Settings.read(), sleep)
    return Starlette(
        routes=[
            Route("/connect", service.connect),
            Route("/callback", service.callback),
            Route("/meetings", service.meetings, methods=["POST"]),
            Route("/webhooks", service.webhooks, methods=["POST"]),
            Route("/status", service.status),
        ],
        exception_handlers={
            NotFree: lambda _, error: _problem(409, str(error)),
            ConnectionLost: lambda _, error: _problem(
                409, str(error), reconnect_url=error.reconnect_url
            ),
            PyCronofyRequestError: lambda _, error: _problem(
                502, f"Cronofy answers {error.response.status_code}"
            ),
            requests.ConnectionError: lambda _, __: _problem(502, "Cronofy does not answer"),
        },
    )


class Service:
    """pycronofy waits for its answers, so it is called in threads: plain methods are run in one
    by Starlette, the others, which read a body first, see to that themselves.
    """

    def __init__(self, settings: Settings, sleep: Callable[[int], object]) -> None:
        self._cronofy = Cronofy(settings, sleep)
        self._settings = settings
        self._accounts = Accounts()

    def connect(self, request: Request) -> Response:
        """Send the person to Cronofy, with a state that only their browser knows."""
        state = secrets.token_urlsafe()
        address = self._cronofy.authorize_url(state, request.query_params.get("mode"))
        response = RedirectResponse(address, status_code=303)
        response.set_cookie(STATE, state, max_age=3600, httponly=True, samesite="lax")
        return response

    def callback(self, request: Request) -> Response:
        """The person comes back from Cronofy, with a code or with an error."""
        state = request.query_params.get("state", "")
        expected = request.cookies.get(STATE, "")
        if not expected or not secrets.compare_digest(state.encode(), expected.encode()):
            return _problem(400, "this did not begin at /connect")
        if "code" not in request.query_params:
            error = request.query_params.get("error", "no code")
            return _problem(403, f"the calendar was not connected: {error}")
        client = self._cronofy.exchange(request.query_params["code"])
        userinfo = self._cronofy.patiently(client.userinfo)
        account = self._accounts.connected(client, userinfo)
        # The same channel, if there is one already.
        channel = self._cronofy.call(
            account,
            lambda client: client.create_notification_channel(
                self._settings.webhooks_url, only_managed=True
            ),
        )
        account.channel_id = channel["channel_id"]
        response = RedirectResponse("/status", status_code=303)
        response.delete_cookie(STATE)
        return response

    async def meetings(self, request: Request) -> Response:
        """Book a meeting, by the document that Wish describes."""
        try:
            wish = Wish(**await request.json())
            wish.period()
        except (TypeError, ValueError) as error:
            return _problem(422, f"this is no meeting: {error}")
        account = self._accounts.of(wish.email)
        if account is None:
            return _problem(404, f"{wish.email} has not connected a calendar")
        meeting = await run_in_threadpool(book, self._cronofy, account, wish)
        return JSONResponse(asdict(meeting), status_code=201)

    async def webhooks(self, request: Request) -> Response:
        """Something has happened at Cronofy. Once it is told that we know, it forgets: so the
        answer comes when all has been read. After a failure it tells us once more.
        """
        body = await request.body()
        signature = request.headers.get("Cronofy-HMAC-SHA256", "")
        if not self._cronofy.client().hmac_valid(signature, body.decode(errors="replace")):
            return _problem(403, "this was not signed by Cronofy")
        await run_in_threadpool(self._learn, json.loads(body))
        return Response(status_code=204)

    def _learn(self, document: dict[str, Any]) -> None:
        account = self._accounts.of_channel(document["channel"]["channel_id"])
        if account is None:  # a channel that is just being opened, or was left behind
            return
        notification = document["notification"]
        if notification["type"] == "change":
            read_changes(self._cronofy, account, notification["changes_since"])
        elif notification["type"].startswith("profile_"):
            self._cronofy.look_up(account)

    def status(self, request: Request) -> Response:
        """Who has connected, where they have to go if that is lost, and their meetings."""
        return JSONResponse({"people": [_person(account) for account in self._accounts]})


def _person(account: Account) -> dict[str, Any]:
    return {
        "email": account.email,
        "access_mode": account.access_mode,
        "reconnect_url": account.reconnect_url,
        "meetings": [asdict(meeting) for meeting in account.meetings.values()],
    }


def _problem(status: int, text: str, **more: object) -> JSONResponse:
    return JSONResponse({"error": text, **more}, status_code=status)
