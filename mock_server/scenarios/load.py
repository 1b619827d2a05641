"""Making a scenario true: a sandbox with its applications, people and connections.

Everything that a scenario says about Cronofy's side is made by the same rules that
answer requests; only the provider side is written down directly.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from mock_server.scenarios import connect, provider_side, switches
from mock_server.scenarios.documents import ApplicationDocument, FeaturesDocument, ScenarioDocument
from mock_server.scenarios.files import located
from mock_server.scenarios.problems import Invalid, Problem, collecting, shown
from mock_server.scenarios.situation import Situation
from mock_server.world.applications import AdminKey, Application, Features
from mock_server.world.clock import from_datetime
from mock_server.world.directory import Clash
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox
from mock_server.world.sandboxes import Sandboxes


class Taken(Exception):
    """With ``exact``: a sandbox id or credential is held by a living sandbox."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Loading:
    """A sandbox under construction.

    ``exact`` refuses credentials that another sandbox holds instead of replacing them.
    ``client_ids`` maps the client ids of the scenario to those that took their place.
    """

    def __init__(self, sandbox: Sandbox, *, exact: bool) -> None:
        self.sandbox = sandbox
        self.exact = exact
        self.client_ids: dict[str, str] = {}


def open_sandbox(
    sandboxes: Sandboxes,
    situation: Situation,
    *,
    sandbox_id: str | None = None,
    seed: int | None = None,
    clock: datetime | None = None,
    exact: bool = False,
) -> Sandbox:
    """A living sandbox in ``situation``; ``seed`` and ``clock`` go before the scenario's.

    Raises Invalid for a situation that cannot be, Taken for a clash under ``exact`` or of
    the sandbox id; in both cases no sandbox is left behind.
    """
    if sandbox_id is not None and sandbox_id in sandboxes:
        expected = "an id that no living sandbox has"
        raise Taken(Problem("sandbox_id", shown(sandbox_id), expected))
    scenario = situation.scenario
    start = clock or scenario.clock
    sandbox = sandboxes.open(
        sandbox_id or sandboxes.new_id(),
        scenario.seed if seed is None else seed,
        start=from_datetime(start) if start else None,
    )
    try:
        _fill(Loading(sandbox, exact=exact), situation)
    except Invalid as invalid:
        sandboxes.discard(sandbox)
        raise located(invalid, situation.file) from None
    except BaseException:
        sandboxes.discard(sandbox)
        raise
    sandboxes.add(sandbox)
    return sandbox


def _fill(loading: Loading, situation: Situation) -> None:
    sandbox, scenario = loading.sandbox, situation.scenario
    stem = Path(situation.file).stem if situation.file else None
    sandbox.scenario = scenario.name or stem
    switches.change(sandbox, scenario.switches)
    _add_admin_key(loading, scenario.admin_api_key)
    for index, application in enumerate(situation.applications or [_example_application()]):
        _add_application(loading, application, f"applications[{index}]")
    for person in situation.people:
        provider_side.add_person(sandbox, person)
    for organization in situation.organizations:
        provider_side.add_organization(sandbox, organization)
    _check_organizations(sandbox)
    _generate_people(loading, situation)
    _connect(loading, situation)
    if scenario.timeline:
        from mock_server.scenarios import timeline  # knows every action, which takes time

        timeline.add(sandbox, scenario.timeline, "timeline", loading.client_ids)
    if scenario.faults or scenario.outages:
        _add_faults(loading, scenario)


def _add_faults(loading: Loading, scenario: ScenarioDocument) -> None:
    from mock_server.scenarios import faults

    sandbox, given = loading.sandbox, faults.check(scenario.faults, scenario.outages)
    faults.add_all(sandbox, given.faults, client_ids=loading.client_ids)
    for index, outage in enumerate(given.outages):
        try:
            faults.add_outage(sandbox, outage)
        except Invalid as invalid:
            raise invalid.within(f"outages[{index}]") from None


def _check_organizations(sandbox: Sandbox) -> None:
    """Applications belong to organizations that there are."""
    problems = [
        Problem(
            f"applications[{index}].organization",
            shown(application.organization),
            "the domain of one of the organizations",
        )
        for index, application in enumerate(sandbox.applications)
        if application.organization not in (None, *(o.domain for o in sandbox.organizations))
    ]
    if problems:
        raise Invalid(problems)


@cache
def _example_application() -> ApplicationDocument:
    """What a sandbox without applications gets: all features, any redirect URI."""
    features = FeaturesDocument.model_construct(
        free_busy=True,
        no_access=True,
        explicit_linking=True,
        business_connect=True,
        recurring_events=True,
        meeting_agents=True,
        attachments=True,
    )
    return ApplicationDocument.model_construct(name="Example Application", features=features)


def _generate_people(loading: Loading, situation: Situation) -> None:
    sandbox = loading.sandbox
    for wanted in situation.generate:
        from mock_server.scenarios.generate import people  # imports Faker, which is slow

        seed = sandbox.seed if wanted.seed is None else wanted.seed
        for person in people(wanted.people, seed, wanted.domain):
            if person.email not in sandbox.people:
                provider_side.add_person(sandbox, person)


def _connect(loading: Loading, situation: Situation) -> None:
    """Everybody who is connected already, in order; all that is wrong is told at once."""
    problems: list[Problem] = []
    failed = set()
    for index, connected in enumerate(situation.scenario.connected):
        place = f"connected[{index}]"
        if connected.person and connected.service_account in failed:
            continue
        if connected.application is not None:
            known = loading.client_ids.get(connected.application, connected.application)
            connected = connected.model_copy(update={"application": known})
        before = len(problems)
        with collecting(problems):
            try:
                connect.connect(loading.sandbox, connected, place, exact=loading.exact)
            except Clash as clash:
                raise _taken(place, clash) from None
        if len(problems) > before and connected.person is None:
            # Whoever should be connected through it is not to blame.
            failed.add(connected.service_account)
    if problems:
        raise Invalid(problems)


def _taken(where: str, clash: Clash) -> Taken:
    expected = f"a {clash.namespace} that no other living sandbox holds"
    return Taken(Problem(where, shown(clash.value), expected))


def _add_admin_key(loading: Loading, key: str | None) -> None:
    sandbox = loading.sandbox
    derived = sandbox.ids.token("admin_api_key")
    try:
        sandbox.admin_keys.put(AdminKey(key or derived))
    except Clash as clash:
        if loading.exact:
            raise _taken("admin_api_key", clash) from None
        sandbox.admin_keys.put(AdminKey(derived))


def _add_application(loading: Loading, document: ApplicationDocument, where: str) -> None:
    """An application; its credentials are kept while no living sandbox holds them."""
    sandbox = loading.sandbox
    derived_id, derived_secret = sandbox.ids.token("client_id"), sandbox.ids.client_secret()
    application = Application(
        client_id=document.client_id or derived_id,
        client_secrets=(document.client_secret or derived_secret,),
        name=document.name,
        url=document.url,
        mode=document.mode,
        redirect_uris=tuple(document.redirect_uris),
        plan=document.plan,
        features=Features(**dict(document.features)),
        internal=document.internal,
        organization=document.organization,
        data_center=document.data_center,
    )
    try:
        sandbox.applications.put(application)
    except Clash as clash:
        if loading.exact:
            raise _taken(where, clash) from None
        sandbox.applications.put(
            replace(application, client_id=derived_id, client_secrets=(derived_secret,))
        )
        loading.client_ids[application.client_id] = derived_id
