"""Cronofy's pages that a browser visits: declared here, served by the pages room.

Like endpoints, they are described once; the OpenAPI document and docs/fidelity.md are
made from these declarations.
"""

from __future__ import annotations

from mock_server.world.records import Record


class Parameter(Record, frozen=True):
    """A query parameter (``path`` for one of the path)."""

    name: str
    description: str
    required: bool = False
    place: str = "query"


class Page(Record, frozen=True):
    """A page of app.cronofy.com. ``assumed`` as for an endpoint."""

    path: str
    title: str
    docs: str
    parameters: tuple[Parameter, ...]
    assumed: tuple[str, ...] = ()

    @property
    def operation(self) -> str:
        return f"GET {self.path}"

    @property
    def fidelity(self) -> str:
        return "assumed in part" if self.assumed else "documented"


_COMMON = (
    Parameter("response_type", "code", required=True),
    Parameter("client_id", "The application", required=True),
    Parameter(
        "redirect_uri",
        "Where the person returns; registered, if the application is in production",
        required=True,
    ),
    Parameter("state", "Returned unaltered"),
    Parameter("access_type", "read_write, free_busy or no_calendar: preselects the access mode"),
    Parameter("locale", "Language of the pages; the browser's by default"),
)

AUTHORIZE = Page(
    path="/oauth/authorize",
    title="Individual Connect: request authorization",
    docs="authorization/request-authorization",
    parameters=(
        *_COMMON,
        Parameter("scope", "What is asked for, separated by spaces", required=True),
        Parameter("provider_name", "Goes straight to a provider, and to its access mode"),
        Parameter("avoid_linking", "true: the calendar account gets an account of its own"),
        Parameter("link_token", "Links the calendar account to the token's account"),
        Parameter("delegated_scope", "Business Connect: free_busy or read_only"),
    ),
    assumed=(
        "Missing scope is error=invalid_request, an unknown one error=invalid_scope, by redirect; "
        "error_description is ours.",
        "An internal application is refused by a redirect with error=unauthorized_client, and "
        "delegated_scope without Business Connect by one with error=invalid_request.",
        "An unknown client_id, and a missing or unregistered redirect_uri, end on an error page.",
        "An access_type or provider_name that is unknown or not on offer is ignored, and so is "
        "every unknown parameter.",
        "read_only is read_events; write_only is create_calendar, create_event and delete_event; "
        "read_write is both and change_participation_status; free_busy is read_free_busy; "
        "free_busy_write is free_busy and write_only.",
        "Simplified and granular scopes may be mixed; read_account, list_calendars, "
        "event_reminders and full_access are accepted, and allow nothing.",
        "Scopes accumulate across authorizations of one account.",
        "Authorizing again in another mode, without revoking, adds the new profiles beside the "
        "old ones; after a revoke the old profiles and calendars are gone.",
        "No Calendar Access verifies the address with a six-digit code, which lives fifteen "
        "minutes and may be mistyped four times.",
        "Where the page offers a choice, Free/Busy is preselected.",
        "Outlook.com can be connected in Read-Write mode.",
        "An account that already owns the calendar account is reused, even with avoid_linking.",
    ),
)

ENTERPRISE_AUTHORIZE = Page(
    path="/enterprise_connect/oauth/authorize",
    title="Enterprise Connect: request service account authorization",
    docs="enterprise-connect/request-authorization",
    parameters=(
        *_COMMON,
        Parameter("scope", "service_account/… scopes, separated by spaces", required=True),
        Parameter(
            "delegated_scope",
            "The most that may be asked for users and resources later",
            required=True,
        ),
    ),
    assumed=(
        "No Calendar Access is offered here too, where its feature is on and delegated_scope has "
        "free_busy_write; such a service account has the provider_name cronofy.",
        "Agreeing again in the same mode, without a revoke, widens the same service account; in "
        "another mode it makes another one beside it.",
        "service_account/manage_accounts and service_account/manage_resources are old names of "
        "the two manage scopes.",
        "provider_name, avoid_linking and link_token are ignored.",
        "Without the plan growth the answer is a redirect with error=unauthorized_client.",
    ),
)

PERMISSIONS = Page(
    path="/permissions/{token}",
    title="Extended permissions: the person's decision",
    docs="api/extended-permissions",
    parameters=(Parameter("token", "One-time token", required=True, place="path"),),
    assumed=("The form of the address below /permissions.",),
)

RELINK = Page(
    path="/relink/{provider}",
    title="Reconnect a profile",
    docs="faqs/profile-reconnection-process",
    parameters=(
        Parameter("provider", "provider_name of the profile", required=True, place="path"),
        Parameter("email", "Whose profile"),
        Parameter("token", "Finds the sandbox; Cronofy's addresses do not have it"),
    ),
    assumed=("The token in the address, and what the page looks like.",),
)

CONFERENCING = Page(
    path="/conferencing_services/{token}",
    title="Conferencing services: the person's decision",
    docs="api/conferencing-services/authorization",
    parameters=(Parameter("token", "One-time token", required=True, place="path"),),
    assumed=("Where the request names no service, the person chooses one of five.",),
)

RELINK_CONFERENCING = Page(
    path="/v2/relink/{provider}",
    title="Reconnect a conferencing profile",
    docs="faqs/profile-reconnection-process",
    parameters=RELINK.parameters,
    assumed=RELINK.assumed,
)

MEETING_AGENT = Page(
    path="/meeting_agents/{token}",
    title="Meeting agent: the resource cronofy/dashboard",
    docs="api/meeting-agents/resources",
    parameters=(Parameter("token", "Finds the agent", required=True, place="path"),),
    assumed=("The form of the address, and what the page looks like.",),
)

ATTACHMENT = Page(
    path="/attachments/{token}/{file_name}",
    title="Attachment: download",
    docs="api/attachments",
    parameters=(
        Parameter("token", "Finds the attachment", required=True, place="path"),
        Parameter("file_name", "As it was uploaded", required=True, place="path"),
    ),
    assumed=("The form of the address. It needs no credential, and always downloads.",),
)

PAGES = (
    AUTHORIZE,
    ENTERPRISE_AUTHORIZE,
    PERMISSIONS,
    RELINK,
    CONFERENCING,
    RELINK_CONFERENCING,
    MEETING_AGENT,
    ATTACHMENT,
)
