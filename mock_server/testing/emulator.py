"""The emulator of a test run: one that runs already, or one that starts when it is needed."""

from __future__ import annotations

import os
import select
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mock_server.serving import Background
    from mock_server.settings import Settings


class Emulator:
    """At ``url``, which is known before it starts: pytest-xdist's workers, which share one, are
    told of it first, and maybe none of them has a test that uses it.
    """

    def __init__(self, url: str | None, options: list[str]) -> None:
        # Whether it is not ours.
        self.named = url is not None
        self._url = url and url.rstrip("/")
        self._options = options
        self._settings: Settings | None = None
        self._bound: socket.socket | None = None
        self._background: Background | None = None
        self._waiting: threading.Thread | None = None
        self._lock = threading.Lock()
        self._ended = False
        # Why it did not start.
        self.problem: str | None = None

    @classmethod
    def of(cls, config: pytest.Config) -> Emulator:
        """The one that pytest-xdist, the options or the environment name, or else a new one."""
        shared: str | None = getattr(config, "workerinput", {}).get("cronofy_url")
        named = config.getoption("--cronofy-url") or os.environ.get("MOCK_CRONOFY_URL")
        return cls(shared or named or None, config.getini("cronofy_serve"))

    @property
    def url(self) -> str:
        """Where it is, or will be. Raises pytest.UsageError for options that are wrong."""
        if self._url is None:
            self._settings = _settings(self._options)
            family = socket.AF_INET6 if ":" in self._settings.host else socket.AF_INET
            self._bound = socket.create_server((self._settings.host, 0), family=family)
            self._url = f"http://{_host(self._settings.host)}:{self._bound.getsockname()[1]}"
        return self._url

    @property
    def used(self) -> bool:
        """Whether there is one to be asked what tests did."""
        return self.named or self._background is not None

    def start(self) -> None:
        """Start it, unless it runs. Raises pytest.UsageError where that cannot be."""
        url = self.url
        with self._lock:
            if self.named or self._background is not None:
                return
            from mock_server.serving import Background

            try:
                self._background = Background(self._settings, bound=self._bound)
            except Exception as error:
                self.problem = f"the emulator did not start: {error}"
                raise pytest.UsageError(self.problem) from None
            assert self._background.url == url

    def start_when_asked(self) -> None:
        """Start it as soon as somebody connects to ``url``."""
        if self.url and self._bound is not None and self._waiting is None:
            self._waiting = threading.Thread(target=self._wait, name="mock-cronofy", daemon=True)
            self._waiting.start()

    def stop(self) -> None:
        """End it, if it is ours."""
        self._ended = True
        if self._bound is None:
            return
        if self._waiting is not None:
            # If nobody ever came, this is the first who does.
            with suppress(OSError), socket.create_connection(self._bound.getsockname()[:2]):
                pass
            self._waiting.join()
        if self._background is not None:
            self._background.stop()
        self._bound.close()

    def _wait(self) -> None:
        assert self._bound is not None
        select.select([self._bound], [], [])
        if self._ended:
            return
        try:
            self.start()
        except pytest.UsageError:
            # Whoever waits is told, by a connection that is closed.
            self._bound.close()


def _settings(options: list[str]) -> Settings:
    """As ``mock-cronofy serve`` reads its options and the environment."""
    import click

    from mock_server.cli import serve
    from mock_server.settings import Settings

    try:
        with serve.make_context("cronofy_serve", list(options)) as context:
            return Settings(**context.params)
    except click.ClickException as error:
        raise pytest.UsageError(f"cronofy_serve: {error.format_message()}") from None
    except click.exceptions.Exit:
        raise pytest.UsageError("cronofy_serve: options of mock-cronofy serve only") from None


def _host(host: str) -> str:
    if host in {"0.0.0.0", "::"}:
        return "localhost"
    return f"[{host}]" if ":" in host else host
