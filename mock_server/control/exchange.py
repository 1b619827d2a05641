"""A request of the journal with its answer: read, and as it may be shown. Each part once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from mock_server.control import bodies
from mock_server.control.bodies import Body
from mock_server.scenarios.problems import printable
from mock_server.world.journal import Entry, Headers
from mock_server.world.masking import Masking, shortened
from mock_server.world.secret_names import CREDENTIALS, is_secret

# So many characters or more, and what was sent as a secret is looked for elsewhere, too.
_LEAST = 6

# Of an address in one line.
_LONGEST = 300


class Exchange:
    """What came and went, as it was: for matching, never for showing."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    @cached_property
    def request(self) -> Body:
        entry = self.entry
        return bodies.read(entry.request_body, entry.request_size, entry.request_headers)

    @cached_property
    def response(self) -> Body:
        entry = self.entry
        return bodies.read(entry.response_body, entry.response_size, entry.response_headers)

    @cached_property
    def query(self) -> dict[str, str | list[str]]:
        return bodies.query(self.entry.query)

    def credentials(self) -> Iterator[str]:
        """Whatever says who calls."""
        yield from filter(None, (self.entry.client_id, self.entry.sub))
        yield from self._authorizations()
        for parameters in self._parameters():
            for name in CREDENTIALS:
                value = parameters.get(name)
                if isinstance(value, str):
                    yield value

    def secrets_at_hand(self) -> Iterator[str]:
        """What the request gave as a secret, right or wrong, as far as no body tells."""
        yield from filter(_is_long, (*self._authorizations(), *self.path_tokens.values()))

    def secrets(self) -> Iterator[str]:
        """All that it gave as such."""
        yield from self.secrets_at_hand()
        for parameters in self._parameters():
            for name, value in parameters.items():
                if is_secret(name) and isinstance(value, str) and _is_long(value):
                    yield value

    @cached_property
    def path_tokens(self) -> dict[int, str]:
        """The segments of the path where its operation has a token, by their place."""
        declared = (self.entry.operation or "").partition(" ")[2].split("/")
        segments = enumerate(zip(declared, self.entry.path.split("/"), strict=False))
        return {place: found for place, (name, found) in segments if name == "{token}"}

    def _authorizations(self) -> Iterator[str]:
        for name, value in self.entry.request_headers:
            if name == b"authorization":
                yield value.decode("latin-1").strip().rpartition(" ")[2]

    def _parameters(self) -> Iterator[dict[str, Any]]:
        for parameters in (self.query, self.request.value):
            if isinstance(parameters, dict):
                yield parameters


def _is_long(secret: str) -> bool:
    return len(secret) >= _LEAST


class Shown:
    """The same as it may be shown: the one place where its secrets are shortened."""

    def __init__(self, exchange: Exchange, masking: Masking) -> None:
        self.entry = exchange.entry
        self._exchange = exchange
        self._sandbox_masking = masking

    @cached_property
    def masking(self) -> Masking:
        """Of the sandbox, and of whatever this request gave as a secret."""
        return self._sandbox_masking.besides(self._exchange.secrets())

    @cached_property
    def path(self) -> str:
        segments = self.entry.path.split("/")
        for place, token in self._exchange.path_tokens.items():
            # Whether or not it opens anything, and however short it is.
            segments[place] = shortened(token)
        return self.masking.text("/".join(segments))

    @cached_property
    def query(self) -> str | None:
        """As it came; None where it is not kept any more."""
        return self.masking.text(self.entry.query.decode("latin-1")) if self.entry.whole else None

    @cached_property
    def line(self) -> str:
        """``#7 GET /v1/events?tzid=Etc/UTC → 200``, of characters that can be printed."""
        address = f"{self.path}?{self.query}" if self.query else self.path
        address = address if len(address) <= _LONGEST else f"{address[:_LONGEST]}…"
        return (
            f"#{self.entry.number} {self.entry.method} {printable(address)} → {self.entry.status}"
        )

    @cached_property
    def request(self) -> Body:
        return self._body(self._exchange.request)

    @cached_property
    def response(self) -> Body:
        return self._body(self._exchange.response)

    @cached_property
    def request_headers(self) -> list[tuple[str, str]]:
        """Names in lower case."""
        return list(self._headers(self.entry.request_headers))

    @cached_property
    def response_headers(self) -> list[tuple[str, str]]:
        return list(self._headers(self.entry.response_headers))

    def _body(self, body: Body) -> Body:
        return body._replace(value=self.masking.value(body.value))

    def _headers(self, headers: Headers) -> Iterator[tuple[str, str]]:
        for raw_name, raw_value in headers:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            if name in {"authorization", "proxy-authorization"}:
                scheme, _, rest = value.strip().rpartition(" ")
                yield name, f"{scheme} {shortened(rest)}".lstrip()
            elif name == "cookie":
                yield name, "; ".join(map(_cookie, value.split(";")))
            elif name == "set-cookie":
                cookie, semicolon, attributes = value.partition(";")
                yield name, _cookie(cookie) + semicolon + attributes
            else:
                yield name, self.masking.text(value)


def _cookie(pair: str) -> str:
    name, equals, value = pair.strip().partition("=")
    return name + equals + shortened(value) if equals else shortened(name)
