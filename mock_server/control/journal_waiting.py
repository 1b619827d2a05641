"""Waiting for requests of an application, instead of sleeping."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from pydantic import model_validator

from mock_server.control.app import Control
from mock_server.control.documents import Document
from mock_server.control.exchange import Exchange
from mock_server.control.journal_criteria import Criteria
from mock_server.control.journal_documents import entry_document
from mock_server.control.journal_queries import RequestMatch, refuse_too_much
from mock_server.control.json_paths import Steps, TooMuch
from mock_server.control.searches import Patience, Search
from mock_server.control.verification import Question
from mock_server.scenarios.request_fields import RecordedPath
from mock_server.world.journal import Entry


class WaitForRequests(RequestMatch, Patience):
    """``journal`` is the ``path``."""

    journal: RecordedPath

    @model_validator(mode="after")
    def _one_path(self) -> Self:
        if self.path is not None:
            raise ValueError("the path in journal alone")
        return self


class Requests(Search):
    """Those in the journal that are asked for; each is looked at once."""

    def __init__(self, control: Control, wanted: WaitForRequests) -> None:
        self._control = control
        self._criteria = Criteria(wanted.model_copy(update={"path": wanted.journal}))
        self._known: dict[int, tuple[Entry, bool]] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Be told of new requests."""
        journal = self._control.sandbox.journal
        journal.awaited += 1
        try:
            yield
        finally:
            journal.awaited -= 1

    def count(self) -> int:
        return len(self._found())

    def document(self) -> Document:
        question = Question(self._control.sandbox)
        return {"requests": [entry_document(question.shown(entry)) for entry in self._found()]}

    def found(self) -> str:
        question, found = Question(self._control.sandbox), self._found()
        words = f"{len(found)} of {len(question.journal)} requests"
        try:
            misses = question.near_misses(self._criteria, map(id, found))
        except TooMuch:
            return words
        for miss in misses[:1]:
            lost = "; ".join(f"{m.criterion} is {m.found}" for m in miss.missed)
            words += f"; the nearest is {question.shown(miss.entry).line}: {lost}"
        return words

    def _found(self) -> list[Entry]:
        steps, known = Steps(), {}
        for entry in self._control.sandbox.journal:
            before = self._known.get(entry.number)
            if before is None or before[0] is not entry:
                try:
                    before = entry, self._criteria.hold(Exchange(entry), steps)
                except TooMuch:
                    raise refuse_too_much("journal") from None
            known[entry.number] = before
        self._known = known
        return [entry for entry, holds in known.values() if holds]
