"""Meeting agents without an event: send, schedule, cancel, download (notifications §4.4)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator
from typing_extensions import TypedDict

from mock_server.api.call import Call
from mock_server.api.endpoint import Answer, Credential, endpoint
from mock_server.api.event_times import Given, check_years, parse
from mock_server.api.fields import Email, HttpUrl, Part
from mock_server.api.parsing import FieldError
from mock_server.api.subscriptions import InteractionRequest, WebhookRequest
from mock_server.rules import meeting_agents, meeting_resources
from mock_server.rules.meeting_agents import Invitation
from mock_server.rules.meeting_resources import AgentDocument
from mock_server.world.events import UTC


class Download(TypedDict):
    download_url: str


class DownloadableResource(TypedDict):
    resource: Download


def _join_time(value: object) -> Given:
    given = parse(value)
    if given.all_day:
        raise FieldError("errors.invalid", "must be a time, such as 2027-03-04T09:30:00Z")
    return given


SchedulingKey = Annotated[str, Field(max_length=512)]
JoinTime = Annotated[
    Given,
    PlainValidator(_join_time),
    WithJsonSchema({"type": "string", "description": "ISO 8601 time"}),
]


class AgentInteraction(InteractionRequest):
    type: Literal["meeting_agent_activated", "meeting_agent_complete", "meeting_agent_failed"]


class AgentSubscription(WebhookRequest):
    interactions: Annotated[list[AgentInteraction], Field(min_length=1)]


class OnBehalfOf(Part):
    email: Email


class MeetingAgentRequest(BaseModel):
    """At once; or, with ``scheduling_key`` and ``join_time``, then."""

    model_config = ConfigDict(defer_build=True)

    join_url: HttpUrl
    display_name: str | None = None
    on_behalf_of_attendee: OnBehalfOf | None = None
    subscriptions: list[AgentSubscription] = []
    scheduling_key: SchedulingKey | None = None
    join_time: JoinTime | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        for name, other in (
            ("scheduling_key", self.join_time),
            ("join_time", self.scheduling_key),
        ):
            if other is not None and getattr(self, name) is None:
                raise FieldError("errors.required", "required", name)
        return self

    def to_record(self) -> Invitation:
        return Invitation(
            join_url=self.join_url,
            display_name=self.display_name,
            on_behalf_of=self.on_behalf_of_attendee.email if self.on_behalf_of_attendee else None,
            subscriptions=tuple(item.record() for item in self.subscriptions),
        )


def _permitted(call: Call) -> None:
    meeting_agents.require(call.application)


@endpoint(
    "POST",
    "/v1/meeting_agents",
    title="Schedule a meeting agent",
    docs="api/meeting-agents/schedule",
    credentials=(Credential.API_KEY, Credential.ACCESS_TOKEN),
    plan="emerging",
    permitted=_permitted,
    body=MeetingAgentRequest,
    answer=AgentDocument,
    status=202,
    answered_at_once=True,
    errors=(401, 402, 403, 422),
    assumed=(
        "403 where the application's feature meeting_agents is off.",
        "An access token, which one of the samples shows, is taken too; the agent is the "
        "application's all the same, and outlives the authorization.",
        "scheduling_key and join_time come together: one alone is errors.required on the other. "
        "The key has 512 characters at most; a join_time without offset is in UTC, one that is "
        "past is now.",
        "The same scheduling_key again moves the agent and replaces all it was told, until it has "
        "joined; after that it is another agent.",
        "An agent without an event stays for an hour.",
        "States: created, also after meeting_agent_activated; then complete or failed. From the "
        "beginning there is the resource cronofy/dashboard, the others once the agent is complete.",
        "Callbacks are those of events, without event; a scheduled agent's have scheduling_key "
        "beside meeting_agent. subscriptions need interactions.",
        "display_name and on_behalf_of_attendee are kept, and change nothing.",
    ),
)
def send_meeting_agent(call: Call) -> Answer | None:
    body: MeetingAgentRequest = call.body
    sandbox, application, wanted = call.sandbox, call.application, body.to_record()
    if body.scheduling_key is None or body.join_time is None:
        agent = meeting_agents.send(sandbox, application, wanted)
        return Answer(meeting_resources.document(agent, call.base_url))
    check_years(sandbox, join_time=body.join_time)
    join_time = body.join_time.seconds(UTC)
    meeting_agents.plan(sandbox, application, wanted, body.scheduling_key, join_time)
    return None


class CancelMeetingAgentRequest(BaseModel):
    model_config = ConfigDict(defer_build=True)

    scheduling_key: SchedulingKey


@endpoint(
    "DELETE",
    "/v1/meeting_agents",
    title="Cancel a meeting agent",
    docs="api/meeting-agents/cancel-scheduled",
    credentials=(Credential.API_KEY,),
    plan="emerging",
    permitted=_permitted,
    body=CancelMeetingAgentRequest,
    status=202,
    errors=(401, 402, 403, 422),
    assumed=("A scheduling_key that is unknown, or whose agent has joined, is 202 too.",),
)
def cancel_meeting_agent(call: Call) -> None:
    meeting_agents.call_off(call.sandbox, call.application, call.body.scheduling_key)


@endpoint(
    "GET",
    "/v1/meeting_agents/{sub}/resources/{name}",
    title="Download a meeting agent's resource",
    docs="api/meeting-agents/resources",
    credentials=(Credential.API_KEY,),
    plan="emerging",
    permitted=_permitted,
    owned=lambda call: meeting_resources.recorded(
        call.sandbox, call.application, call.path["sub"], call.path["name"]
    ),
    status=302,
    answer=DownloadableResource,
    errors=(401, 402, 403, 404),
    assumed=(
        "The form of the address, which callbacks carry, and of the one that it leads to: that "
        "holds for five minutes, and needs no credential.",
        "What is downloaded are placeholders, and say so: a text, a second of silence (WAV), a "
        "black picture (YUV4MPEG2).",
    ),
)
def download_resource(call: Call) -> Answer:
    url = meeting_resources.download_url(
        call.sandbox, call.target, call.path["name"], call.base_url
    )
    return Answer({"resource": {"download_url": url}}, 302, (("location", url),))


ENDPOINTS = (send_meeting_agent, cancel_meeting_agent, download_resource)
