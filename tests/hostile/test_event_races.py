"""One event in many hands: upserts, deletes, answers, batches and the clock, all at once.

Requests are atomic steps, so whatever fifty clients do at once has to be what they might have
done one after another.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.hostile.test_races import CLIENTS, Opened, clients, opened
from tests.hostile.worlds import EVENT, START
from tests.inviting import GUEST, JANE

Step = Callable[[], Awaitable[httpx.Response]]

# Somebody who answers by habit, a minute after an invitation has come.
HABIT = "habit@acme.test"
PEOPLE = [
    {"email": JANE},
    {"email": HABIT, "invites": {"reply": "accepted", "after": {"minutes": 1}}},
]


class Diary:
    """Jane's Cronofy calendar, in Free/Busy mode, and what is mailed because of it."""

    def __init__(self, sandbox: Opened, token: str, calendar_id: str) -> None:
        self.sandbox = sandbox
        self.token = token
        self.path = f"/v1/calendars/{calendar_id}/events"

    @staticmethod
    def event(**changes: Any) -> dict[str, Any]:
        guests = [{"email": email} for email in (GUEST, HABIT)]
        return {**EVENT, "attendees": {"invite": guests}, **changes}

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.sandbox.call(self.token, method, path, **options)

    async def write(self, **changes: Any) -> httpx.Response:
        return await self.call("POST", self.path, json=self.event(**changes))

    async def delete(self) -> httpx.Response:
        return await self.call("DELETE", self.path, json={"event_id": EVENT["event_id"]})

    async def batch(self, *operations: tuple[str, dict[str, Any]]) -> httpx.Response:
        entries = [
            {"method": method, "relative_url": self.path, "data": data}
            for method, data in operations
        ]
        return await self.call("POST", "/v1/batch", json={"batch": entries})

    async def reply(self, mail: dict[str, Any], status: str) -> httpx.Response:
        path = f"/inbox/{mail['message_id']}/reply"
        return await self.sandbox.control("POST", path, json={"status": status})

    async def press(self, mail: dict[str, Any], status: str) -> httpx.Response:
        """The button in the mailbox."""
        sandbox_id = self.sandbox.document["sandbox_id"]
        path = f"/mailboxes/{mail['to']}/{mail['message_id']}"
        query = {"sandbox": sandbox_id}
        return await self.sandbox.http.post(path, params=query, data={"status": status})

    async def mails(self, to: str = GUEST) -> list[dict[str, Any]]:
        answer = await self.sandbox.control("GET", "/inbox", params={"to": to})
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    async def events(self) -> list[dict[str, Any]]:
        query = {"tzid": "Etc/UTC", "only_managed": "true", "include_deleted": "true"}
        answer = await self.call("GET", "/v1/events", params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["events"]
        return found

    async def statuses(self) -> dict[str, str]:
        (event,) = await self.events()
        return {attendee["email"]: attendee["status"] for attendee in event["attendees"]}

    async def tables(self) -> dict[str, Any]:
        """Everything that there is in the sandbox."""
        found: dict[str, Any] = (await self.sandbox.control("GET", "/snapshot")).json()["tables"]
        return found


async def diary(http: httpx.AsyncClient, **wanted: Any) -> Diary:
    scenario = {"people": PEOPLE}
    sandbox = await opened(http, **{"clock": START, "seed": 5, "scenario": scenario, **wanted})
    return await connected(sandbox)


async def connected(sandbox: Opened) -> Diary:
    body = {"email": JANE, "access_mode": "free_busy", "scope": "free_busy_write read_events"}
    answer = await sandbox.control("POST", "/connect", json=body)
    assert answer.status_code == 201, answer.text
    token = answer.json()["access_token"]
    listed = (await sandbox.call(token, "GET", "/v1/calendars")).json()["calendars"]
    (calendar_id,) = [c["calendar_id"] for c in listed if not c["calendar_readonly"]]
    return Diary(sandbox, token, calendar_id)


def versions(mails: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(mail["method"], mail["sequence"]) for mail in mails]


def shuffled(*steps: Step) -> list[Step]:
    """In an order of their own, the same in each run: kinds of requests are mixed."""
    mixed = list(steps)
    random.Random(1).shuffle(mixed)
    return mixed


async def at_once(steps: list[Step]) -> list[httpx.Response]:
    return await asyncio.gather(*(step() for step in steps))


def test_fifty_upserts_of_one_event(served: str) -> None:
    """One event; everybody gets one mail for each version, whose SEQUENCE rises by one; and
    the event says what the last mail says."""

    async def story() -> None:
        async with clients(served) as http:
            ours = await diary(http)
            answers = await asyncio.gather(*(ours.write(summary=str(n)) for n in range(CLIENTS)))
            assert {answer.status_code for answer in answers} == {202}
            (event,) = await ours.events()
            uids = set()
            for to in (JANE, GUEST, HABIT):
                mails = await ours.mails(to)
                assert versions(mails) == [("REQUEST", n) for n in range(CLIENTS)]
                subjects = [mail["subject"].rpartition(": ")[2] for mail in mails]
                assert sorted(subjects, key=int) == [str(n) for n in range(CLIENTS)]
                assert subjects[-1] == event["summary"]
                uids |= {mail["uid"] for mail in mails}
            assert len(uids) == 1
            await ours.sandbox.control("DELETE", "")

    asyncio.run(story())


def test_fifty_equal_upserts(served: str) -> None:
    """Are one version, and one mail for everybody."""

    async def story() -> None:
        async with clients(served) as http:
            ours = await diary(http)
            answers = await asyncio.gather(*(ours.write() for _ in range(CLIENTS)))
            assert {answer.status_code for answer in answers} == {202}
            assert len(await ours.events()) == 1
            for to in (JANE, GUEST, HABIT):
                assert versions(await ours.mails(to)) == [("REQUEST", 0)]
            await ours.sandbox.control("DELETE", "")

    asyncio.run(story())


@pytest.mark.parametrize("by", ["reply", "press"])
def test_answers_racing_with_a_delete(served: str, by: str) -> None:
    """Those before it count, those after it are refused; nobody's calendar keeps the event."""

    async def story() -> None:
        async with clients(served) as http:
            ours = await diary(http)
            await ours.write()
            (mail,) = await ours.mails()
            press = getattr(ours, by)
            steps = [lambda: press(mail, "accepted")] * (CLIENTS - 1)
            answers = await at_once(shuffled(*steps, ours.delete))
            statuses = {answer.status_code for answer in answers}
            assert statuses <= {200, 303, 202, 422}, statuses
            taken = any(answer.status_code in {200, 303} for answer in answers)
            (event,) = await ours.events()
            assert event["deleted"]
            mails = await ours.mails()
            assert versions(mails) == [("REQUEST", 0), ("CANCEL", 1)]
            for late in mails:
                assert (await press(late, "accepted")).status_code == 422
            (record,) = (await ours.tables())["events"]
            answered = {reply["email"] for reply in record["managed"]["replies"]}
            assert answered == ({GUEST} if taken else set())
            assert (await ours.tables())["provider_events"] == []
            await ours.sandbox.control("DELETE", "")

    asyncio.run(story())


def test_answers_racing_with_reschedules(served: str) -> None:
    """An answer belongs to the version that it answers: none outlives the next one."""

    async def story() -> None:
        async with clients(served) as http:
            ours = await diary(http)
            await ours.write()
            (mail,), (own,) = await ours.mails(), await ours.mails(JANE)
            moves: list[Step] = [
                lambda hour=hour: ours.write(end=f"2026-05-12T{hour}:00:00Z")  # type: ignore[misc]
                for hour in range(11, 21)
            ]
            yes: list[Step] = [lambda: ours.reply(mail, "accepted")] * 20
            no: list[Step] = [lambda: ours.reply(own, "declined")] * 20
            answers = await at_once(shuffled(*moves, *yes, *no))
            assert {answer.status_code for answer in answers} <= {200, 202, 422}
            refusals = [answer for answer in answers if answer.status_code == 422]
            for refusal in refusals:
                (error,) = refusal.json()["errors"]
                assert "this answers version 0 of the invitation" in error["found"]
            assert versions(await ours.mails()) == [("REQUEST", n) for n in range(11)]
            assert await ours.statuses() == dict.fromkeys((JANE, GUEST, HABIT), "needs_action")
            newest = (await ours.mails())[-1]
            assert (await ours.reply(newest, "tentative")).status_code == 200
            assert (await ours.statuses())[GUEST] == "tentative"
            await ours.sandbox.control("DELETE", "")

    asyncio.run(story())


def test_everything_at_once_is_everything_in_order(served: str) -> None:
    """Writes, deletes, batches and pressed buttons, all at once; then, after a reset, one after
    another in an order that fits what happened: everything in the sandbox is the same."""

    async def story() -> None:
        async with clients(served) as http:
            ours = await diary(http)
            guests = [f"guest-{n}@partner.test" for n in range(15)]
            invited = {"invite": [{"email": email} for email in guests]}

            async def prepare(told: Diary) -> dict[str, dict[str, Any]]:
                """An event for many writers, and one whose guests answer; their mails."""
                await told.write(event_id="shared")
                await told.write(event_id="party", attendees=invited)
                await told.sandbox.control("DELETE", "/journal")
                return {email: (await told.mails(email))[-1] for email in guests}

            mails = await prepare(ours)

            def single(told: Diary, number: int) -> Awaitable[httpx.Response]:
                return told.write(event_id="shared", summary=f"single {number}")

            def many(told: Diary, number: int) -> Awaitable[httpx.Response]:
                return told.batch(
                    ("POST", told.event(event_id="shared", summary=f"batch {number}")),
                    ("POST", told.event(event_id=f"of {number}", summary=f"beside {number}")),
                    ("POST", told.event(event_id="shared", summary=f"batch {number} again")),
                )

            def button(told: Diary, number: int) -> Awaitable[httpx.Response]:
                status = ("accepted", "declined", "tentative")[number % 3]
                return told.press(mails[guests[number]], status)

            def gone(told: Diary, number: int) -> Awaitable[httpx.Response]:
                return told.call("DELETE", told.path, json={"event_id": "party"})

            acts = [(single, n) for n in range(15)] + [(many, n) for n in range(10)]
            acts += [(button, n) for n in range(15)] + [(gone, 0)]
            answers = await at_once(
                shuffled(*(lambda act=act, n=n: act(ours, n) for act, n in acts))  # type: ignore[misc]
            )
            assert {answer.status_code for answer in answers} <= {202, 207, 303, 422}
            once = await ours.tables()
            order = await _order(ours, guests)
            assert sorted(order) == sorted((act.__name__, number) for act, number in acts)

            assert (await ours.sandbox.control("POST", "/reset")).status_code == 200
            again = await connected(ours.sandbox)
            assert await prepare(again) == mails
            named = {act.__name__: act for act, _ in acts}
            for name, number in order:
                await named[name](again, number)
            assert await again.tables() == once
            await ours.sandbox.control("DELETE", "")

    asyncio.run(story())


async def _order(ours: Diary, guests: list[str]) -> list[tuple[str, int]]:
    """What was done first: calls by the journal, and which write it was by the mails that it
    sent. Of buttons nothing but each other and the delete takes notice, so those that counted
    may come first, in their order, and those that came too late last.
    """
    (party,) = [e for e in (await ours.tables())["events"] if e["managed"]["event_id"] == "party"]
    counted = [guests.index(reply["email"]) for reply in party["managed"]["replies"]]
    late = [number for number in range(len(guests)) if number not in counted]
    order = [("button", number) for number in counted]
    entries = (await ours.sandbox.control("GET", "/journal")).json()["requests"]
    written = [m for m in await ours.mails() if m["uid"] != party["managed"]["uid"]][1:]
    subjects = iter([mail["subject"].rpartition(": ")[2] for mail in written])
    for entry in entries:
        if entry["method"] == "DELETE":
            order.append(("gone", 0))
        elif entry["path"] == "/v1/batch":
            number = int(next(subjects).removeprefix("batch "))
            assert next(subjects) == f"beside {number}", "nothing comes between its operations"
            assert next(subjects) == f"batch {number} again"
            order.append(("many", number))
        else:
            order.append(("single", int(next(subjects).removeprefix("single "))))
    assert next(subjects, None) is None
    return [*order, *(("button", number) for number in late)]


def test_the_clock_advances_while_events_are_written(served: str) -> None:
    """Every write has one time, no answer by habit is lost or comes twice, and the advances
    add up."""

    async def story() -> None:
        async with clients(served) as http:
            ours = await diary(http)

            def write(number: int) -> Step:
                guests = {"invite": [{"email": HABIT}]}
                return lambda: ours.write(event_id=f"e{number}", attendees=guests)

            async def advance() -> httpx.Response:
                return await ours.sandbox.control("POST", "/clock/advance", json={"seconds": 30})

            steps = shuffled(*(write(n) for n in range(35)), *[advance] * 14)
            answers = await at_once(steps)
            assert {answer.status_code for answer in answers} == {200, 202}
            clock = (await ours.sandbox.control("GET", "/clock")).json()
            assert clock["now"] == "2026-05-11T08:07:00Z"
            happened = [
                item["subject"][0]
                for answer in [*answers, await advance(), await advance()]
                if answer.status_code == 200
                for item in answer.json()["happened"]
            ]
            mails = await ours.mails(HABIT)
            assert sorted(happened) == sorted(mail["message_id"] for mail in mails)
            assert len(mails) == 35
            for event in await ours.events():
                answered = {a["email"]: a["status"] for a in event["attendees"]}
                assert answered == {JANE: "needs_action", HABIT: "accepted"}
            assert (await ours.tables())["timers"] == []
            await ours.sandbox.control("DELETE", "")

    asyncio.run(story())


@pytest.mark.parametrize("end", ["reset", "delete"])
def test_a_sandbox_that_ends_with_answers_on_their_way(served: str, end: str) -> None:
    """Writes, buttons, replies and timers around its end: refused or without effect, and
    nothing of them is left in what comes after."""

    async def story() -> None:
        async with clients(served) as http:
            ours = await diary(http, sandbox_id=f"ends-{end}")
            first = await ours.tables()
            await ours.write()
            (mail,) = await ours.mails()

            async def over() -> httpx.Response:
                if end == "delete":
                    return await ours.sandbox.control("DELETE", "")
                return await ours.sandbox.control("POST", "/reset")

            async def advance() -> httpx.Response:
                return await ours.sandbox.control("POST", "/clock/advance", json={"minutes": 2})

            steps: list[Step] = [
                *[lambda: ours.reply(mail, "accepted")] * 12,
                *[lambda: ours.press(mail, "declined")] * 12,
                *[lambda: ours.write(summary="Later")] * 12,
                *[advance] * 12,
            ]
            answers = await at_once([*shuffled(*steps, over), over])
            allowed = {200, 202, 204, 303, 401, 404, 422}
            assert {answer.status_code for answer in answers} <= allowed
            # Whatever an end was overtaken by, after this one nothing is left.
            await over()
            if end == "delete":
                assert (await ours.sandbox.control("GET", "")).status_code == 404
                assert (await ours.call("GET", "/v1/events")).status_code == 401
                ours = await diary(http, sandbox_id=f"ends-{end}")
            else:
                document = (await ours.sandbox.control("GET", "")).json()
                assert document["clock"]["now"] == START
                ours = await connected(ours.sandbox)
            assert await ours.tables() == first
            assert (await advance()).json()["happened"] == []
            await ours.sandbox.control("DELETE", "")

    asyncio.run(story())
