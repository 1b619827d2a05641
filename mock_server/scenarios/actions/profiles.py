"""The life of profiles, of calendars and of conferencing services."""

# Annotations are evaluated at once here, as in documents.py.

from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import AfterValidator

from mock_server.rules import conferencing_profiles, profiles, synchronization
from mock_server.rules.conferencing_profiles import SERVICES
from mock_server.rules.providers import request_names
from mock_server.scenarios.actions.action import Action, Outcome, check_names, listed
from mock_server.scenarios.fields import AccessMode, Credential, Email, Model, Text
from mock_server.scenarios.problems import Invalid, Problem, one_of
from mock_server.world.accounts import Profile
from mock_server.world.conferencing import ConferencingProfile
from mock_server.world.sandbox import Sandbox

AnyProfile = Profile | ConferencingProfile


def disconnect(sandbox: Sandbox, profile: AnyProfile) -> AnyProfile:
    """The provider, or the service, refuses Cronofy's credentials."""
    if isinstance(profile, ConferencingProfile):
        return conferencing_profiles.disconnect(sandbox, profile)
    if profile.hosted:
        raise _unfit(
            "a profile that Cronofy hosts itself",
            "a profile with a provider behind it, which alone can be disconnected",
        )
    return profiles.disconnect(sandbox, profile)


def reconnect(sandbox: Sandbox, profile: AnyProfile) -> AnyProfile:
    if isinstance(profile, ConferencingProfile):
        return conferencing_profiles.reconnect(sandbox, profile)
    return synchronization.reconnect(sandbox, profile)


def sync(sandbox: Sandbox, profile: AnyProfile) -> AnyProfile:
    """Synchronize, and complete a first synchronization that was held."""
    if isinstance(profile, ConferencingProfile):
        raise _unfit("a conferencing profile", "a profile with calendars to synchronize")
    return synchronization.complete(sandbox, profile)


def fail(sandbox: Sandbox, profile: AnyProfile, *, failing: bool) -> AnyProfile:
    """Whether a conferencing service arranges no meetings."""
    if isinstance(profile, Profile):
        raise _unfit("a profile with calendars", "a conferencing profile")
    return conferencing_profiles.set_failing(sandbox, profile, failing=failing)


def _unfit(found: str, expected: str) -> Invalid:
    return Invalid([Problem("profile_id", found, expected)])


def _provider_name(value: str) -> str:
    known = tuple(dict.fromkeys((*request_names(), *SERVICES)))
    if value not in known:
        raise ValueError(one_of(value, known))
    return value


class ChooseProfiles(Model):
    """Every profile that is meant: of one person, of one application, of one provider.

    Conferencing services are meant only where ``provider_name`` or ``profile_id`` says so.
    """

    person: Email | None = None
    application: Credential | None = None
    provider_name: Annotated[str, AfterValidator(_provider_name)] | None = None
    access_mode: AccessMode | None = None
    profile_id: Text | None = None


class FailProfiles(ChooseProfiles):
    """Whether conferencing services have trouble."""

    failing: bool = True


def _chosen(
    sandbox: Sandbox, wanted: ChooseProfiles, candidates: Sequence[AnyProfile], what: str
) -> Sequence[AnyProfile]:
    """Those of the ``candidates`` that are meant. Raises Invalid if none is."""
    check_names(sandbox, wanted.person, wanted.application)
    subs = {a.sub for a in sandbox.authorizations if wanted.application == a.client_id}
    found = [
        profile
        for profile in candidates
        if wanted.profile_id in (None, profile.profile_id)
        and wanted.provider_name in (None, profile.provider_name)
        and (wanted.application is None or profile.sub in subs)
        and wanted.person in (None, _owner(sandbox, profile))
        and (
            wanted.access_mode is None
            or (isinstance(profile, Profile) and profile.access_mode == wanted.access_mode)
        )
    ]
    if not found:
        given = ", ".join(f"{key} {value}" for key, value in wanted if value is not None)
        there = listed(
            f"{profile.profile_id} ({_owner(sandbox, profile)}, {profile.provider_name})"
            for profile in candidates
        )
        place = next((key for key, value in wanted if value is not None), "the document")
        found_text = f"no such profile ({given})" if given else "no profile"
        raise Invalid([Problem(place, found_text, f"{what}: {there or 'there is none'}")])
    return found


def _owner(sandbox: Sandbox, profile: AnyProfile) -> str | None:
    """Whose it is; nobody's, of application calendars."""
    if isinstance(profile, Profile):
        return profile.email
    return sandbox.accounts[profile.sub].email


def _of_calendars(sandbox: Sandbox, wanted: ChooseProfiles) -> Sequence[AnyProfile]:
    """Profiles with a provider behind them; or the services that are meant."""
    services = list(sandbox.conferencing_profiles)
    if wanted.provider_name in SERVICES or any(s.profile_id == wanted.profile_id for s in services):
        return _chosen(sandbox, wanted, services, "a conferencing profile")
    behind = [profile for profile in sandbox.profiles if not profile.hosted]
    return _chosen(sandbox, wanted, behind, "a profile with a provider behind it")


def _each(
    change: Callable[[Sandbox, AnyProfile], AnyProfile],
) -> Callable[[Sandbox, ChooseProfiles], Outcome]:
    def carry_out(sandbox: Sandbox, wanted: ChooseProfiles) -> Outcome:
        chosen = _of_calendars(sandbox, wanted)
        return {"profile_ids": [change(sandbox, profile).profile_id for profile in chosen]}

    return carry_out


def _fail(sandbox: Sandbox, wanted: FailProfiles) -> Outcome:
    choice = ChooseProfiles(**wanted.model_dump(exclude={"failing"}))
    services = list(sandbox.conferencing_profiles)
    chosen = _chosen(sandbox, choice, services, "a conferencing profile")
    changed = [fail(sandbox, profile, failing=wanted.failing) for profile in chosen]
    return {"profile_ids": [profile.profile_id for profile in changed]}


ACTIONS = {
    "disconnect_profile": Action(ChooseProfiles, _each(disconnect)),
    "reconnect_profile": Action(ChooseProfiles, _each(reconnect)),
    "sync_profile": Action(ChooseProfiles, _each(sync)),
    "fail_profile": Action(FailProfiles, _fail),
}
