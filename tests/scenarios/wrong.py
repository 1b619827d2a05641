"""Files that are wrong, and what is said about them."""

from __future__ import annotations

PERSON_KEYS = (
    "email, name, zoneinfo, locale, provider, calendars, generate, consent, invites, "
    "conferencing, initial_sync, sync_delay"
)
A_TIME = "a time with its offset from UTC, such as 2026-05-11T08:00:00Z"
OR_A_DATE = "; or a date, such as 2026-05-11"

# The file, and what is said about it (each line after "wrong.yaml:").
WRONG: dict[str, tuple[str, list[str]]] = {
    "unknown key": (
        "people:\n  - email: jane@acme.test\n    zonneinfo: Europe/London\n",
        [
            "3: people[0].zonneinfo: found the key 'zonneinfo', expected one of the keys "
            f"{PERSON_KEYS} (did you mean zoneinfo?)"
        ],
    ),
    "unknown key that resembles none": (
        "xyzzy: 1\n",
        [
            "1: xyzzy: found the key 'xyzzy', expected one of the keys name, description, seed, "
            "clock, include, admin_api_key, switches, applications, people, organizations, "
            "generate, connected, timeline, faults, outages"
        ],
    ),
    "missing key": (
        "people:\n  - name: Jane Doe\n",
        ["2: people[0].email: found nothing, expected a value: this key is required"],
    ),
    "key without a value": ("people:\n", ["1: people: found nothing, expected a list"]),
    "wrong types": (
        "seed: true\n"
        "people: {email: jane@acme.test}\n"
        "organizations: [acme.test]\n"
        "applications:\n"
        "  - name: 12\n"
        "    client_id: true\n"
        "    features: {free_busy: perhaps}\n"
        "    redirect_uris: http://localhost:3000/callback\n",
        [
            "1: seed: found true, expected a whole number",
            "2: people: found a mapping, expected a list",
            "3: organizations[0]: found 'acme.test', expected a mapping",
            "5: applications[0].name: found 12, expected text (in quotes)",
            "6: applications[0].client_id: found true, expected text (in quotes)",
            "7: applications[0].features.free_busy: found 'perhaps', expected true or false",
            "8: applications[0].redirect_uris: found 'http://localhost:3000/callback', expected "
            "a list",
        ],
    ),
    "out of range": (
        "seed: -1\n"
        "people:\n"
        "  - email: jane@acme.test\n"
        "    generate: {events: 1000000, days: 0}\n"
        "    invites: {reply: accepted, after: {}}\n"
        "organizations:\n"
        "  - domain: acme.test\n"
        "    resources: [{email: r@acme.test, name: '', capacity: 2147483648}]\n",
        [
            "1: seed: found -1, expected a number of at least 0",
            "4: people[0].generate.events: found 1000000, expected a number of at most 100000",
            "4: people[0].generate.days: found 0, expected a number of at least 1",
            "5: people[0].invites.after: found a mapping, expected at least one of days, hours, "
            "minutes, seconds",
            "8: organizations[0].resources[0].name: found '', expected text that is not empty",
            "8: organizations[0].resources[0].capacity: found 2147483648, expected a number "
            "below 2147483648",
        ],
    ),
    "one of several words": (
        "applications: [{plan: growht, mode: live}]\n"
        "people:\n"
        "  - {email: a@acme.test, provider: gogle}\n"
        "  - {email: b@acme.test, consent: {authorize: true, access_mode: freebusy}}\n",
        [
            "1: applications[0].mode: found 'live', expected development or production",
            "1: applications[0].plan: found 'growht', expected none, starter, emerging, "
            "growth or strategic (did you mean growth?)",
            "3: people[0].provider: found 'gogle', expected google, office365, exchange, apple, "
            "outlook_com or none (did you mean google?)",
            "4: people[1].consent.authorize: found true, expected allow or deny",
            "4: people[1].consent.access_mode: found 'freebusy', expected read_write, free_busy "
            "or no_calendar (did you mean free_busy?)",
        ],
    ),
    "addresses": (
        "applications: [{redirect_uris: ['ftp://acme.test'], url: acme.test, client_id: 'a b'}]\n"
        "people: [{email: jane}, {email: jane doe@acme.test}, {email: 'jane@acme test'}]\n"
        "organizations: [{domain: acme test}]\n",
        [
            "1: applications[0].client_id: found 'a b', expected 1 to 255 ASCII characters "
            "without spaces",
            "1: applications[0].url: found 'acme.test', expected an http or https address, such "
            "as http://localhost:3000/callback",
            "1: applications[0].redirect_uris[0]: found 'ftp://acme.test', expected an http or "
            "https address, such as http://localhost:3000/callback",
            "2: people[0].email: found 'jane', expected an e-mail address, such as jane@acme.test",
            "2: people[1].email: found 'jane doe@acme.test', expected an e-mail address, such as "
            "jane@acme.test",
            "2: people[2].email: found 'jane@acme test', expected an e-mail address, such as "
            "jane@acme.test",
            "3: organizations[0].domain: found 'acme test', expected a domain, such as acme.test",
        ],
    ),
    "time zones": (
        "people:\n"
        "  - {email: a@acme.test, zoneinfo: Europe/Lundon}\n"
        "  - {email: b@acme.test, zoneinfo: ../../etc/passwd}\n"
        "  - {email: c@acme.test, zoneinfo: europe/london}\n",
        [
            "2: people[0].zoneinfo: found 'Europe/Lundon', expected an IANA time zone, such as "
            "Europe/London (did you mean Europe/London?)",
            "3: people[1].zoneinfo: found '../../etc/passwd', expected an IANA time zone, such "
            "as Europe/London",
            "4: people[2].zoneinfo: found 'europe/london', expected an IANA time zone, such as "
            "Europe/London (did you mean Europe/London?)",
        ],
    ),
    "clock": (
        "clock: 08:00:00\n",
        [f"1: clock: found '08:00:00', expected {A_TIME}"],
    ),
    "clock without an offset": (
        "clock: 2026-05-11T08:00:00\n",
        [f"1: clock: found '2026-05-11T08:00:00', expected {A_TIME}"],
    ),
    "clock in another age": (
        "clock: 1969-12-31T23:59:59Z\n",
        ["1: clock: found '1969-12-31T23:59:59Z', expected a time between the years 1970 and 9999"],
    ),
    "events": (
        "people:\n"
        "  - email: jane@acme.test\n"
        "    calendars:\n"
        "      - name: jane@acme.test\n"
        "        primary: true\n"
        "        color: red\n"
        "        events:\n"
        "          - {summary: A, start: 2026-05-11, end: 2026-05-11}\n"
        "          - summary: B\n"
        "            start: 2026-05-11T09:00:00Z\n"
        "            end: 2026-05-11T09:59:59+01:00\n"
        "          - {summary: C, start: 2026-05-11, end: 2026-05-11T10:00:00Z}\n"
        "          - {summary: D, start: 2026-02-30, end: tomorrow}\n"
        "          - {summary: E, start: 2026-05-11T09:00:00.5Z, end: 2026-05-11T09:00:00}\n",
        [
            "6: people[0].calendars[0].color: found 'red', expected a colour, such as #1A73E8",
            "8: people[0].calendars[0].events[0].end: found '2026-05-11', expected an end after "
            "the start",
            "11: people[0].calendars[0].events[1].end: found '2026-05-11T09:59:59+01:00', "
            "expected an end that is not before the start",
            "12: people[0].calendars[0].events[2].end: found '2026-05-11T10:00:00Z', expected "
            "start and end to be both times or both dates",
            "13: people[0].calendars[0].events[3].start: found '2026-02-30', expected a day that "
            "exists",
            "13: people[0].calendars[0].events[3].end: found 'tomorrow', expected "
            f"{A_TIME}{OR_A_DATE}",
            "14: people[0].calendars[0].events[4].start: found '2026-05-11T09:00:00.5Z', "
            "expected a time in whole seconds",
            "14: people[0].calendars[0].events[4].end: found '2026-05-11T09:00:00', expected "
            f"{A_TIME}{OR_A_DATE}",
        ],
    ),
    "calendars": (
        "people:\n"
        "  - {email: a@acme.test, provider: none, calendars: [{name: A}], generate: {events: 1}}\n"
        "  - {email: b@acme.test, calendars: [{name: A, primary: yes}, {name: B, primary: yes}]}\n",
        [
            "2: people[0].calendars: found a list, expected no calendars with provider: none",
            "2: people[0].generate: found a mapping, expected no generate with provider: none",
            "3: people[1].calendars: found a list, expected at most one primary calendar",
        ],
    ),
    "a room's place": (
        "organizations:\n"
        "  - domain: acme.test\n"
        "    resources:\n"
        "      - email: room-1@acme.test\n"
        "        name: Room 1\n"
        "        location:\n"
        "          building: Foundry House\n"
        "          address: {lines: 12 Canal Street}\n"
        "          coordinates: {lat: 151.5, long: west}\n",
        [
            "7: organizations[0].resources[0].location.building: found the key 'building', "
            "expected one of the keys building_name, floor_name, floor_section, address, "
            "coordinates (did you mean building_name?)",
            "8: organizations[0].resources[0].location.address.lines: found '12 Canal Street', "
            "expected a list",
            "9: organizations[0].resources[0].location.coordinates.lat: found 151.5, expected a "
            "number of at most 90.0",
            "9: organizations[0].resources[0].location.coordinates.long: found 'west', expected "
            "a number",
        ],
    ),
    "keys twice": (
        "seed: 1\npeople:\n  - email: a@acme.test\n    email: b@acme.test\nseed: 2\n",
        [
            "4: people[0].email: found the key 'email' a second time, expected it once",
            "5: seed: found the key 'seed' a second time, expected it once",
        ],
    ),
    "entries twice": (
        "applications:\n"
        "  - {client_id: a, client_secret: s}\n"
        "  - {client_id: a}\n"
        "  - {client_id: b, client_secret: s}\n"
        "people: [{email: jane@acme.test}, {email: Jane@ACME.test}]\n"
        "organizations: [{domain: acme.test}, {domain: acme.test}]\n"
        "admin_api_key: s\n"
        "connected:\n"
        "  - {person: jane@acme.test, access_token: s, refresh_token: r}\n"
        "  - {service_account: acme.test, refresh_token: r}\n",
        [
            "3: applications[1].client_id: found 'a' a second time, expected it once",
            "4: applications[2].client_secret: found 's' a second time, expected it once",
            "5: people[1].email: found 'jane@acme.test' a second time, expected it once",
            "6: organizations[1].domain: found 'acme.test' a second time, expected it once",
            "7: admin_api_key: found 's' a second time, expected it once",
            "9: connected[0].access_token: found 's' a second time, expected it once",
            "10: connected[1].refresh_token: found 'r' a second time, expected it once",
        ],
    ),
    "faults": (
        "faults:\n"
        "  - respond: {error: rate_limitd}\n"
        "  - match: {method: GTE}\n"
        "    respond: {status: 500, reset: true}\n"
        "outages:\n"
        "  - {provider: googel}\n",
        [
            "2: faults[0].respond.error: found 'rate_limitd', expected one of rate_limited, "
            "unauthorized, payment_required, forbidden, not_found, unprocessable, locked, "
            "invalid_grant, invalid_client, internal_error, bad_gateway, unavailable, "
            "gateway_timeout (did you mean rate_limited?)",
            "3: faults[1].match.method: found 'GTE', expected one of GET, HEAD, POST, PUT, "
            "PATCH, DELETE, OPTIONS (did you mean GET?)",
            "4: faults[1].respond: found a mapping, expected one of status, error, slow_body, "
            "malformed_json, reset, lost, hold; or a delay",
            "6: outages[0].provider: found 'googel', expected google, office365, exchange, apple "
            "or outlook_com (did you mean google?)",
        ],
    ),
    "connections that contradict themselves": (
        "people: [{email: jane@acme.test}]\n"
        "organizations: [{domain: acme.test}]\n"
        "connected:\n"
        "  - {}\n"
        "  - {person: jane@acme.test, service_account: acme.test, access_mode: read_write}\n"
        "  - {service_account: acme.test, disconnected: true}\n"
        "  - {service_account: acme.test, scope: service_account/account/manage}\n",
        [
            "4: connected[0]: found a mapping, expected person, service_account, or both",
            "5: connected[1].access_mode: found 'read_write', expected no access_mode: a person "
            "connected through a service account inherits its mode",
            "6: connected[2].disconnected: found true, expected disconnected only with person",
            "7: connected[3].scope: found 'service_account/account/manage', expected scopes, "
            "separated by spaces, of service_account/accounts/manage, "
            "service_account/accounts/unrestricted_access, service_account/manage_accounts, "
            "service_account/manage_resources, service_account/resources/manage, "
            "service_account/resources/unrestricted_access (did you mean "
            "service_account/accounts/manage?)",
        ],
    ),
    "availability that cannot be": (
        "people: [{email: jane@acme.test}]\n"
        "organizations: [{domain: acme.test}]\n"
        "connected:\n"
        "  - person: jane@acme.test\n"
        "    availability_rules:\n"
        "      - availability_rule_id: ü\n"
        "        tzid: Europe/Lundon\n"
        "        weekly_periods:\n"
        "          - {day: mon, start_time: 24:00, end_time: 9}\n"
        "          - {day: monday, start_time: 09:00, end_time: 09:00}\n"
        "        calendars: []\n"
        "    available_periods:\n"
        "      - available_period_id: ''\n"
        "        start: 2026-05-11\n"
        "        end: 9001-01-01T00:00:00Z\n"
        "      - available_period_id: noon\n"
        "        start: 2026-05-11T12:00:00+01:00\n"
        "        end: 2026-05-11T11:00:00Z\n"
        "  - service_account: acme.test\n"
        "    available_periods:\n"
        "      - &period {available_period_id: a, start: 2026-05-11T12:00:00Z,\n"
        "                 end: 2026-05-11T13:00:00Z}\n"
        "  - person: jane@acme.test\n"
        "    available_periods: [*period, *period]\n"
        "    availability_rules:\n"
        "      - &rule {availability_rule_id: a, weekly_periods: []}\n"
        "      - *rule\n",
        [
            "6: connected[0].availability_rules[0].availability_rule_id: found 'ü', expected "
            "1 to 64 ASCII characters",
            "7: connected[0].availability_rules[0].tzid: found 'Europe/Lundon', expected an "
            "IANA time zone, such as Europe/London (did you mean Europe/London?)",
            "9: connected[0].availability_rules[0].weekly_periods[0].day: found 'mon', "
            "expected monday, tuesday, wednesday, thursday, friday, saturday or sunday (did "
            "you mean monday?)",
            "9: connected[0].availability_rules[0].weekly_periods[0].start_time: found "
            "'24:00', expected a time of day, such as 09:30",
            "9: connected[0].availability_rules[0].weekly_periods[0].end_time: found 9, "
            "expected a time of day, such as 09:30, or 24:00",
            "10: connected[0].availability_rules[0].weekly_periods[1].end_time: found "
            "'09:00', expected a time after the start_time",
            "11: connected[0].availability_rules[0].calendars: found a list, expected at "
            "least one name",
            "13: connected[0].available_periods[0].available_period_id: found '', expected 1 "
            "to 64 ASCII characters",
            "14: connected[0].available_periods[0].start: found '2026-05-11', expected a "
            "time with its offset from UTC, such as 2026-05-11T08:00:00Z",
            "15: connected[0].available_periods[0].end: found '9001-01-01T00:00:00Z', "
            "expected a time between the years 1000 and 9000",
            "18: connected[0].available_periods[1].end: found '2026-05-11T11:00:00Z', "
            "expected a time after the start",
            "20: connected[1].available_periods: found a list, expected available_periods "
            "only with person",
            "24: connected[2].available_periods: found a list, expected each "
            "available_period_id once",
            "25: connected[2].availability_rules: found a list, expected each "
            "availability_rule_id once",
        ],
    ),
    "availability in other calendars": (
        "people: [{email: jane@acme.test, calendars: [{name: Work}]}]\n"
        "connected:\n"
        "  - person: jane@acme.test\n"
        "    availability_rules:\n"
        "      - {availability_rule_id: default, weekly_periods: [], calendars: [Wrok, Work]}\n",
        [
            "5: connected[0].availability_rules[0].calendars[0]: found 'Wrok', expected one "
            "of its calendars jane@acme.test, Work (did you mean Work?)",
        ],
    ),
    "connections of nobody": (
        "applications: [{client_id: scheduler}]\n"
        "people: [{email: jane@acme.test}]\n"
        "organizations: [{domain: acme.test}]\n"
        "connected:\n"
        "  - {person: jan@acme.test}\n"
        "  - {person: jane@acme.test, application: schedule}\n"
        "  - {service_account: globex.test}\n"
        "  - {person: jane@acme.test, service_account: globex.test}\n"
        "  - {person: jane@acme.test, service_account: acme.test}\n",
        [
            "5: connected[0].person: found 'jan@acme.test', expected one of the people "
            "jane@acme.test, admin@acme.test (did you mean jane@acme.test?)",
            "6: connected[1].application: found 'schedule', expected one of the applications "
            "scheduler (did you mean scheduler?)",
            "7: connected[2].service_account: found 'globex.test', expected one of the "
            "organizations acme.test (did you mean acme.test?)",
            "9: connected[4].service_account: found 'acme.test', expected a domain that is "
            "connected further up",
        ],
    ),
    "connections in modes that are not there": (
        "applications: [{client_id: scheduler, features: {free_busy: false}}]\n"
        "people:\n"
        "  - {email: apple@acme.test, provider: apple}\n"
        "  - {email: google@acme.test, provider: google}\n"
        "  - {email: none@acme.test, provider: none}\n"
        "organizations: [{domain: acme.test, provider: exchange}]\n"
        "connected:\n"
        "  - {person: apple@acme.test, access_mode: free_busy}\n"
        "  - {person: google@acme.test, access_mode: free_busy}\n"
        "  - {person: none@acme.test, access_mode: read_write}\n"
        "  - {person: none@acme.test}\n"
        "  - {service_account: acme.test, access_mode: free_busy}\n",
        [
            "8: connected[0].access_mode: found 'free_busy', expected a mode that reaches a "
            "person of provider apple",
            "9: connected[1].access_mode: found 'free_busy', expected a mode on offer: free_busy "
            "and no_calendar need the scope free_busy_write and the feature free_busy or "
            "no_access of application scheduler",
            "10: connected[2].access_mode: found 'read_write', expected a mode that reaches a "
            "person of provider none",
            "11: connected[3].access_mode: found 'no_calendar', expected a mode on offer: "
            "free_busy and no_calendar need the scope free_busy_write and the feature free_busy "
            "or no_access of application scheduler",
            "12: connected[4].access_mode: found 'free_busy', expected a mode on offer to "
            "acme.test (exchange) with delegated_scope 'read_write free_busy_write' and the "
            "application's features",
        ],
    ),
    "people that no domain reaches": (
        "people: [{email: jane@acme.test}, {email: guest@acme.test}]\n"
        "organizations:\n"
        "  - {domain: acme.test, members: [jane@acme.test]}\n"
        "connected:\n"
        "  - {service_account: acme.test, delegated_scope: read_only}\n"
        "  - {person: jane@acme.test, service_account: acme.test, scope: read_write}\n"
        "  - {person: guest@acme.test, service_account: acme.test, scope: read_only}\n",
        [
            "6: connected[1].scope: found 'read_write', expected a scope within the "
            "delegated_scope 'read_only'",
            "7: connected[2].person: found 'guest@acme.test', expected a mailbox that can be "
            "connected (No mailbox for guest@acme.test at acme.test)",
        ],
    ),
    "unknown fixtures": (
        f"include: [acmee, nobody, ./people.yaml, 7, {'x' * 300}.yaml]\n",
        [
            "1: include[3]: found 7, expected text (in quotes)",
            "1: include[0]: found 'acmee', expected one of acme, globex (did you mean acme?); or "
            "a path that ends in .yaml",
            "1: include[1]: found 'nobody', expected one of acme, globex; or a path that ends in "
            ".yaml",
            "1: include[2]: found './people.yaml', expected a file: there is no people.yaml",
            f"1: include[4]: found '{'x' * 76}..., expected a file: there is no {'x' * 300}.yaml",
        ],
    ),
    "itself as a fixture": (
        "include: [./wrong.yaml]\n",
        [
            "1: include: found the key 'include', expected no include in a fixture, only in a "
            "scenario"
        ],
    ),
    "contradiction of a fixture": (
        "include: [acme]\npeople:\n  - {email: jane@acme.test, provider: none}\n",
        ["3: people[0].calendars: found a list, expected no calendars with provider: none"],
    ),
    "syntax": (
        "seed: 1\npeople: [\n",
        ["3: people: found broken YAML (did not find expected node content), expected valid YAML"],
    ),
    "colons": (
        "people:\n  - name: Jane: Doe\n",
        [
            "2: people[0]: found broken YAML (mapping values are not allowed in this context), "
            "expected valid YAML"
        ],
    ),
    "tabs": (
        "people:\n\t- email: jane@acme.test\n",
        ["2: people: found a tab, expected spaces: YAML is not indented with tabs"],
    ),
    "tags": (
        "seed: !!python/object/apply:os.system ['true']\n",
        [
            "1: seed: found the tag tag:yaml.org,2002:python/object/apply:os.system, expected "
            "plain YAML, without tags"
        ],
    ),
    "keys that are lists": (
        "? [a]\n: b\n",
        ["1: the document: found a key that is not text, expected text"],
    ),
    "unknown anchor": (
        "people:\n  - *jane\n",
        ["2: people[0]: found *jane, expected an anchor that is further up"],
    ),
    "anchor within itself": (
        "people: &people\n  - *people\n",
        ["2: people[0]: found *people, expected an anchor that is further up"],
    ),
    "merge keys": (
        "people:\n  - {<<: {email: jane@acme.test}, email: jane@acme.test}\n",
        [f"2: people[0].<<: found the key '<<', expected one of the keys {PERSON_KEYS}"],
    ),
    "aliases that unfold": (
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
            for before, name in zip("abcdefghi", "bcdefghij", strict=True)
        ),
        ["6: f[2]: found aliases that unfold without end, expected fewer of them"],
    ),
    "too deep": (
        "people: " + "[" * 100_000 + "\n",
        ["1: people: found more than 32 levels, expected fewer levels"],
    ),
    "too many values": (
        "people: [" + "x," * 600_000 + "]\n",
        ["1: people[499998]: found more than 500000 values, expected fewer values"],
    ),
    "two documents": (
        "seed: 1\n---\nseed: 2\n",
        ["2: the document: found a second document, expected one document"],
    ),
    "empty": ("", ["1: the document: found nothing, expected a mapping"]),
    "comments only": (
        "# To be written.\n",
        ["1: the document: found nothing, expected a mapping"],
    ),
    "list": ("- people\n", ["1: the document: found a list, expected a mapping"]),
    "text": ("people\n", ["1: the document: found 'people', expected a mapping"]),
    "NUL": (
        "seed: 1\nname: a\0b\n",
        ["2: the document: found a NUL character, expected text without one"],
    ),
    "NUL, escaped": (
        'seed: 1\nname: "a\\0b"\n',
        ["2: name: found a NUL character, expected text without one"],
    ),
    "control characters": (
        "seed: 1\nname: \x07\n",
        [
            "2: the document: found broken YAML (control characters are not allowed), expected "
            "valid YAML"
        ],
    ),
}
