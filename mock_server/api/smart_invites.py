"""Smart Invites: create or update, cancel, take people out, status (notifications §§2.1-2.2)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from mock_server.api import shapes_smart_invites as shapes
from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, Deferred, endpoint
from mock_server.api.event_times import check_years, plain_time
from mock_server.api.fields import Email
from mock_server.api.parsing import Parameters
from mock_server.errors import Unprocessable
from mock_server.ical import ics
from mock_server.rules import smart_invite_replies, smart_invites
from mock_server.world.outbox import Invite
from mock_server.world.smart_invites import SmartInvite


def _plus(value: object) -> object:
    """Ruby sends ``a+b@x.test`` as it is, where a plus means a space; no address has one."""
    return value.strip().replace(" ", "+") if isinstance(value, str) else value


class SmartInviteQuery(BaseModel):
    model_config = ConfigDict(defer_build=True)

    smart_invite_id: Annotated[str, Field(min_length=1)]
    recipient_email: Annotated[Email, BeforeValidator(_plus)] | None = None
    include_ics: bool = False


def _ignored(_: Call, parameters: Parameters) -> dict[str, str]:
    """Of an invite that ends, nobody looks at the event."""
    method = parameters.get("method")
    if method not in ("cancel", "remove"):
        return {}
    return {
        name: f"which method {method} does not look at"
        for name in ("event", "organizer")
        if parameters.get(name) not in (None, "")
    }


@endpoint(
    "POST",
    "/v1/smart_invites",
    title="Create or update Smart Invite",
    docs="api/smart-invites",
    credentials=(Credential.API_KEY,),
    plan="emerging",
    ignored=_ignored,
    body=Deferred("mock_server.api.smart_invite_requests", "SmartInviteRequest"),
    answer=shapes.SmartInvite,
    errors=(401, 402, 404, 422),
    assumed=(
        "recipient and recipients together are errors.invalid on recipients, neither is "
        "errors.required on recipient; of people named twice, the first counts.",
        "Whatever is no address, no time zone, no method or no status is errors.invalid, and so "
        "is an end before the start.",
        "At most 1000 recipients and 5 reminders: else errors.too_many.",
        "method and callback_url (if there is one) are in the answer; of the event what was "
        "sent, with times in UTC and the zone they were given in.",
        "An update takes over callback_url and organizer from before where it leaves them out, "
        "and invites those whom it names. An answer stays unless the time changes; then it is "
        "pending, or what the request says, and comment and proposal go. The status of a request "
        "counts for whoever has not answered yet.",
        "A request after cancel invites everybody anew, with the same UID. A second cancel "
        "changes nothing; event and organizer are ignored in cancel and remove, with a warning.",
        "remove is 422 on recipient.email for somebody who is not invited (errors.not_found) and "
        "for the last one (errors.invalid); attachments.removed has the METHOD:CANCEL file.",
        "cancel and remove of an unknown invite are 404. Own calls cause no callback.",
        "The file has the application's name where the request names no organizer, and RSVP=TRUE "
        "where an answer is awaited. All-day events are transparent unless the request says "
        "otherwise.",
        "Answers are told to callback_url in order, and tried again as notifications of a "
        "channel are, without closing anything. With recipients the callback has these.",
        "Answers to a cancelled invite or to an earlier version are ignored, as is a mail not "
        "newer than one that has been taken from the same person.",
    ),
)
def write_smart_invite(call: Call) -> shapes.SmartInvite:
    body: Any = call.body
    sandbox, application = call.sandbox, call.application
    if body.method == "request":
        check_years(sandbox, **{"event.start": body.event.start, "event.end": body.event.end})
        invite = smart_invites.request(sandbox, application, body.to_record())
        return {**document(invite), "attachments": _attachments(invite)}
    email = body.email if body.method == "cancel" else None
    invite = smart_invites.find(sandbox, application, body.smart_invite_id, email)
    if body.method == "cancel":
        invite = smart_invites.cancel(sandbox, invite, body.callback_url)
        return {**document(invite), "attachments": _attachments(invite)}
    invite, told = smart_invites.remove(sandbox, invite, body.email, body.callback_url)
    attachments = _attachments(invite)
    attachments["removed"] = {"email": body.email, "icalendar": _file(told)}
    return {**document(invite), "method": "remove", "attachments": attachments}


@endpoint(
    "GET",
    "/v1/smart_invites",
    title="Smart Invite status",
    docs="api/smart-invites/invite-status",
    credentials=(Credential.API_KEY,),
    plan="emerging",
    query=SmartInviteQuery,
    answer=shapes.SmartInvite,
    errors=(401, 402, 404, 422),
    assumed=(
        "An unknown invite is 404; without recipient_email, one that has a single recipient is "
        "errors.required on recipient_email.",
        "A space in recipient_email is a plus, which Ruby's SDK does not encode.",
        "replies are there for several recipients too: every answer in the order it came, the "
        "latest 500; of a comment that comes by mail, the first 10,000 characters.",
        "A proposal is in the time zone in which it was made, else in the event's.",
        "The file is the newest, with what everybody has answered by now.",
    ),
)
def read_smart_invite(call: Call) -> shapes.SmartInvite:
    query: SmartInviteQuery = call.query
    sandbox, application = call.sandbox, call.application
    name, email = query.smart_invite_id, query.recipient_email
    if email is None and smart_invites.needs_email(sandbox, application, name):
        hint = f"the Smart Invite {name!r} has a single recipient: recipient_email says which"
        raise Unprocessable.of("recipient_email", "errors.required", "required", hint)
    invite = smart_invites.find(sandbox, application, name, email)
    found = document(invite)
    found["replies"] = [smart_invite_replies.document(reply) for reply in invite.replies]
    if query.include_ics:
        found["attachments"] = _attachments(invite)
    return found


def document(invite: SmartInvite) -> shapes.SmartInvite:
    """What every answer says of an invite."""
    recipients = [smart_invite_replies.document(r) for r in invite.recipients]
    found: shapes.SmartInvite = {
        "smart_invite_id": invite.smart_invite_id,
        "method": "cancel" if invite.cancelled else "request",
        "event": event_document(invite),
    }
    if invite.single:
        found["recipient"] = recipients[0]
    else:
        found["recipients"] = recipients
    if invite.callback_url is not None:
        found["callback_url"] = invite.callback_url
    return found


def event_document(invite: SmartInvite) -> shapes.Event:
    """The event as it was sent."""
    details = invite.details
    document: shapes.Event = {
        "summary": details.summary,
        "start": {
            "time": plain_time(details.start, all_day=details.all_day),
            "tzid": details.start_tzid,
        },
        "end": {
            "time": plain_time(details.end, all_day=details.all_day),
            "tzid": details.end_tzid,
        },
    }
    if "description" in invite.given:
        document["description"] = details.description
    if "location" in invite.given:
        document["location"] = {"description": details.location}
        if details.lat is not None and details.long is not None:
            document["location"]["lat"] = details.lat
            document["location"]["long"] = details.long
    if "url" in invite.given and details.url is not None:
        document["url"] = details.url
    if "reminders" in invite.given:
        document["reminders"] = [{"minutes": minutes} for minutes in details.reminders or ()]
    if "transparency" in invite.given:
        transparent = details.transparency == "transparent"
        document["transparency"] = "transparent" if transparent else "opaque"
    if "color" in invite.given and details.color is not None:
        document["color"] = details.color
    return document


def _attachments(invite: SmartInvite) -> shapes.Attachments:
    return {"icalendar": _file(smart_invites.invitation(invite))}


def _file(invite: Invite) -> str:
    return ics.document(invite).decode()


ENDPOINTS = (write_smart_invite, read_smart_invite)
