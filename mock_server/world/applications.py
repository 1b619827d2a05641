"""Applications, as a developer registers them in Cronofy's dashboard (identity §9)."""

from __future__ import annotations

from mock_server.world.records import Record


class Features(Record, frozen=True):
    """Dashboard switches of an application (notifications §4.14), at Cronofy's defaults."""

    free_busy: bool = True
    no_access: bool = False
    explicit_linking: bool = False
    business_connect: bool = False
    recurring_events: bool = False
    meeting_agents: bool = False
    attachments: bool = False


class Application(Record, frozen=True):
    """``mode`` is ``development`` (any redirect URI) or ``production`` (registered ones only).

    ``client_secrets`` holds every active secret, the newest first. ``plan`` is one of
    ``none``, ``starter``, ``emerging``, ``growth``, ``strategic``. An *internal* one belongs to
    the organization of the domain ``organization``. ``data_center`` is where Cronofy keeps its
    data (identity §1.1).
    """

    client_id: str
    client_secrets: tuple[str, ...]
    name: str
    url: str | None = None
    mode: str = "development"
    redirect_uris: tuple[str, ...] = ()
    plan: str = "strategic"
    features: Features = Features()
    internal: bool = False
    organization: str | None = None
    data_center: str = "us"

    @property
    def client_secret(self) -> str:
        return self.client_secrets[0]


class Usage(Record, frozen=True):
    """What an application has asked lately: requests in the second ``at``, and in its minute."""

    client_id: str
    at: int
    in_second: int
    in_minute: int


class AdminKey(Record, frozen=True):
    """An Admin API key, which provisions applications (identity §12.1)."""

    key: str
