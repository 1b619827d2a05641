"""One check on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from mock_server.conformance.answers import Answer
from mock_server.conformance.checks import Difference, Halt, Skip
from mock_server.conformance.server import Exchange, NoAnswer
from mock_server.conformance.target import BY_OPERATION, Target

_MOST_DIFFERENCES = 40


class Visit:
    """One check: what it asks, what it has found, and what it still has to clear away."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.differences: list[Difference] = []
        self._to_do: list[Callable[[], None]] = []

    @property
    def now(self) -> int:
        """When the run began, in seconds since the epoch."""
        return self.target.now

    def call(self, operation: str, path: str = "", **asked: Any) -> Answer:
        """Call an endpoint with the credential it takes; ``path`` in place of its template."""
        endpoint = BY_OPERATION[operation]
        bearer = self.target.bearer(endpoint)
        return self.send(endpoint.method, path or endpoint.path, bearer=bearer, **asked)

    def send(self, method: str, path: str, **asked: Any) -> Answer:
        """Any request; see Server.send."""
        return self.answer(self.target.server.send(method, path, **asked))

    def plain(self, operation: str) -> Answer:
        return self.answer(self.target.plain(operation))

    def answer(self, exchange: Exchange) -> Answer:
        return Answer(exchange, self.record, self.target.server.shown)

    def read(self, operation: str) -> Any:
        """The document of a plain reading; raises Skip where it is not as it should be."""
        return self.target.document(operation)

    def record(self, difference: Difference) -> None:
        if len(self.differences) < _MOST_DIFFERENCES:
            self.differences.append(difference)

    def pages(self, answer: Answer, operation: str, member: str) -> list[Any]:
        """Every entry of the reading that began with ``answer``, page by page.

        Raises Skip where there is more than anybody waits for.
        """
        entries: list[Any] = []
        for _ in range(20):
            answer.status(200)
            document = answer.document(BY_OPERATION[operation].answer)
            entries += document[member]
            following = document["pages"].get("next_page")
            if following is None:
                return entries
            token = self.target.server.credentials.access_token
            answer = self.send("GET", following, bearer=token)
        raise Skip("there is more to read than 20 pages")

    def until(self, ready: Callable[[], Any]) -> Any:
        """What ``ready`` answers once it answers something; writes take effect later."""
        for pause in (0, 1, 2, 4, 8, 8):
            if pause:
                self.target.server.wait(pause)
            found = ready()
            if found:
                return found
        return None

    def later(self, clear: Callable[[], Answer], what: str) -> None:
        """However the check ends, ``clear`` deletes what it has made (``what``)."""

        def run() -> None:
            try:
                exchange = clear().exchange
            except NoAnswer as error:
                line, found = error.line, error.why
            else:
                line, found = exchange.line, f"status {exchange.status}"
                if exchange.status in (200, 202, 404):
                    return
            self.record(Difference("difference", line, "", f"{what} deleted again", found))

        self._to_do.append(run)

    def make(self, make: Callable[[], Answer], clear: Callable[[], Answer], what: str) -> Answer:
        """The answer to ``make``. Unless it refuses, ``clear`` is for later, as above."""
        self.later(clear, what)
        try:
            answer = make()
        except Skip:
            self._to_do.pop()
            raise
        if 400 <= answer.exchange.status < 500:
            self._to_do.pop()
        if answer.exchange.status == 402:
            raise Skip("402: the application's plan does not include it")
        return answer

    def clear_up(self) -> None:
        for run in reversed(self._to_do):
            with suppress(Halt):
                run()


def first(entries: Iterable[Any], why: str) -> Any:
    """The first of ``entries``; raises Skip, for this reason, where there is none."""
    for entry in entries:
        return entry
    raise Skip(why)
