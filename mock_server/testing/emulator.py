"""The emulator of a test run: one that runs already, or one that starts when it is needed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mock_server.serving import Background


class Emulator:
    """At ``url``; in a worker of pytest-xdist, the one that the whole run shares."""

    def __init__(self, url: str | None, options: list[str]) -> None:
        self._url = url
        self._options = options
        self._background: Background | None = None

    @classmethod
    def of(cls, config: pytest.Config) -> Emulator:
        """The one that the options, the environment or pytest-xdist say."""
        shared: str | None = getattr(config, "workerinput", {}).get("cronofy_url")
        named = config.getoption("--cronofy-url") or os.environ.get("MOCK_CRONOFY_URL")
        return cls(shared or named, config.getini("cronofy_serve"))

    @property
    def url(self) -> str:
        self.start()
        assert self._url is not None
        return self._url

    def start(self) -> None:
        """Start it, unless it runs. Raises pytest.UsageError where that cannot be."""
        if self._url is not None:
            return
        from mock_server.serving import Background

        self._background = Background()
        self._url = self._background.url

    def stop(self) -> None:
        """End it, if it has been started here."""
        if self._background is not None:
            self._background.stop()
            self._background = None
