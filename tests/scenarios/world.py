"""What the stories end in: the people of the fixtures as the API shows them."""

from __future__ import annotations

from tests.contract.documents import (
    Document,
    calendar,
    cronofy_profile,
    profile,
    userinfo,
)

JANE, KENJI, LENA, PAUL = "jane@acme.test", "kenji@acme.test", "lena@globex.test", "paul@acme.test"
ADMIN, ROOM = "admin@acme.test", "room-1@acme.test"

_WHO = {
    JANE: {"name": "Jane Doe", "zoneinfo": "Europe/London"},
    KENJI: {"name": "佐藤 健二", "zoneinfo": "Asia/Tokyo"},
    LENA: {"name": "Lena Müller", "zoneinfo": "Europe/Berlin"},
    PAUL: {"name": "Paul Mbeki", "zoneinfo": "Africa/Johannesburg"},
    ROOM: {"name": "Room 1", "zoneinfo": "Europe/London"},
}

# Name and whether it can only be read, the primary calendar first.
_CALENDARS = {
    JANE: (("jane@acme.test", False), ("Personal", False), ("Holidays in United Kingdom", True)),
    KENJI: (("kenji@acme.test", False), ("日本の祝日", True)),
    LENA: (("Kalender", False), ("Projekte", False), ("Feiertage in Deutschland", True)),
    ROOM: (("room-1@acme.test", False),),
}


def account(email: str, scope: str, *profiles: Document) -> Document:
    """Userinfo of one of the fixtures' people."""
    return userinfo(email, scope, *profiles, **_WHO[email])


def read_write_profile(email: str, **more: object) -> Document:
    """The profile of somebody in Acme's Google Workspace."""
    calendars = [
        calendar(name, primary=index == 0, readonly=readonly, conferencing=not readonly)
        for index, (name, readonly) in enumerate(_CALENDARS[email])
    ]
    return profile("google", "gsuite", email, *calendars, **more)


def free_busy_profiles(email: str, provider_name: str = "google_free_busy") -> list[Document]:
    """Both profiles of an account in Free/Busy mode: busy times, and the Cronofy calendar."""
    calendars = [
        calendar(name, primary=index == 0, readonly=True)
        for index, (name, _) in enumerate(_CALENDARS[email])
    ]
    return [
        profile(provider_name, provider_name, email, *calendars),
        cronofy_profile(email),
    ]
