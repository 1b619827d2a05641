"""Verification: were these requests made, so often, in this order? If not, what came nearest."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest
from typing import NamedTuple

from mock_server.control.documents import Document
from mock_server.control.exchange import Exchange, Shown
from mock_server.control.journal_criteria import Criteria
from mock_server.control.journal_queries import Check, RequestMatch
from mock_server.control.json_paths import Steps
from mock_server.control.near_misses import Missed, Wording
from mock_server.world.clock import as_text
from mock_server.world.journal import JOURNAL_SIZE, Entry
from mock_server.world.masking import Masking
from mock_server.world.sandbox import Sandbox

_MOST_MISSES = 5

# Characters of what was wanted and found that stand in one line.
_WIDTH = 80

# What meets less than half of what is asked is no near miss.
_NEAR = 0.5
_SAME_PATH = 0.4


class NearMiss(NamedTuple):
    entry: Entry
    closeness: float
    missed: list[Missed]


class Verdict(NamedTuple):
    """``found`` counts requests; of an order, its steps that were found."""

    verified: bool
    found: int
    message: str
    near_misses: list[Document]

    def document(self) -> Document:
        return self._asdict()


class Question:
    """Asks the journal of one sandbox. Methods raise TooMuch."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.journal = sandbox.journal
        self._steps = Steps()
        # Each is read once, however often it is looked at.
        self._exchanges = {id(entry): Exchange(entry) for entry in self.journal}
        # What opens nothing any more is a secret, too.
        carried = (s for exchange in self._exchanges.values() for s in exchange.secrets_at_hand())
        self._masking = Masking.of(sandbox).besides(carried)
        self._wording = Wording(sandbox, self._masking, self._steps)
        self._shown: dict[int, Shown] = {}

    def matching(self, match: RequestMatch) -> list[Entry]:
        """The requests that ``match``, oldest first."""
        return self._holding(Criteria(match))

    def shown(self, entry: Entry) -> Shown:
        """The request as it may be shown."""
        shown = self._shown.get(id(entry))
        if shown is None:
            shown = self._shown[id(entry)] = Shown(self._exchanges[id(entry)], self._masking)
        return shown

    def _holds(self, criteria: Criteria, entry: Entry) -> bool:
        return criteria.hold(self._exchanges[id(entry)], self._steps)

    def _holding(self, criteria: Criteria) -> list[Entry]:
        return [entry for entry in self.journal if self._holds(criteria, entry)]

    def check(self, check: Check) -> Verdict:
        if check.in_order is not None:
            return self._in_order(check.in_order, strictly=check.strictly)
        assert check.match is not None
        criteria = Criteria(check.match)
        found = self._holding(criteria)
        least, most = _bounds(check)
        verified = len(found) >= least and (most is None or len(found) <= most)
        lines = [f"Wanted: {_times(least, most)} {_of_what(self._wording.lines(criteria))}"]
        misses: list[NearMiss] = []
        if verified or not found:
            lines.append(f"Found:  {len(found) or 'none'} among {self._all()}.")
        else:
            lines.append(f"Found:  {len(found)} among {self._all()}:")
            lines += self._listed(found)
        if len(found) < least:
            misses = self.near_misses(criteria, set(map(id, found)))
            lines += self._misses(misses)
        shown = list(map(self._near_document, misses))
        return Verdict(verified, len(found), "\n".join(lines), shown)

    def near_misses(
        self, criteria: Criteria, without: Iterable[int] = (), *, after: int = 0
    ) -> list[NearMiss]:
        """Requests that nearly meet ``criteria``, the nearest first; of those alike, the latest."""
        known = set(without)
        misses = []
        for entry in self.journal:
            if id(entry) in known or entry.number <= after or not criteria.concerns(entry):
                continue
            missed = self._missed(criteria, entry)
            lost = sum(1 - miss.closeness for miss in missed)
            closeness = 1 - lost / max(1, len(criteria))
            # Another path is another request.
            other = any(m.criterion == "path" and m.closeness < _SAME_PATH for m in missed)
            if missed and not other and closeness >= _NEAR:
                misses.append(NearMiss(entry, closeness, missed))
        return nlargest(_MOST_MISSES, misses, key=lambda m: (m.closeness, m.entry.number))

    def _missed(self, criteria: Criteria, entry: Entry) -> list[Missed]:
        exchange, shown = self._exchanges[id(entry)], self.shown(entry)
        unmet = criteria.unmet(exchange, self._steps)
        return [self._wording.missed(criterion, exchange, shown) for criterion in unmet]

    def _in_order(self, steps: list[RequestMatch], *, strictly: bool) -> Verdict:
        asked = list(map(Criteria, steps))
        entries = list(self.journal)
        found = self._one_after_another(asked, entries) if strictly else self._first(asked, entries)
        verified = len(found) == len(steps)
        directly = ", one directly after the other" if strictly else ""
        lines = [f"Wanted: {_count(len(steps), 'request')} in this order{directly}:"]
        for index, criteria in enumerate(asked):
            words = " · ".join(self._wording.lines(criteria)) or "any request"
            if index < len(found):
                outcome = self.shown(found[index]).line
            elif index > len(found):
                outcome = "not looked for"
            else:
                outcome = "NOT FOUND" + (f" after #{found[-1].number}" if found else "")
            lines += [f"  {index + 1}. {words}", f"     {outcome}"]
        misses: list[NearMiss] = []
        if not verified:
            wanted, after = asked[len(found)], found[-1].number if found else 0
            elsewhere = self._elsewhere(wanted, len(found) + 1, found, entries)
            misses = self.near_misses(wanted, after=after)
            lines += [*elsewhere, *(self._misses(misses) if misses or not elsewhere else [])]
            lines.append(f"Looked through {self._all()}.")
        shown = list(map(self._near_document, misses))
        return Verdict(verified, len(found), "\n".join(lines), shown)

    def _first(self, asked: list[Criteria], entries: list[Entry]) -> list[Entry]:
        found: list[Entry] = []
        for entry in entries:
            if len(found) < len(asked) and self._holds(asked[len(found)], entry):
                found.append(entry)
        return found

    def _one_after_another(self, asked: list[Criteria], entries: list[Entry]) -> list[Entry]:
        """The longest beginning of ``asked`` that entries in a row are."""
        best: list[Entry] = []
        for start in range(len(entries)):
            run: list[Entry] = []
            for criteria, entry in zip(asked, entries[start:], strict=False):
                if not self._holds(criteria, entry):
                    break
                run.append(entry)
            if len(run) > len(best):
                best = run
            if len(best) == len(asked):
                break
        return best

    def _elsewhere(
        self, criteria: Criteria, step: int, found: list[Entry], entries: list[Entry]
    ) -> list[str]:
        """Requests that would have been right at another place of the order."""
        others = [e for e in entries if e not in found and self._holds(criteria, e)]
        if not others:
            return []
        return [f"Step {step} was made at another time:", *self._listed(others)]

    def _listed(self, entries: list[Entry]) -> list[str]:
        lines = [f"  {self.shown(entry).line}" for entry in entries[:_MOST_MISSES]]
        if len(entries) > _MOST_MISSES:
            lines.append(f"  and {len(entries) - _MOST_MISSES} more")
        return lines

    def _misses(self, misses: list[NearMiss]) -> list[str]:
        if not misses:
            latest = list(self.journal)[-_MOST_MISSES:]
            if not latest:
                return []
            return ["Nothing comes near. The latest requests:", *self._listed(latest)]
        lines = ["Nearest:"]
        for miss in misses:
            lines.append(f"  {self.shown(miss.entry).line}")
            for criterion, wanted, found, _ in miss.missed:
                if len(criterion + wanted + found) <= _WIDTH:
                    lines.append(f"      {criterion}: wanted {wanted}, found {found}")
                else:
                    lines += [f"      {criterion}:", f"        wanted {wanted}"]
                    lines.append(f"        found  {found}")
        return lines

    def _near_document(self, miss: NearMiss) -> Document:
        entry = miss.entry
        return {
            "number": entry.number,
            "at": as_text(entry.at),
            "request": self.shown(entry).line.partition(" ")[2],
            "closeness": round(miss.closeness, 2),
            "missed": [missed.document() for missed in miss.missed],
        }

    def _all(self) -> str:
        """How many requests have been looked through."""
        kept, count = len(self.journal), self.journal.count
        if kept == JOURNAL_SIZE < count:
            return f"the latest {kept} of {count} requests"
        return _count(kept, "request")


def _bounds(check: Check) -> tuple[int, int | None]:
    if check.exactly is not None:
        return check.exactly, check.exactly
    if check.at_least is None and check.at_most is None:
        return 1, None
    return check.at_least or 0, check.at_most


def _times(least: int, most: int | None) -> str:
    if most == least:
        return f"exactly {_count(least, 'request')}" if least else "no request"
    if most is None:
        return f"at least {_count(least, 'request')}"
    return (
        f"{least} to {_count(most, 'request')}" if least else (f"at most {_count(most, 'request')}")
    )


def _of_what(words: list[str]) -> str:
    if not words:
        return "of any kind"
    return "with\n" + "\n".join(f"  {word}" for word in words)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
