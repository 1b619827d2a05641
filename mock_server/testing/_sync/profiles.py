# Made by tools/unasync of the module of this name in _async: change that one.
"""The life of profiles, of calendars and of conferencing services."""

from __future__ import annotations

from mock_server.testing._sync.control import Control
from mock_server.testing.records import Connection
from mock_server.testing.terms import Document

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True


class Profiles:
    """Each call takes a ``profile_id``, or a connection, whose profile is meant.

    Returns the profile as Cronofy's API shows it.
    """

    def __init__(self, control: Control) -> None:
        self._control = control.below("profiles")

    def disconnect(self, profile: str | Connection) -> Document:
        """The provider refuses Cronofy's credentials from now on."""
        return self._do(profile, "disconnect")

    def reconnect(self, profile: str | Connection) -> Document:
        return self._do(profile, "reconnect")

    def sync(self, profile: str | Connection) -> Document:
        """Synchronize; completes a first synchronization that was held."""
        return self._do(profile, "sync")

    def fail(self, profile_id: str, failing: bool = True) -> Document:
        """The conferencing service arranges no meetings, until ``failing`` is False."""
        document: Document = self._control.post(profile_id, "fail", json={"failing": failing})
        return document

    def _do(self, profile: str | Connection, action: str) -> Document:
        document: Document = self._control.post(_id(profile), action)
        return document


def _id(profile: str | Connection) -> str:
    if isinstance(profile, str):
        return profile
    if profile.linking_profile is None:
        raise ValueError(f"{profile.sub} has been connected with no profile: name a profile_id")
    return profile.linking_profile.profile_id
