"""The emulator itself: starting one, or connecting to one that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_server.testing._async.control import AsyncControl
from mock_server.testing._async.sandbox import AsyncSandbox
from mock_server.testing.http import async_http
from mock_server.testing.opening import Opening
from mock_server.testing.scenario_files import Scenario, scenario_of
from mock_server.testing.terms import Document, Time, given
from mock_server.testing.unused import Unused

if TYPE_CHECKING:
    from mock_server.serving import Background

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True


class AsyncMockCronofy:
    """An emulator, at its ``base_url``; a ``with`` block closes it, and ends one it started."""

    def __init__(self, base_url: str) -> None:
        """Raises ValueError for what is no address."""
        if not base_url.startswith(("http://", "https://")):
            raise ValueError(f"base_url: found {base_url!r}, expected http://{base_url or '…'}")
        self.base_url = base_url.rstrip("/")
        self._http = async_http(self.base_url)
        self._control = AsyncControl(self._http, "/_mock")
        self._background: Background | None = None

    @classmethod
    def start(cls, **settings: Any) -> AsyncMockCronofy:
        """Start an emulator in a thread of this process, on a free port.

        ``settings`` are those of ``mock-cronofy serve``, such as ``scenario`` or
        ``consent="auto"``. Raises TypeError for others.
        """
        from mock_server.serving import Background
        from mock_server.settings import Settings

        background = Background(Settings(**settings))
        started = cls(background.url)
        started._background = background
        return started

    def __repr__(self) -> str:
        return f"<MockCronofy {self.base_url}>"

    async def __aenter__(self) -> AsyncMockCronofy:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def health(self) -> Document:
        """``status`` and ``version``. Raises NoEmulator where there is none."""
        document: Document = await self._control.get("health")
        return document

    def sandbox(
        self,
        scenario: Scenario | None = None,
        *,
        seed: int | None = None,
        clock: Time | None = None,
        sandbox_id: str | None = None,
        exact: bool = False,
    ) -> Opening[AsyncSandbox]:
        """A fresh sandbox, which ends with its ``with`` block.

        ``scenario`` is the name of one that comes along, a mapping as a scenario file has it,
        or the path of a file; without it, there is one application that may do everything.
        Raises ControlError with what is wrong.
        """
        wanted = given(
            scenario=scenario_of(scenario),
            seed=seed,
            clock=clock,
            sandbox_id=sandbox_id,
            exact=exact or None,
        )
        return Opening(self._open(wanted))

    async def _open(self, wanted: Document) -> AsyncSandbox:
        document = await self._control.post("sandboxes", json=wanted)
        return AsyncSandbox(self._http, self.base_url, document)

    async def get_sandbox(self, sandbox_id: str = "default") -> AsyncSandbox:
        """One that lives already, and lives on. Raises ControlError."""
        return self.known_sandbox(await self._control.get("sandboxes", sandbox_id))

    async def sandboxes(self) -> list[Document]:
        """Those that live: ``sandbox_id`` and ``scenario`` of each."""
        sandboxes: list[Document] = (await self._control.get("sandboxes"))["sandboxes"]
        return sandboxes

    def known_sandbox(self, document: Document, unused: Unused | None = None) -> AsyncSandbox:
        """One of which ``document`` is known from elsewhere, perhaps with what is to go wrong;
        it lives on.
        """
        return AsyncSandbox(self._http, self.base_url, document, ours=False, unused=unused)

    async def contract(self) -> Document:
        """The contract report of the whole server, with sandboxes that have ended."""
        document: Document = await self._control.get("contract")
        return document

    async def forget_contract(self) -> None:
        """What was called by now counts no more, in any sandbox."""
        await self._control.delete("contract")

    async def aclose(self) -> None:
        """Close the client; end the emulator, if this has started it."""
        await self._http.aclose()
        if self._background is not None:
            self._background.stop()
            self._background = None
