# Made by tools/unasync of the module of this name in _async: change that one.
"""The control API as the client calls it: JSON in, JSON out, refusals as exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mock_server.testing.errors import ControlError, NoEmulator, NotInTime
from mock_server.testing.http import PATIENCE
from mock_server.testing.terms import Document

if TYPE_CHECKING:
    import httpx

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True


class Control:
    """Calls below one path of the control API."""

    def __init__(self, http: httpx.Client, path: str) -> None:
        self._http = http
        self._path = path

    def below(self, *steps: str) -> Control:
        """The calls below ``steps``, such as ``people``, ``jane@acme.test``."""
        return Control(self._http, self._path + _joined(steps))

    def get(self, *steps: str, **query: Any) -> Any:
        return self.call("GET", *steps, query=query)

    def post(self, *steps: str, json: Any = None) -> Any:
        return self.call("POST", *steps, json={} if json is None else json)

    def put(self, *steps: str, json: Any) -> Any:
        return self.call("PUT", *steps, json=json)

    def patch(self, *steps: str, json: Any) -> Any:
        return self.call("PATCH", *steps, json=json)

    def delete(self, *steps: str, **query: Any) -> None:
        self.call("DELETE", *steps, query=query)

    def text(self, *steps: str, **query: Any) -> str:
        """An answer that is no JSON. Raises ControlError."""
        return (self._send("GET", steps, query, None, 0)).text

    def wait(self, timeout: float, **query: Any) -> Any:
        """``GET …/wait`` for at most ``timeout`` seconds. Raises NotInTime."""
        query = {**query, "timeout": timeout}
        return (self._send("GET", ("wait",), query, None, timeout)).json()

    def call(
        self, method: str, *steps: str, query: Document | None = None, json: Any = None
    ) -> Any:
        """The answer's document; None for an empty one. Raises ControlError and NoEmulator."""
        response = self._send(method, steps, query, json, 0)
        return response.json() if response.content else None

    def _send(
        self,
        method: str,
        steps: tuple[str, ...],
        query: Document | None,
        json: Any,
        waiting: float,
    ) -> httpx.Response:
        import httpx

        path = self._path + _joined(steps)
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        try:
            response = self._http.request(
                method, path, params=asked, json=json, timeout=PATIENCE + waiting
            )
        except httpx.TransportError as error:
            address = f"{self._http.base_url}".rstrip("/")
            raise NoEmulator(f"no emulator answers at {address}: {error}") from None
        if response.status_code >= 400:
            raise _refusal(f"{method} {path}", response)
        return response


def _joined(steps: tuple[str, ...]) -> str:
    return "".join(f"/{quote(step, safe='@')}" for step in steps)


def _refusal(call: str, response: httpx.Response) -> Exception:
    try:
        problems = response.json()["errors"]
    except (ValueError, KeyError, TypeError):
        return NoEmulator(f"{call} answered {response.status_code}, but not as an emulator does")
    kind = NotInTime if response.status_code == 504 else ControlError
    return kind(call, response.status_code, problems)
