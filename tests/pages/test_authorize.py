"""Individual Connect: the authorize page, step by step (identity §3.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.emulator import Sandbox
from tests.pages.conftest import EVERYTHING, scenario
from tests.pages.visitor import CALLBACK, Visitor, authorize, exchange

MODE_PAGE = [
    "Step 1 of 4",
    "# How should Planner connect to your calendar?",
    "Kind of access",
    "<chosen_mode=read_write>",
    "Read-Write access Events go straight into the calendar. This is the most seamless way.",
    "<chosen_mode=free_busy checked>",
    "Free/Busy access Only busy times are shared, never details. New events arrive as invites by "
    "e-mail.",
    "<chosen_mode=no_calendar>",
    "No calendar access No calendar is connected. Events arrive as invites by e-mail, and "
    "availability is kept up to date by hand.",
    "(Continue)",
    "[Cancel]",
]
UNVERIFIED = [
    "## Planner is not verified",
    "Continue only if you know its developer and trust them.",
]
DECISION = ["(Allow)", "(Don’t allow)"]


def test_read_write(town: Sandbox) -> None:
    """Somebody picks Read-Write, their provider and themselves, and agrees."""
    visitor = authorize(town)
    assert visitor.lines == MODE_PAGE
    visitor.submit("Continue", chosen_mode="read_write")
    assert visitor.lines == [
        "Step 2 of 4",
        "# Which calendar do you use?",
        "Planner will connect to this calendar.",
        "[Google]",
        "[Microsoft 365]",
        "[Microsoft Exchange]",
        "[Apple iCloud]",
        "[Outlook.com]",
        "[Back]",
        "[Cancel]",
    ]
    visitor.follow("Google")
    assert visitor.lines == [
        "Step 3 of 4",
        "# Sign in with Google",
        "This is an emulator: choose who you are, no password is needed.",
        "[Jane Doe jane@acme.test]",
        "[Gus Grey gus@acme.test]",
        "[Back]",
        "[Cancel]",
    ]
    visitor.follow("Jane")
    assert visitor.lines == [
        "Step 4 of 4",
        "# Allow Planner to connect to your calendar?",
        *UNVERIFIED,
        "## Planner will be able to:",
        "See the name, the e-mail address and the list of calendars",
        "See busy and free times",
        "Add events to the calendar, and change those it added",
        "Delete events that it added",
        "Create new calendars",
        "## Planner will not be able to:",
        "See what events are about, where they are, or who takes part",
        "Change or delete events that it did not add",
        *DECISION,
        "[Back]",
    ]
    answer = exchange(town, visitor.submit("Allow").outcome)
    assert answer["linking_profile"]["profile_name"] == "jane@acme.test"
    assert [p["provider_name"] for p in answer["userinfo"]["cronofy.data"]["profiles"]] == [
        "google"
    ]


def test_free_busy(town: Sandbox) -> None:
    """Free/Busy is what the page proposes; only Google and Microsoft 365 can do it."""
    visitor = authorize(town).submit("Continue")
    assert visitor.lines[3:5] == ["[Google]", "[Microsoft 365]"]
    visitor.follow("Microsoft 365").follow("Olga")
    assert visitor.lines == [
        "Step 4 of 4",
        "# Allow Planner to connect to your calendar?",
        *UNVERIFIED,
        "## Planner will be able to:",
        "See the name, the e-mail address and the list of calendars",
        "See busy and free times",
        "Send events, and changes to them, as invites by e-mail",
        "Cancel the invites that it sent",
        "## Planner will not be able to:",
        "See what events are about, where they are, or who takes part",
        "Change anything in the calendar",
        *DECISION,
        "[Back]",
    ]
    answer = exchange(town, visitor.submit("Allow").outcome)
    assert answer["linking_profile"]["provider_name"] == "ms_graph_free_busy"
    assert [p["provider_name"] for p in answer["userinfo"]["cronofy.data"]["profiles"]] == [
        "ms_graph_free_busy",
        "cronofy",
    ]


def test_refusing(town: Sandbox) -> None:
    """Who does not allow comes back with access_denied and the state, and nothing else."""
    visitor = authorize(town, access_type="read_write").follow("Apple").follow("Adam")
    visitor.submit("Don’t allow")
    assert visitor.response.headers["location"] == f"{CALLBACK}?error=access_denied&state=s+1%26"
    assert town.control("GET", "").json()["connected"] == []


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_cancelling(town: Sandbox, steps: int) -> None:
    """Every step before the last can be cancelled, which is refusing."""
    visitor = authorize(town)
    if steps > 0:
        visitor.submit("Continue", chosen_mode="read_write")
    if steps > 1:
        visitor.follow("Google")
    assert visitor.page.links["Cancel"] == f"{CALLBACK}?error=access_denied&state=s+1%26"


def test_going_back(town: Sandbox) -> None:
    """Back leads one step back each time, and leaves the other choices as they were."""
    visitor = authorize(town).submit("Continue").follow("Google").follow("Gus")
    assert visitor.page.heading == "Allow Planner to connect to your calendar?"
    assert visitor.follow("Back").page.heading == "Sign in with Google"
    assert visitor.follow("Back").page.heading == "Which calendar do you use?"
    assert visitor.follow("Back").lines == MODE_PAGE
    assert exchange(
        town,
        visitor.submit("Continue").follow("Google").follow("Jane").submit("Allow").outcome,
    )["linking_profile"]["provider_name"] == ("google_free_busy")


OFFERED = [
    # scope, feature free_busy, feature no_access: the modes on offer
    ("free_busy_write", True, True, ["read_write", "free_busy", "no_calendar"]),
    ("free_busy_write", True, False, ["read_write", "free_busy"]),
    ("free_busy_write", False, True, ["read_write", "no_calendar"]),
    ("free_busy_write", False, False, []),
    ("read_only free_busy_write", True, False, ["read_write", "free_busy"]),
    ("read_write", True, True, []),
    ("read_only", True, True, []),
    ("write_only", True, True, []),
    ("free_busy", True, True, []),
    ("read_account read_events create_event delete_event", True, True, []),
]


@pytest.mark.parametrize(("scope", "free_busy", "no_access", "modes"), OFFERED)
def test_what_is_on_offer(
    open_sandbox: Callable[..., Sandbox],
    scope: str,
    free_busy: bool,
    no_access: bool,
    modes: list[str],
) -> None:
    """The choice opens with free_busy_write and the features alone; one mode is no choice."""
    features = {**EVERYTHING, "free_busy": free_busy, "no_access": no_access}
    sandbox = open_sandbox(scenario=scenario(applications=[{"features": features}]))
    page = authorize(sandbox, scope=scope).page
    radios = [i.attributes for i in page.main.all("input") if i.attributes.get("type") == "radio"]
    assert [radio["value"] for radio in radios] == modes
    checked = [radio["value"] for radio in radios if "checked" in radio]
    assert checked == (["free_busy"] if "free_busy" in modes else [])
    assert (page.heading == "Which calendar do you use?") is not bool(modes)


ACCESS_TYPES = [
    ("read_write", "Which calendar do you use?", "Google"),
    ("free_busy", "Which calendar do you use?", "Google"),
    ("no_calendar", "Verify your e-mail address", None),
]


@pytest.mark.parametrize(("access_type", "heading", "first"), ACCESS_TYPES)
def test_access_type(town: Sandbox, access_type: str, heading: str, first: str | None) -> None:
    """access_type preselects the mode: no mode page, and no way back to one (seed 000)."""
    visitor = authorize(town, access_type=access_type)
    assert visitor.page.heading == heading
    assert "[Back]" not in visitor.lines
    assert (first is None) or f"[{first}]" in visitor.lines
    assert visitor.warnings == []


@pytest.mark.parametrize(
    ("access_type", "scope"),
    [("free_busy", "read_write"), ("everything", "free_busy_write"), ("no_calendar", "read_only")],
)
def test_access_type_not_on_offer(town: Sandbox, access_type: str, scope: str) -> None:
    """An access_type that is not on offer is ignored, and the answer says so."""
    visitor = authorize(town, access_type=access_type, scope=scope)
    assert visitor.page.heading == authorize(town, scope=scope).page.heading
    (warning,) = visitor.warnings
    assert warning.startswith(f"access_type={access_type} is ignored: on offer here: read_write")


PROVIDER_NAMES = [
    ("google", "free_busy_write", "Sign in with Google", "google"),
    ("google", "read_write", "Sign in with Google", "google"),
    ("office365", "read_write", "Sign in with Microsoft 365", "exchange"),
    ("exchange", "read_write", "Sign in with Microsoft Exchange", "exchange"),
    ("apple", "read_write", "Sign in with Apple iCloud", "apple"),
    ("live_connect", "read_write", "Sign in with Outlook.com", "live_connect"),
    ("google_free_busy", "free_busy_write", "Sign in with Google", "google_free_busy"),
    ("ms_graph_free_busy", "free_busy_write", "Sign in with Microsoft 365", "ms_graph_free_busy"),
]


@pytest.mark.parametrize(("provider_name", "scope", "heading", "reported"), PROVIDER_NAMES)
def test_provider_name(
    town: Sandbox, provider_name: str, scope: str, heading: str, reported: str
) -> None:
    """provider_name goes straight to that provider's sign-in, in the mode it stands for."""
    visitor = authorize(town, provider_name=provider_name, scope=scope)
    assert visitor.lines[:2] == ["Step 1 of 2", f"# {heading}"]
    assert "[Back]" not in visitor.lines
    somebody = next(line for line in visitor.lines if "@acme.test]" in line)
    answer = exchange(town, visitor.follow(somebody[1:-1]).submit("Allow").outcome)
    assert answer["linking_profile"]["provider_name"] == reported


@pytest.mark.parametrize("scope", ["free_busy_write", "read_write"])
def test_provider_name_cronofy(town: Sandbox, scope: str) -> None:
    """provider_name=cronofy leads to No Calendar Access, with any scope (identity §10.1)."""
    visitor = authorize(town, provider_name="cronofy", scope=scope)
    assert visitor.page.heading == "Verify your e-mail address"


@pytest.mark.parametrize(
    ("provider_name", "warning"),
    [
        ("hotmail", "provider_name=hotmail is ignored: known are google, office365, exchange,"),
        ("google_free_busy", "provider_name=google_free_busy is ignored: its access mode"),
    ],
)
def test_provider_name_ignored(town: Sandbox, provider_name: str, warning: str) -> None:
    """An unknown provider_name, or one whose mode is not on offer, leaves the choice open."""
    visitor = authorize(town, provider_name=provider_name, scope="read_write")
    assert visitor.page.heading == "Which calendar do you use?"
    assert [w[: len(warning)] for w in visitor.warnings] == [warning]


def test_nobody_of_a_provider(sandbox: Sandbox) -> None:
    """A provider that nobody uses is said to be one."""
    visitor = authorize(sandbox, provider_name="apple", scope="read_write")
    assert visitor.lines == [
        "Step 1 of 2",
        "# Sign in with Apple iCloud",
        "Nobody here uses Apple iCloud. Add somebody to the sandbox, or choose another calendar.",
        "[Cancel]",
    ]


def test_many_people(open_sandbox: Callable[..., Sandbox]) -> None:
    """Past twenty people the page takes an address, too, and says if nobody has it."""
    people = [{"email": f"p{n}@acme.test", "name": f"P{n}"} for n in range(30)]
    sandbox = open_sandbox(scenario=scenario(people=people))
    visitor = authorize(sandbox, provider_name="google", scope="read_write")
    assert sum(line.startswith("[P") for line in visitor.lines) == 20
    visitor.submit("Continue", chosen_person="p99@acme.test")
    assert visitor.lines[2:4] == ["## There is a problem", "[p99@acme.test cannot sign in here.]"]
    field = visitor.page.main.all("input")[-1].attributes
    assert field["value"] == "p99@acme.test"
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "problem"
    assert visitor.page.title.startswith("There is a problem: ")
    visitor.submit("Continue", chosen_person=" P29@acme.test ")
    answer = exchange(sandbox, visitor.submit("Allow").outcome)
    assert answer["userinfo"]["email"] == "p29@acme.test"


def test_rooms_do_not_sign_in(open_sandbox: Callable[..., Sandbox]) -> None:
    """A room has a calendar, but nobody to sign in."""
    organization = {
        "domain": "acme.test",
        "members": ["jane@acme.test"],
        "resources": [{"email": "room@acme.test", "name": "Room"}],
    }
    sandbox = open_sandbox(scenario=scenario(organizations=[organization]))
    visitor = authorize(sandbox, provider_name="google", scope="read_write")
    assert "[Jane Doe jane@acme.test]" in visitor.lines
    assert not any("room@acme.test" in line for line in visitor.lines)


FORGED: list[dict[str, Any]] = [
    {"chosen_mode": "free_busy", "chosen_provider": "apple", "chosen_person": "adam@acme.test"},
    {"chosen_mode": "free_busy", "chosen_provider": "google", "chosen_person": "olga@acme.test"},
    {"chosen_mode": "nonsense", "chosen_provider": "google", "chosen_person": "jane@acme.test"},
    {"chosen_mode": "read_write", "chosen_provider": "google", "chosen_person": "who@acme.test"},
    {"chosen_mode": "no_calendar", "verification": "made-up"},
    {"chosen_mode": "no_calendar", "chosen_person": "jane@acme.test"},
    {},
]


@pytest.mark.parametrize("forged", FORGED)
def test_nothing_is_trusted(town: Sandbox, forged: dict[str, Any]) -> None:
    """Agreement counts only for what the steps would have allowed; else the open step returns."""
    visitor = authorize(town, **forged)
    answer = town.http.post(visitor.address, data={"decision": "allow"})
    assert answer.status_code == 422
    assert town.control("GET", "").json()["connected"] == []


def test_mode_not_on_offer_is_no_choice(town: Sandbox) -> None:
    """A mode written into the address is nothing if the request does not offer it."""
    visitor = authorize(town, scope="read_only", chosen_mode="free_busy", provider_name="google")
    answer = exchange(town, visitor.follow("Jane").submit("Allow").outcome)
    assert answer["linking_profile"]["provider_name"] == "google"


REFUSED = [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": None}, "invalid_request"),
    ({"scope": None}, "invalid_request"),
    ({"scope": " "}, "invalid_request"),
    ({"scope": "read_write everything"}, "invalid_scope"),
    ({"scope": "service_account/accounts/manage"}, "invalid_scope"),
    ({"link_token": "unknown"}, "invalid_request"),
    ({"delegated_scope": "read_write"}, "invalid_scope"),
]


@pytest.mark.parametrize(("parameters", "error"), REFUSED)
def test_refused_by_redirect(town: Sandbox, parameters: dict[str, str], error: str) -> None:
    """What the application asked wrongly goes back to it, with its state (RFC 6749 §4.1.2.1)."""
    visitor = authorize(town, **parameters)
    outcome = visitor.outcome
    assert outcome.pop("error_description") == visitor.response.headers["mock-cronofy-hint"]
    assert outcome == {"error": error, "state": "s 1&"}


UNSAFE = [
    ({"client_id": None}, "client_id is missing"),
    ({"client_id": "unknown"}, "no application has the client_id 'unknown'"),
    ({"redirect_uri": None}, "redirect_uri is missing"),
    (
        {"redirect_uri": "acme:/callback"},
        "redirect_uri must be an http or https address, found 'acme:/callback'",
    ),
    (
        {"redirect_uri": "javascript:alert(1)"},
        "redirect_uri must be an http or https address, found 'javascript:alert(1)'",
    ),
]


@pytest.mark.parametrize("path", ["/oauth/authorize", "/enterprise_connect/oauth/authorize"])
@pytest.mark.parametrize(("parameters", "detail"), UNSAFE)
def test_unsafe(town: Sandbox, path: str, parameters: dict[str, str], detail: str) -> None:
    """Where no redirect would be safe, the person sees what is wrong instead."""
    visitor = authorize(town, enterprise=path != "/oauth/authorize", **parameters)
    assert visitor.response.status_code == 400
    assert visitor.lines == [
        "# This request cannot be completed",
        "The application that sent you here asked for something wrong. Nothing was shared with it.",
        "## For the developer",
        detail,
    ]
    assert visitor.response.headers["mock-cronofy-hint"] == detail


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        (
            "&scope=read_only",
            "scope repeated: each parameter may stand in the query once (RFC 6749 §3.1)",
        ),
        ("&x=%FF", "parameters must be percent-encoded UTF-8"),
        ("&state=%00", "a parameter holds a NUL character"),
    ],
)
def test_bad_query(town: Sandbox, query: str, detail: str) -> None:
    """A query that is not what it should be is an error page, too."""
    answer = town.http.get(authorize(town).address + query)
    assert answer.status_code == 400
    assert detail in Visitor(town.http)._arrive(answer, "").lines


def test_unknown_parameter(town: Sandbox) -> None:
    """Unknown parameters are ignored, and mentioned."""
    visitor = authorize(town, email="jane@acme.test")
    assert visitor.lines == MODE_PAGE
    assert visitor.warnings == ["ignored: unknown query parameter email"]


def test_existing_query_is_kept(town: Sandbox) -> None:
    """Code and state are added to whatever query the redirect URI has."""
    town.control("POST", "/consents", json={"page": "authorize", "decision": "allow"})
    visitor = authorize(town, redirect_uri="https://app.acme.test/cb?tab=1&x=%20y", state="")
    location = visitor.response.headers["location"]
    assert location.startswith("https://app.acme.test/cb?tab=1&x=%20y&code=")
    assert "state" not in urlsplit(location).query


PRODUCTION = [
    ("https://acme.test/cb", True),
    ("https://acme.test/cb?more=1", False),
    ("https://acme.test/other", False),
    ("http://acme.test/cb", False),
    ("https://one.apps.test/cb", True),
    ("https://two.one.apps.test/cb", True),
    ("https://apps.test/cb", False),
    ("https://evil.test/cb", False),
    ("https://evil.test/.apps.test/cb", False),
    ("https://one.apps.test.evil.test/cb", False),
    ("https://one@evil.apps.test/cb", False),
    ("https://one.apps.test:8443/cb", False),
]


@pytest.mark.parametrize(("redirect_uri", "registered"), PRODUCTION)
def test_production(
    open_sandbox: Callable[..., Sandbox], redirect_uri: str, registered: bool
) -> None:
    """An application in production redirects only to what it has registered (identity §9)."""
    application = {
        "name": "Planner",
        "mode": "production",
        "redirect_uris": ["https://acme.test/cb", "https://*.apps.test/cb"],
    }
    sandbox = open_sandbox(scenario=scenario(applications=[application]))
    visitor = authorize(sandbox, redirect_uri=redirect_uri)
    assert visitor.response.status_code == (200 if registered else 400)
    if registered:
        visitor.submit("Continue").follow("Google").follow("Jane")
        assert not any("not verified" in line for line in visitor.lines)
        location = visitor.submit("Allow").response.headers["location"]
        assert location.startswith(f"{redirect_uri}?code=")


def test_business_connect(town: Sandbox) -> None:
    """delegated_scope is explained where somebody agrees to it."""
    visitor = authorize(town, scope="read_only", delegated_scope="free_busy")
    visitor.follow("Google").follow("Jane")
    assert visitor.lines[4:9] == [
        "## Planner will be able to:",
        "See the name, the e-mail address and the list of calendars",
        "See events with all their details",
        "Ask for the busy and free times of other people’s calendars that you can see",
        "## Planner will not be able to:",
    ]


def test_internal_application(open_sandbox: Callable[..., Sandbox]) -> None:
    """An internal application may not ask (identity §12.4)."""
    sandbox = open_sandbox(scenario=scenario(applications=[{"internal": True}]))
    assert authorize(sandbox).outcome["error"] == "unauthorized_client"


def test_head_changes_nothing(town: Sandbox) -> None:
    """A HEAD request sees what a page would be, and uses up no consent."""
    town.control("POST", "/consents", json={"page": "authorize", "decision": "allow"})
    address = "/oauth/authorize?" + urlsplit(
        str(town.authorize(scope="nonsense").request.url)
    ).query.replace("nonsense", "read_write")
    answer = town.http.head(address)
    assert (answer.status_code, answer.content) == (200, b"")
    assert len(town.control("GET", "/consents").json()["consents"]) == 1
    assert town.http.get(address).status_code == 302
