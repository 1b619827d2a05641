"""The directory: what on this server finds the sandbox that a request belongs to."""

from __future__ import annotations

from collections.abc import Hashable


class Directory:
    """Which owner (a sandbox) holds a credential: one dictionary for each namespace.

    Namespaces: ``client_id``, ``bearer`` (everything an Authorization header may carry),
    ``former`` (access tokens that hold no longer),
    ``refresh_token``, ``code``, ``page`` (tokens in the addresses of hosted pages),
    ``invitation`` (the UIDs of what Cronofy wrote, by which answers find their way back) and
    ``fault`` (those that are still to be met: mostly there are none on the whole server).
    ``changes`` are the ``(owner, table's record, key)`` of what changed in watched
    tables, since somebody last looked.
    """

    __slots__ = (
        "bearer",
        "changes",
        "client_id",
        "code",
        "fault",
        "former",
        "invitation",
        "page",
        "refresh_token",
    )

    def __init__(self) -> None:
        self.client_id: dict[Hashable, object] = {}
        self.bearer: dict[Hashable, object] = {}
        self.former: dict[Hashable, object] = {}
        self.refresh_token: dict[Hashable, object] = {}
        self.code: dict[Hashable, object] = {}
        self.fault: dict[Hashable, object] = {}
        self.page: dict[Hashable, object] = {}
        self.invitation: dict[Hashable, object] = {}
        self.changes: dict[tuple[object, type[object], Hashable], None] = {}

    def namespace(self, name: str) -> dict[Hashable, object]:
        found: dict[Hashable, object] = getattr(self, name)
        return found


class Clash(Exception):
    """A routed value is held already: by another sandbox, or by another record of this one."""

    def __init__(self, namespace: str, value: object) -> None:
        super().__init__(f"{namespace} {value!r} is held by something else")
        self.namespace = namespace
        self.value = value
