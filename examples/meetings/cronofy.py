"""Calls of Cronofy's API, and what they may need: patience, or a new access token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

import pycronofy
import requests
from pycronofy.exceptions import PyCronofyRequestError

from meetings.accounts import Account
from meetings.settings import Settings

# Opens the choice between the three access modes, and is enough to ask when somebody is free, to
# write meetings, and to read what becomes of these.
SCOPE = "free_busy_write"

ATTEMPTS = 4

Answer = TypeVar("Answer")


class ConnectionLost(Exception):
    """Nothing can be done until the person has been at ``reconnect_url``."""

    def __init__(self, account: Account) -> None:
        super().__init__(f"{account.email} has to connect their calendar again")
        self.reconnect_url = account.reconnect_url


class Cronofy:
    """``sleep`` takes seconds."""

    def __init__(self, settings: Settings, sleep: Callable[[int], object]) -> None:
        self._settings = settings
        self._sleep = sleep

    def client(self) -> pycronofy.Client:
        """pycronofy's client, at Cronofy's address of the settings; nobody's tokens yet."""
        client = pycronofy.Client(
            client_id=self._settings.client_id, client_secret=self._settings.client_secret
        )
        client.request_handler.base_url = self._settings.api_url
        client.app_base_url = self._settings.app_url
        return client

    def authorize_url(self, state: str, access_mode: str | None) -> str:
        """Where a person connects; without ``access_mode`` they are asked which one they want."""
        link: str = self.client().user_auth_link(
            self._settings.callback_url, scope=SCOPE, state=state
        )
        # pycronofy does not know this parameter.
        return f"{link}&{urlencode({'access_type': access_mode})}" if access_mode else link

    def exchange(self, code: str) -> pycronofy.Client:
        """A client with the tokens that ``code`` stands for, which works once."""
        client = self.client()
        self.patiently(
            lambda: client.get_authorization_from_code(
                code, redirect_uri=self._settings.callback_url
            )
        )
        return client

    def patiently(self, ask: Callable[[], Answer]) -> Answer:
        """Ask again, some times, where Cronofy has too much to do or no answer came."""
        for _ in range(ATTEMPTS - 1):
            try:
                return ask()
            except requests.ConnectionError:
                self._sleep(1)
            except PyCronofyRequestError as error:
                if error.response.status_code not in (429, 503):
                    raise
                self._sleep(_retry_after(error.response))
        return ask()

    def call(self, account: Account, ask: Callable[[pycronofy.Client], Answer]) -> Answer:
        """What ``ask`` answers. It may be asked again, so doing it twice must do no harm.

        Raises ConnectionLost where only the person can help.
        """
        token = account.client.auth.access_token
        try:
            return self.patiently(lambda: ask(account.client))
        except PyCronofyRequestError as error:
            status = error.response.status_code
            if status == 423:  # Cronofy itself has lost the person's calendar
                self.look_up(account)
                raise ConnectionLost(account) from error
            if status != 401:
                raise
        self._refresh(account, token)
        return self.patiently(lambda: ask(account.client))

    def look_up(self, account: Account) -> None:
        """Learn how the person is connected by now."""
        account.learn(self.call(account, lambda client: client.userinfo()))

    def _refresh(self, account: Account, refused: str) -> None:
        """A new access token in place of the ``refused`` one, and whatever refresh token comes
        with it. Only one of several calls that were refused at once may ask for it.
        """
        with account.lock:
            if account.client.auth.access_token != refused:
                return
            try:
                self.patiently(account.client.refresh_authorization)
            except PyCronofyRequestError as error:
                if error.response.status_code != 400:
                    raise
                account.reconnect_url = f"{self._settings.public_url}/connect"
                raise ConnectionLost(account) from error


def _retry_after(response: Any) -> int:
    """Seconds; Cronofy does not promise the header."""
    given = response.headers.get("Retry-After", "")
    return int(given) if given.isdigit() else 1
