"""Who somebody is, and their calendars: what several calls say must agree (identity §8)."""

from __future__ import annotations

import re
from typing import Any

from mock_server.conformance.answers import Answer
from mock_server.conformance.checks import Section, Skip
from mock_server.conformance.shapes import Words
from mock_server.conformance.visit import Visit
from mock_server.rules import time_zones

_IDENTITY = Section("Identity")
_CALENDARS = Section("Calendars")

_SUBS = {"account": "acc_", "service_account": "ser_", "application_calendar": "apc_"}
_SUB = re.compile(r"[a-z]{3}_[0-9a-f]{24}")
_PROFILE = re.compile(r"pro_[A-Za-z0-9_-]+")

# provider_service by provider_name, as profiles report them; the pairs are inferred in part.
_PROVIDERS = {
    "apple": {"icloud"},
    "google": {"google", "gsuite"},
    "exchange": {"exchange", "office365"},
    "live_connect": {"outlook_com"},
    "cronofy": {"cronofy"},
    "google_free_busy": {"google_free_busy"},
    "ms_graph_free_busy": {"ms_graph_free_busy"},
}
_FREE_BUSY = {"google_free_busy", "ms_graph_free_busy"}


def _userinfo(visit: Visit) -> tuple[Answer, Any]:
    document = visit.read("GET /v1/userinfo")
    return visit.plain("GET /v1/userinfo"), document


def _profiles(visit: Visit) -> tuple[Answer, list[Any]]:
    answer, userinfo = _userinfo(visit)
    if "profiles" not in userinfo["cronofy.data"]:
        raise Skip(f"a {userinfo['cronofy.type']} has no profiles")
    return answer, userinfo["cronofy.data"]["profiles"]


@_IDENTITY.check(
    "identity.ids",
    "identity §1.6",
    "api/identity/userinfo",
    sends="GET /v1/userinfo",
    expects="a sub of acc_, ser_ or apc_, as cronofy.type says, and 24 hex digits; ids of "
    "profiles and calendars that begin with pro_ and cal_",
)
def _ids(visit: Visit) -> None:
    answer, userinfo = _userinfo(visit)
    sub, prefix = userinfo["sub"], _SUBS[userinfo["cronofy.type"]]
    right = sub.startswith(prefix) and _SUB.fullmatch(sub) is not None
    answer.expect(right, f"{prefix} and 24 hex digits", sub, "sub")
    for number, profile in enumerate(userinfo["cronofy.data"].get("profiles", ())):
        at, profile_id = f"cronofy.data.profiles[{number}]", profile["profile_id"]
        right = _PROFILE.fullmatch(profile_id) is not None
        answer.expect(right, "pro_ and base64url text", profile_id, f"{at}.profile_id")
        own = f"cal_{profile_id.removeprefix('pro_')}_"
        for place, calendar in enumerate(profile["profile_calendars"]):
            found = calendar["calendar_id"]
            at_id = f"{at}.profile_calendars[{place}].calendar_id"
            answer.expect(found.startswith(own), f"text that begins with {own}", found, at_id)


@_IDENTITY.check(
    "identity.type",
    "identity §8.1",
    "api/identity/userinfo",
    sends="GET /v1/userinfo",
    expects="the members that cronofy.type calls for, and no others",
)
def _type(visit: Visit) -> None:
    answer, userinfo = _userinfo(visit)
    kind, data = userinfo["cronofy.type"], userinfo["cronofy.data"]
    for name, kinds in (
        ("profiles", {"account", "application_calendar"}),
        ("service_account", {"service_account"}),
        ("application_calendar", {"application_calendar"}),
    ):
        wanted = "a member" if kind in kinds else "no such member"
        answer.expect(
            (name in data) == (kind in kinds), wanted, sorted(data), f"cronofy.data.{name}"
        )
    delegated = "delegated_scope" in data["authorization"]
    at = "cronofy.data.authorization.delegated_scope"
    wanted = "for service accounts only"
    answer.expect(delegated == (kind == "service_account"), wanted, delegated, at)


@_IDENTITY.check(
    "identity.account",
    "identity §8.2",
    "api/identity/account",
    sends="GET /v1/account, GET /v1/userinfo",
    expects="both say the same of sub, e-mail address, name, scope and time zone",
)
def _account(visit: Visit) -> None:
    _, userinfo = _userinfo(visit)
    document = visit.read("GET /v1/account")
    account, answer = document["account"], visit.plain("GET /v1/account")
    for at, found, wanted in (
        ("sub", document["sub"], userinfo["sub"]),
        ("account.account_id", account["account_id"], userinfo["sub"]),
        ("account.email", account["email"], userinfo.get("email", account["email"])),
        ("account.name", account["name"], userinfo.get("name", account["name"])),
        ("account.scope", account["scope"], userinfo["cronofy.data"]["authorization"]["scope"]),
        (
            "account.default_tzid",
            account["default_tzid"],
            userinfo.get("zoneinfo", account["default_tzid"]),
        ),
    ):
        answer.expect(found == wanted, f"{wanted}, as userinfo says", found, at)


@_IDENTITY.check(
    "identity.time-zone",
    "identity §1.4",
    "api/data-types",
    sends="GET /v1/account",
    expects="a default_tzid of the tz database",
)
def _time_zone(visit: Visit) -> None:
    tzid = visit.read("GET /v1/account")["account"]["default_tzid"]
    answer = visit.plain("GET /v1/account")
    known = tzid in time_zones.names()
    answer.expect(known, "a name of the tz database", tzid, "account.default_tzid")


@_IDENTITY.check(
    "identity.profiles",
    "identity §8.3",
    "api/identity/profile",
    sends="GET /v1/profiles, GET /v1/userinfo",
    expects="the same profiles, which say the same",
)
def _same_profiles(visit: Visit) -> None:
    _, wanted = _profiles(visit)
    listed = visit.read("GET /v1/profiles")["profiles"]
    answer = visit.plain("GET /v1/profiles")
    known = {profile["profile_id"]: profile for profile in wanted}
    found = sorted(profile["profile_id"] for profile in listed)
    answer.expect(found == sorted(known), f"{sorted(known)}, as in userinfo", found, "profiles")
    for number, profile in enumerate(listed):
        also = known.get(profile["profile_id"], profile)
        for name, value in profile.items():
            at = f"profiles[{number}].{name}"
            answer.expect(value == also.get(name), f"{also.get(name)}, as in userinfo", value, at)


@_IDENTITY.check(
    "identity.relink",
    "identity §8.1",
    "faqs/profile-reconnection-process",
    sends="GET /v1/userinfo",
    expects="a profile_relink_url for profiles that are not connected, and for no other",
)
def _relink(visit: Visit) -> None:
    answer, profiles = _profiles(visit)
    for number, profile in enumerate(profiles):
        found = profile.get("profile_relink_url")
        at = f"cronofy.data.profiles[{number}].profile_relink_url"
        wanted = "no such member" if profile["profile_connected"] else "an address"
        answer.expect((found is None) == profile["profile_connected"], wanted, found, at)


@_IDENTITY.check(
    "identity.providers",
    "identity §8.3",
    "api/identity/profile",
    sends="GET /v1/userinfo",
    expects="known pairs of provider_name and provider_service",
)
def _providers(visit: Visit) -> None:
    answer, profiles = _profiles(visit)
    for number, profile in enumerate(profiles):
        name, service = profile["provider_name"], profile["provider_service"]
        at = f"cronofy.data.profiles[{number}]"
        known = ", ".join(sorted(_PROVIDERS))
        if answer.expect(
            name in _PROVIDERS, f"one of {known}", name, f"{at}.provider_name", assumed=True
        ):
            services = _PROVIDERS[name]
            wanted = " or ".join(sorted(services))
            answer.expect(
                service in services, wanted, service, f"{at}.provider_service", assumed=True
            )


@_IDENTITY.check(
    "identity.free-busy",
    "identity §10.2",
    "authorization/access-modes/free-busy",
    sends="GET /v1/userinfo",
    expects="beside a Free/Busy profile, one of Cronofy's with a calendar that can be written",
)
def _free_busy(visit: Visit) -> None:
    answer, profiles = _profiles(visit)
    modes = [profile["provider_name"] for profile in profiles]
    if _FREE_BUSY.isdisjoint(modes):
        raise Skip("no profile is in Free/Busy mode")
    answer.expect("cronofy" in modes, "a profile of provider_name cronofy", modes)
    for number, profile in enumerate(profiles):
        for place, calendar in enumerate(profile["profile_calendars"]):
            at = f"cronofy.data.profiles[{number}].profile_calendars[{place}]"
            readonly = calendar["calendar_readonly"]
            if profile["provider_name"] in _FREE_BUSY:
                answer.expect(readonly, "true", readonly, f"{at}.calendar_readonly")
                for name in (
                    "calendar_integrated_conferencing_available",
                    "calendar_attachments_available",
                ):
                    found = calendar[name]
                    answer.expect(not found, "false", found, f"{at}.{name}", assumed=True)
                level = calendar["permission_level"]
                right = level == "sandbox"
                answer.expect(right, "sandbox", level, f"{at}.permission_level", assumed=True)
            elif profile["provider_name"] == "cronofy":
                answer.expect(not readonly, "false", readonly, f"{at}.calendar_readonly")


@_CALENDARS.check(
    "calendars.agree",
    "events §1.1",
    "api/calendars/list-calendars",
    sends="GET /v1/calendars, GET /v1/userinfo",
    expects="the same calendars, with their profile's names, and the same sub",
)
def _calendars_agree(visit: Visit) -> None:
    _, userinfo = _userinfo(visit)
    _, profiles = _profiles(visit)
    document, answer = visit.read("GET /v1/calendars"), visit.plain("GET /v1/calendars")
    answer.expect(document["sub"] == userinfo["sub"], userinfo["sub"], document["sub"], "sub")
    known = {
        calendar["calendar_id"]: {
            **{name: profile[name] for name in ("provider_name", "profile_id", "profile_name")},
            **calendar,
        }
        for profile in profiles
        for calendar in profile["profile_calendars"]
    }
    found = sorted(calendar["calendar_id"] for calendar in document["calendars"])
    answer.expect(found == sorted(known), f"{sorted(known)}, as in userinfo", found, "calendars")
    for number, calendar in enumerate(document["calendars"]):
        also = known.get(calendar["calendar_id"], calendar)
        for name, value in calendar.items():
            at = f"calendars[{number}].{name}"
            answer.expect(value == also.get(name), f"{also.get(name)}, as in userinfo", value, at)


@_CALENDARS.check(
    "calendars.primary",
    "events §1.1",
    "api/calendars/list-calendars",
    sends="GET /v1/calendars",
    expects="at most one primary calendar in each profile",
)
def _primary(visit: Visit) -> None:
    document, answer = visit.read("GET /v1/calendars"), visit.plain("GET /v1/calendars")
    seen: set[str] = set()
    for number, calendar in enumerate(document["calendars"]):
        if calendar["calendar_primary"]:
            first = calendar["profile_id"] not in seen
            at = f"calendars[{number}].calendar_primary"
            answer.expect(first, "one primary calendar in a profile", Words("a second"), at)
            seen.add(calendar["profile_id"])


@_CALENDARS.check(
    "calendars.hosted",
    "identity §10.2",
    "authorization/access-modes/no-access",
    sends="GET /v1/calendars",
    expects="calendars that Cronofy hosts are writable, primary and unrestricted, and have no "
    "integrated conferencing and no attachments",
)
def _hosted(visit: Visit) -> None:
    document, answer = visit.read("GET /v1/calendars"), visit.plain("GET /v1/calendars")
    hosted = [
        (number, calendar)
        for number, calendar in enumerate(document["calendars"])
        if calendar["provider_name"] == "cronofy"
    ]
    if not hosted:
        raise Skip("Cronofy hosts none of the account's calendars")
    for number, calendar in hosted:
        for name, wanted, assumed in (
            ("calendar_readonly", False, False),
            ("calendar_primary", True, True),
            ("calendar_integrated_conferencing_available", False, False),
            ("calendar_attachments_available", False, True),
            ("permission_level", "unrestricted", True),
        ):
            found, at = calendar[name], f"calendars[{number}].{name}"
            answer.expect(found == wanted, str(wanted).lower(), found, at, assumed=assumed)


CHECKS = [*_IDENTITY.checks, *_CALENDARS.checks]
