"""The kinds of values in scenarios and fixtures, and the words in which they are refused.

A refusal reads on from "expected".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator

from mock_server.rules import scopes, time_zones
from mock_server.rules.applications import is_http_url, is_registrable
from mock_server.rules.conferencing_profiles import SERVICES
from mock_server.scenarios.problems import did_you_mean, one_of
from mock_server.world.clock import EARLIEST, LATEST, from_datetime, is_dated
from mock_server.world.events import (
    COLOR,
    DEGREES,
    FIRST_YEAR,
    LAST_YEAR,
    MOST_LATITUDE,
    MOST_LONGITUDE,
)

_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)*")
_CREDENTIAL = re.compile(r"[!-~]{1,255}")

_A_TIME = "a time with its offset from UTC, such as 2026-05-11T08:00:00Z"


class Model(BaseModel):
    """A mapping of the format. ``model_fields_set`` are the keys that the file names.

    ``refused_keys`` are unknown keys with a message of their own.
    """

    refused_keys: ClassVar[Mapping[str, str]] = {}

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def _email(value: str) -> str:
    address = value.strip()
    local, _, host = address.rpartition("@")
    plain = local.isprintable() and not any(character in " @" for character in local)
    if not local or not plain or not _DOMAIN.fullmatch(host) or len(address) > 254:
        raise ValueError("an e-mail address, such as jane@acme.test")
    return address.lower()


def domain(value: str) -> str:
    """A domain in lower case."""
    if not _DOMAIN.fullmatch(value) or len(value) > 253:
        raise ValueError("a domain, such as acme.test")
    return value.lower()


def _time_zone(value: str) -> str:
    if value not in time_zones.names():
        hint = did_you_mean(value, time_zones.names())
        raise ValueError(f"an IANA time zone, such as Europe/London{hint}")
    return value


def _time(value: object, first_year: int) -> datetime:
    moment = value if isinstance(value, datetime) else None
    if isinstance(value, str) and not is_dated(value):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(_A_TIME)
    if moment.microsecond:
        raise ValueError("a time in whole seconds")
    if not first_year <= moment.year or from_datetime(moment) > LATEST:
        raise ValueError(f"a time between the years {first_year} and 9999")
    return moment


def _date(value: object, first_year: int) -> date:
    if isinstance(value, str) and is_dated(value):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise ValueError("a day that exists") from None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("a date, such as 2026-05-11")
    if value.year < first_year:
        raise ValueError(f"a date from the year {first_year} on")
    return value


def _moment(value: object) -> datetime:
    moment = _time(value, 1970)
    if from_datetime(moment) < EARLIEST:
        raise ValueError("a time between the years 1970 and 9999")
    return moment


def _day(value: object) -> date:
    return _date(value, FIRST_YEAR)


def _any_time(value: object) -> datetime:
    moment = _time(value, FIRST_YEAR)
    if moment.year > LAST_YEAR:
        raise ValueError(f"a time between the years {FIRST_YEAR} and {LAST_YEAR}")
    return moment


def _event_time(value: object) -> date | datetime:
    dated = isinstance(value, date) and not isinstance(value, datetime)
    if dated or (isinstance(value, str) and is_dated(value)):
        return _date(value, FIRST_YEAR)
    try:
        return _time(value, FIRST_YEAR)
    except ValueError as error:
        or_a_date = "; or a date, such as 2026-05-11" if str(error) == _A_TIME else ""
        raise ValueError(f"{error}{or_a_date}") from None


def _scopes(value: str, known: frozenset[str]) -> str:
    unknown = scopes.unknown(value, known)
    if unknown or not value.split():
        hint = did_you_mean(unknown[0], known) if unknown else ""
        listed = ", ".join(sorted(known))
        raise ValueError(f"scopes, separated by spaces, of {listed}{hint}")
    return value


def user_scope(value: str) -> str:
    """Scopes of a person's calendars."""
    return _scopes(value, scopes.USER_SCOPES)


def service_account_scope(value: str) -> str:
    """Scopes of a service account."""
    return _scopes(value, scopes.SERVICE_ACCOUNT_SCOPES)


def _redirect_uri(value: str) -> str:
    if not is_registrable(value):
        raise ValueError("an http or https address, such as http://localhost:3000/callback")
    return value


def _callback_url(value: str) -> str:
    if not is_http_url(value):
        raise ValueError("an http or https address, such as http://localhost:3000/notifications")
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or not value.isprintable():
        raise ValueError("an http or https address, such as https://acme.test/agenda")
    return value


def _credential(value: str) -> str:
    if not _CREDENTIAL.fullmatch(value):
        raise ValueError("1 to 255 ASCII characters without spaces")
    return value


def _color(value: str) -> str:
    if not re.match(COLOR, value):
        raise ValueError("a colour, such as #1A73E8")
    return value


def _degrees(value: object, limit: float) -> str:
    """As text: binary fractions would not read back as they were written."""
    given = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    if not isinstance(given, str) or not re.match(DEGREES, given) or abs(float(given)) > limit:
        raise ValueError(f"a decimal from -{limit} to {limit}")
    return given


def conferencing_name(value: str) -> str:
    """The ``provider_name`` of a conferencing service."""
    if value not in SERVICES:
        raise ValueError(one_of(value, SERVICES))
    return value


Text = Annotated[str, Field(min_length=1)]
Email = Annotated[str, AfterValidator(_email)]
Domain = Annotated[str, AfterValidator(domain)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Moment = Annotated[datetime, PlainValidator(_moment)]
Day = Annotated[date, PlainValidator(_day)]
Time = Annotated[datetime, PlainValidator(_any_time)]
EventTime = Annotated[date | datetime, PlainValidator(_event_time)]
UserScope = Annotated[str, AfterValidator(user_scope)]
RedirectUri = Annotated[str, AfterValidator(_redirect_uri)]
CallbackUrl = Annotated[str, AfterValidator(_callback_url)]
Url = Annotated[str, AfterValidator(_url)]
Credential = Annotated[str, AfterValidator(_credential)]
Color = Annotated[str, AfterValidator(_color)]
Latitude = Annotated[str, PlainValidator(partial(_degrees, limit=MOST_LATITUDE))]
Longitude = Annotated[str, PlainValidator(partial(_degrees, limit=MOST_LONGITUDE))]
Count = Annotated[int, Field(ge=0, lt=2**31, strict=True)]
Seed = Annotated[int, Field(ge=0, lt=2**53, strict=True)]
Decision = Literal["allow", "deny"]
AccessMode = Literal["read_write", "free_busy", "no_calendar"]
CalendarProvider = Literal["google", "office365", "exchange", "apple", "outlook_com"]
ProviderKey = Literal[CalendarProvider, "none"]
DataCenter = Literal["us", "uk", "de", "au", "ca", "sg"]
ConferencingName = Annotated[str, AfterValidator(conferencing_name)]
