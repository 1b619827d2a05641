"""The server under examination: one request after the other, politely, over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import sleep
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import orjson

from mock_server import __version__
from mock_server.world.masking import shortened
from mock_server.world.records import Record

# How often a request is repeated that was answered 429, and how long it is waited for, at most.
_REPETITIONS = 5
_LONGEST_PAUSE = 60
# Seconds of all pauses together: a server that never has room is not asked for hours.
_PATIENCE = 300

# The most that is read of one answer, in bytes.
_LARGEST_ANSWER = 20_000_000

Query = Mapping[str, str | Sequence[str]]


class Credentials(Record, frozen=True):
    """What the suite may call with; what is None is skipped."""

    access_token: str
    client_id: str | None = None
    client_secret: str | None = None
    refresh_token: str | None = None


class NoAnswer(Exception):
    """A request that was not answered; ``unreachable`` where no connection was made at all."""

    def __init__(self, line: str, why: str, *, unreachable: bool = False) -> None:
        super().__init__(f"{line}: {why}")
        self.line, self.why, self.unreachable = line, why, unreachable


class Exchange(Record, frozen=True):
    """A request and its answer. ``line`` is method and address, ``headers`` have small names."""

    line: str
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def is_json(self) -> bool:
        return self.headers.get("content-type", "").startswith("application/json")

    def document(self) -> Any:
        """The JSON body; raises ValueError for anything else."""
        return orjson.loads(self.content)


class Server:
    """A server at ``base_url``. ``timeout`` and what ``pause`` waits are in seconds."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        timeout: float = 20,
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.credentials = credentials
        self.requests = 0
        self._timeout, self._pause = timeout, pause
        self._patience: float = _PATIENCE
        self._http = httpx.Client(
            timeout=timeout, headers={"User-Agent": f"mock-cronofy-conformance/{__version__}"}
        )
        self._secrets: list[str] = []
        secrets = (credentials.client_secret, credentials.access_token, credentials.refresh_token)
        self.keep_secret(*filter(None, secrets))

    def close(self) -> None:
        self._http.close()

    def keep_secret(self, *secrets: object) -> None:
        """From now on these are shortened wherever they would be shown; what is no text is none."""
        self._secrets += [secret for secret in secrets if isinstance(secret, str) and secret]
        self._secrets.sort(key=len, reverse=True)

    def shown(self, text: str) -> str:
        """``text`` without the secrets in it."""
        for secret in self._secrets:
            text = text.replace(secret, shortened(secret))
        return text

    def wait(self, seconds: float) -> None:
        self._pause(seconds)

    def send(
        self,
        method: str,
        path: str,
        *,
        bearer: str | None = None,
        query: Query | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """The answer; after 429 once more, when the server says so. Raises NoAnswer.

        ``path`` may be a whole address of this server, as ``next_page`` is. ``bearer`` is what
        follows the word Bearer; without it no Authorization header is sent.
        """
        address, asked = self._address(path), dict(headers or {})
        pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
        for name, value in (query or {}).items():
            pairs += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        if pairs:
            address = f"{address.partition('?')[0]}?{urlencode(pairs)}"
        line = self.shown(f"{method} {address.removeprefix(self.base_url)}")
        if bearer is not None:
            asked["Authorization"] = f"Bearer {bearer}"
        options: dict[str, Any] = {"data": form} if form is not None else {"json": json}
        for repetition in range(_REPETITIONS + 1):
            found = self._once(method, address, line, {"headers": asked, **options})
            seconds = _pause_after(found, repetition)
            if found.status != 429 or repetition == _REPETITIONS or seconds > self._patience:
                break
            self._patience -= seconds
            self._pause(seconds)
        return found

    def _once(self, method: str, address: str, line: str, options: dict[str, Any]) -> Exchange:
        self.requests += 1
        try:
            with self._http.stream(method, address, **options) as response:
                content = b""
                for part in response.iter_bytes():
                    content += part
                    if len(content) > _LARGEST_ANSWER:
                        raise NoAnswer(line, f"more than {_LARGEST_ANSWER} bytes")
        except httpx.TimeoutException as error:
            connecting = isinstance(error, httpx.ConnectTimeout)
            why = f"no answer within {self._timeout:g} s"
            raise NoAnswer(line, why, unreachable=connecting) from None
        except httpx.TransportError as error:
            connecting = isinstance(error, httpx.ConnectError | httpx.UnsupportedProtocol)
            why = self.shown(str(error) or type(error).__name__)
            raise NoAnswer(line, why, unreachable=connecting) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswer(line, self.shown(str(error) or type(error).__name__)) from None
        return Exchange(line, response.status_code, dict(response.headers), content)

    def _address(self, path: str) -> str:
        """Never another host's: nothing that a server answers leads a credential away."""
        if path.startswith("/"):
            return self.base_url + path
        if not path.startswith(f"{self.base_url}/"):
            raise NoAnswer(f"GET {self.shown(path)}", f"not followed: not below {self.base_url}")
        return path


def _pause_after(refused: Exchange, repetition: int) -> float:
    """How long the server wants to be left alone, in seconds."""
    asked = refused.headers.get("retry-after", "")
    return min(int(asked) if asked.isdecimal() else 2**repetition, _LONGEST_PAUSE)
