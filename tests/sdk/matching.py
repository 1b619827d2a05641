"""Values known by their form only, for comparing whole documents."""

from __future__ import annotations

import re


class Like(str):
    """Equal to every text that the pattern matches from end to end."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and re.fullmatch(str(self), other) is not None

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __repr__(self) -> str:
        return f"Like({str(self)!r})"


# Codes, access tokens and refresh tokens are always 32 characters (identity §1.6).
TOKEN = Like(r"[A-Za-z0-9_-]{32}")
OPAQUE = Like(r"[A-Za-z0-9_-]{16,}")
ACCOUNT = Like(r"acc_[0-9a-f]{24}")
SERVICE_ACCOUNT = Like(r"ser_[0-9a-f]{24}")
APPLICATION_CALENDAR = Like(r"apc_[0-9a-f]{24}")
PROFILE = Like(r"pro_[A-Za-z0-9_-]{16}")


def calendar_of(profile_id: str) -> Like:
    """The form of the ids of a profile's calendars: they hold the profile's."""
    return Like(rf"cal_{re.escape(profile_id.removeprefix('pro_'))}_[A-Za-z0-9_@-]+")
