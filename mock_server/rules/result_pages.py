"""Pages of a reading: a snapshot of what the first request found (events §4.2, assumed)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from mock_server.errors import NotFound
from mock_server.world.accounts import Authorization
from mock_server.world.availability import AvailablePeriod
from mock_server.world.events import Occurrence
from mock_server.world.records import replace
from mock_server.world.result_pages import ResultPage
from mock_server.world.sandbox import Sandbox

LIFETIME = 3600

# Pages that nobody asked for make room, where no clock runs that they could expire by.
_MOST = 20_000


def first(
    sandbox: Sandbox,
    authorization: Authorization,
    kind: str,
    options: frozenset[str],
    *,
    items: Sequence[Occurrence] = (),
    periods: Sequence[AvailablePeriod] = (),
    most: int | None = None,
) -> ResultPage:
    """The first page of ``items``, or of ``periods``; the others are kept for an hour.

    A page holds no more than ``most``, whatever the scenario says.
    """
    now, size = sandbox.now(), sandbox.switches.page_size
    if most is not None:
        size = min(size, most)
    _make_room(sandbox, now)
    total = max(1, -(-(len(items) + len(periods)) // size))
    ids = [sandbox.ids.hex("page").removeprefix("page_") for _ in range(total - 1)]
    pages = [
        ResultPage(
            page_id=page_id,
            client_id=authorization.client_id,
            sub=authorization.sub,
            kind=kind,
            number=number + 1,
            total=total,
            options=options,
            expires_at=now + LIFETIME,
            items=tuple(items[number * size : (number + 1) * size]),
            periods=tuple(periods[number * size : (number + 1) * size]),
            following=following,
        )
        for number, (page_id, following) in enumerate(zip(["", *ids], [*ids, None], strict=True))
    ]
    for page in pages[1:]:
        sandbox.result_pages.put(page)
    return pages[0]


def find(sandbox: Sandbox, authorization: Authorization, kind: str, page_id: str) -> ResultPage:
    """The page of this id; raises NotFound for one that is somebody else's, or too old.

    It shows nothing of a profile that the application has lost meanwhile.
    """
    page = sandbox.result_pages.get(page_id)
    if (
        page is None
        or (page.client_id, page.sub, page.kind) != (*authorization.key, kind)
        or page.expires_at <= sandbox.now()
    ):
        raise NotFound(
            f"no page {page_id!r} for this authorization: it expired, or was never there; "
            "follow pages.next_page as it is"
        )
    seen = authorization.profile_ids
    calendars = sandbox.calendars
    return replace(
        page,
        items=tuple(
            item for item in page.items if calendars[item.event.calendar_id].profile_id in seen
        ),
    )


def _make_room(sandbox: Sandbox, now: int) -> None:
    for page in sandbox.result_pages.leading(lambda kept: kept.expires_at <= now):
        sandbox.result_pages.remove(page.page_id)
    spare = len(sandbox.result_pages) - _MOST
    if spare > 0:
        for page in islice(sandbox.result_pages, spare):
            sandbox.result_pages.remove(page.page_id)
