"""People and calendars made up by Faker, from a seed: the same seed, the same people."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from faker import Faker

from mock_server.scenarios.documents import PersonDocument
from mock_server.scenarios.event_documents import EventDocument
from mock_server.scenarios.fields import ProviderKey
from mock_server.world.clock import LATEST

# Faker locale and a time zone that goes with it.
_ORIGINS = (
    ("en_GB", "Europe/London"),
    ("en_US", "America/New_York"),
    ("de_DE", "Europe/Berlin"),
    ("fr_FR", "Europe/Paris"),
    ("es_ES", "Europe/Madrid"),
    ("pt_BR", "America/Sao_Paulo"),
    ("nl_NL", "Europe/Amsterdam"),
    ("sv_SE", "Europe/Stockholm"),
    ("pl_PL", "Europe/Warsaw"),
    ("it_IT", "Europe/Rome"),
    ("ja_JP", "Asia/Tokyo"),
    ("en_AU", "Australia/Sydney"),
    ("hi_IN", "Asia/Kolkata"),
    ("tr_TR", "Europe/Istanbul"),
)
_FAMILY_NAME_FIRST = {"ja_JP"}
_PROVIDERS: tuple[ProviderKey, ...] = (
    "google",
    "office365",
    "google",
    "apple",
    "exchange",
    "outlook_com",
)
_SUMMARIES = (
    "Stand-up",
    "1:1",
    "Planning",
    "Design review",
    "Lunch",
    "Focus time",
    "Interview",
    "Customer call",
    "Retrospective",
    "Dentist",
)


class Identity(NamedTuple):
    name: str
    zoneinfo: str
    locale: str


@lru_cache(maxsize=32)
def _faker(locale: str) -> Faker:
    return Faker(locale)


def identity(seed: int, locale: str | None = None) -> Identity:
    """A name with a time zone that goes with it; of ``locale`` if that is one of ours."""
    wanted = (locale or "").replace("-", "_").lower()
    origins = [o for o in _ORIGINS if wanted and o[0].lower().startswith(wanted)]
    faker_locale, zoneinfo = (origins or _ORIGINS)[seed % len(origins or _ORIGINS)]
    fake = _faker(faker_locale)
    fake.seed_instance(seed)
    names = [fake.first_name(), fake.last_name()]
    if faker_locale in _FAMILY_NAME_FIRST:
        names.reverse()
    name = " ".join(names)
    return Identity(name, zoneinfo, faker_locale.replace("_", "-"))


def fixture(count: int, seed: int, domain: str, events: int) -> str:
    """The YAML text of a fixture of ``count`` people, each with ``events`` to be made up."""
    import yaml

    listed = []
    for person in people(count, seed, domain):
        described = {name: getattr(person, name) for name in _DESCRIBED}
        listed.append({**described, "generate": {"events": events}} if events else described)
    document = {
        "description": f"People at {domain}, made up with seed {seed}.",
        "people": listed,
    }
    text: str = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100)
    return text


_DESCRIBED = ("email", "name", "zoneinfo", "locale", "provider")


def people(count: int, seed: int, domain: str) -> Iterator[PersonDocument]:
    """``count`` people at ``domain``, of various providers, time zones and languages."""
    taken = set()
    for index in range(count):
        made = identity(seed * 1_000_003 + index)
        local = _local_part(made.name) or f"person-{index + 1}"
        if local in taken:
            local = f"{local}-{index + 1}"
        taken.add(local)
        yield PersonDocument(
            email=f"{local}@{domain}",
            name=made.name,
            zoneinfo=made.zoneinfo,
            locale=made.locale,
            provider=_PROVIDERS[index % len(_PROVIDERS)],
        )


def _local_part(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return ".".join("".join(c for c in word if c.isalnum()) for word in plain.split()).strip(".")


def events(
    count: int, days: int, seed: int, now: int, zoneinfo: str | None
) -> Iterator[EventDocument]:
    """``count`` meetings on weekdays, in office hours, in the ``days`` after ``now``.

    Towards the end of the year 9999, after which no time can be written, in the ``days``
    before it.
    """
    fake = _faker("en_GB")
    fake.seed_instance(seed)
    random = fake.random
    zone = ZoneInfo(zoneinfo or "Etc/UTC")
    today = datetime.fromtimestamp(min(now, LATEST - (days + 2) * 86_400), zone).date()
    weekdays = [
        day
        for day in (today + timedelta(days=offset) for offset in range(days))
        if day.weekday() < 5
    ] or [today]
    for _ in range(count):
        day = weekdays[random.randrange(len(weekdays))]
        start = datetime(
            day.year, day.month, day.day, 8 + random.randrange(9), 15 * random.randrange(4),
            tzinfo=zone,
        ).astimezone(UTC)  # fmt: skip
        end = start + timedelta(minutes=15 * (1 + random.randrange(6)))
        summary = _SUMMARIES[random.randrange(len(_SUMMARIES))]
        yield EventDocument(summary=summary, start=start, end=end)
