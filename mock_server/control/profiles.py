"""The life of profiles: of calendars, and of conferencing services."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.api.identity import conferencing_profile_document, profile_document
from mock_server.control.app import Control, answer
from mock_server.scenarios.actions import profiles
from mock_server.scenarios.fields import Model
from mock_server.scenarios.problems import Problem, Unknown, validate
from mock_server.world.accounts import Profile
from mock_server.world.conferencing import ConferencingProfile


class Fail(Model):
    """Whether a conferencing service has trouble."""

    failing: bool = True


def _profile(control: Control) -> Profile | ConferencingProfile:
    """The profile that the path names. Raises Unknown."""
    sandbox = control.sandbox
    profile_id = control.request.path_params["profile_id"]
    profile = sandbox.profiles.get(profile_id) or sandbox.conferencing_profiles.get(profile_id)
    if profile is None:
        all_of_them = [*sandbox.profiles, *sandbox.conferencing_profiles]
        known = ", ".join(p.profile_id for p in all_of_them[:10]) or "none yet"
        raise Unknown(Problem("profile_id", repr(profile_id), f"one of {known}"))
    return profile


def _answer(control: Control, profile: Profile | ConferencingProfile) -> Response:
    if isinstance(profile, Profile):
        return answer(profile_document(profile, control.base_url))
    document = conferencing_profile_document(control.sandbox, profile, control.base_url)
    return answer({**document, "failing": profile.failing})


async def disconnect(control: Control) -> Response:
    return _answer(control, profiles.disconnect(control.sandbox, _profile(control)))


async def reconnect(control: Control) -> Response:
    return _answer(control, profiles.reconnect(control.sandbox, _profile(control)))


async def sync(control: Control) -> Response:
    return _answer(control, profiles.sync(control.sandbox, _profile(control)))


async def fail(control: Control) -> Response:
    profile = _profile(control)
    wanted = validate(Fail, await control.document())
    return _answer(control, profiles.fail(control.sandbox, profile, failing=wanted.failing))


_PROFILE = "/sandboxes/{sandbox_id}/profiles/{profile_id}"

ROUTES = (
    ("POST", f"{_PROFILE}/disconnect", disconnect),
    ("POST", f"{_PROFILE}/reconnect", reconnect),
    ("POST", f"{_PROFILE}/sync", sync),
    ("POST", f"{_PROFILE}/fail", fail),
)
