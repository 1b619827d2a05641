"""Sending one callback: where it may go, and what became of it.

Only loopback and private addresses are reached, and hosts named in the settings: a CI
run never calls the internet by accident, whatever an application gives as its URL.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import sys
from importlib.util import find_spec
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mock_server.settings import Settings

# Bytes of an answer that are read, and kept.
_SHOWN = 2000

_NEAR = [
    ipaddress.ip_network(network)
    for network in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "0.0.0.0/32",
        "::/127",
        "fc00::/7",
    )
]
# Private by its number, but a cloud's: it hands out credentials of the machine.
_METADATA = ipaddress.ip_network("fd00:ec2::/32")


class Outcome(NamedTuple):
    """``status`` of the answer, or ``error`` why there is none; ``refused`` for good.

    ``duration`` in milliseconds; ``answer`` is the beginning of its text.
    """

    status: int | None
    error: str | None
    duration: int = 0
    answer: str = ""
    refused: bool = False


class Refused(Exception):
    """Nothing may be sent there; the text says why."""


class Sender:
    """Posts callbacks; keeps connections open between them, and nothing else."""

    def __init__(self, settings: Settings) -> None:
        self._allowed = {host.lower() for host in settings.allow_callback_host}
        self._client: Any = None

    async def send(self, url: str, body: bytes, headers: dict[str, str], timeout: float) -> Outcome:
        """Try once; never raises.

        The receiver has ``timeout`` seconds, from looking up its name to the end of its answer.
        """
        import httpx  # here, not above: most servers never call back

        loop = asyncio.get_running_loop()
        started = loop.time()
        status, error, answer = None, None, b""
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._addresses(urlsplit(url).hostname or "")
                status, answer = await self._post(url, addresses, body, headers)
        except Refused as refused:
            return Outcome(None, str(refused), refused=True)
        except TimeoutError:
            error = f"no answer within {timeout:g} seconds"
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as problem:
            error = f"{type(problem).__name__}: {problem}".rstrip(": ")
        duration = round((loop.time() - started) * 1000)
        return Outcome(status, error, duration, answer.decode("utf-8", "replace"))

    async def _addresses(self, host: str) -> list[str | None]:
        """Where to connect to for ``host``; None is the name itself. Raises Refused.

        The connection is made to an address that was looked at here: a name that is
        looked up once more may lead elsewhere.
        """
        if host in self._allowed:
            return [None]
        found = _literal(host)
        if found is None:
            loop = asyncio.get_running_loop()
            try:
                listed = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError) as error:
                # It may be started later, as other containers are.
                raise ConnectionError(f"the host {host} cannot be found: {error}") from None
            found = [str(address[0]) for *_, address in listed]
        plain = [ipaddress.ip_address(address.partition("%")[0]) for address in found]
        plain = [getattr(address, "ipv4_mapped", None) or address for address in plain]
        if not plain or not all(_is_near(address) for address in plain):
            raise Refused(
                f"{host} is neither a loopback nor a private address; allow it with "
                f"--allow-callback-host {host}"
            )
        return list(dict.fromkeys(map(str, plain)))

    async def _post(
        self, url: str, addresses: list[str | None], body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        import httpx

        named = httpx.URL(url)
        headers = {**headers, "Host": named.netloc.decode("ascii"), "Accept-Encoding": "identity"}
        for address in addresses:
            target = named if address is None else named.copy_with(host=address)
            request = self._http().build_request(
                "POST",
                target,
                content=body,
                headers=headers,
                extensions={"sni_hostname": named.raw_host.decode("ascii")},
            )
            try:
                response = await self._http().send(request, stream=True)
            except httpx.ConnectError:
                # localhost has two addresses, of which the receiver may listen on one.
                if address == addresses[-1]:
                    raise
                continue
            try:
                return response.status_code, await _beginning(response)
            finally:
                await response.aclose()
        raise AssertionError("a host has at least one address")

    def _http(self) -> Any:
        if self._client is None:
            from http.cookiejar import DefaultCookiePolicy

            import httpx

            # httpcore asks for it a dozen times for each request, and where it is missing, each
            # time is a search through the whole path: a third of what sending costs.
            if find_spec("sniffio") is None:
                sys.modules["sniffio"] = None  # type: ignore[assignment]

            self._client = httpx.AsyncClient(
                timeout=None,  # there is one for everything together
                trust_env=False,
                follow_redirects=False,
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=16),
            )
            # What a receiver sets for one sandbox would be sent for another.
            self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return self._client

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None


async def _beginning(response: Any) -> bytes:
    content = b""
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) >= _SHOWN:
            break
    return content[:_SHOWN]


def _literal(host: str) -> list[str] | None:
    """The addresses of a host that needs no looking up; None for a name."""
    if host.rstrip(".") == "localhost":
        return ["127.0.0.1", "::1"]
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    try:
        # As the resolver reads them: 127.1, 0x7f000001, 2130706433.
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except OSError:
        return None


def _is_near(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address in network for network in _NEAR) and address not in _METADATA
