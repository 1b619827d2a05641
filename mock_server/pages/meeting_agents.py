"""What meeting agents leave behind: a page about each, and its recordings (notifications §4.4).

Nothing was recorded, so the recordings are placeholders, and say so. The page is in English, as
everything that is for developers.
"""

from __future__ import annotations

import io
import wave
from typing import Any

from starlette.responses import Response

from mock_server.pages.visit import Trouble, Visit
from mock_server.rules import meeting_resources
from mock_server.world.clock import as_text
from mock_server.world.meeting_agents import MeetingAgent
from mock_server.world.sandbox import Sandbox

# Of the silence; of the picture, which is black.
_RATE = 8000
_WIDTH = _HEIGHT = 16

_STATES = {
    "created": "waits for its meeting",
    "activated": "is in its meeting",
    "complete": "has left its meeting",
    "failed": "could not join its meeting, or had to leave it",
}


async def show(visit: Visit) -> Response:
    """The page that Cronofy's dashboard would have about an agent."""
    sandbox, agent = _agent(visit)
    recordings = meeting_resources.RECORDINGS if agent.state == "complete" else ()
    return visit.render(
        "meeting_agent.html",
        language=visit.pages.languages.english,
        agent=agent,
        state=_STATES[agent.state],
        start=as_text(agent.start),
        end=as_text(agent.end),
        downloads=[
            (name, meeting_resources.download_url(sandbox, agent, name, visit.base_url))
            for name in recordings
        ],
    )


async def download(visit: Visit) -> Response:
    """A recording, by the address that the API has given for a while."""
    sandbox, agent = _agent(visit)
    name = visit.path["name"]
    if name not in meeting_resources.RECORDINGS or agent.state != "complete":
        raise Trouble("not_found", f"the meeting agent {agent.sub} has recorded no {name}", 404)
    expires = visit.query.get("expires", "")
    if not expires.isdecimal() or int(expires[:18]) <= sandbox.now():
        expected = "an address that GET of the resource's url answers, while it holds"
        raise Trouble("expired", f"expires={expires}: expected {expected}", 410)
    suffix, kind, content = _placeholder(agent, name)
    file = f'attachment; filename="placeholder-{name}.{suffix}"'
    return Response(content, 200, {"Content-Disposition": file}, kind)


def _agent(visit: Visit) -> tuple[Sandbox, MeetingAgent]:
    token = visit.path["token"]
    sandbox: Any = visit.app.sandboxes.directory.page.get(token)
    found = sandbox.meeting_agents.one("token", token) if sandbox else None
    if found is None:
        raise Trouble("not_found", "no meeting agent has this token", 404)
    agent: MeetingAgent = found
    visit.sandbox, visit.client_id = sandbox, agent.client_id
    return sandbox, agent


def _placeholder(agent: MeetingAgent, name: str) -> tuple[str, str, bytes]:
    """Suffix, media type and bytes of what stands in for a recording."""
    if name == "audio":
        return "wav", "audio/wav", _silence()
    if name == "video":
        return "y4m", "video/x-yuv4mpeg", _darkness()
    text = (
        "This is a placeholder made by mock-cronofy: nobody spoke, and nothing was recorded.\n\n"
        f"Meeting agent: {agent.sub}\nMeeting: {agent.join_url}\n"
        f"From {as_text(agent.start)} to {as_text(agent.end)}\n"
    )
    return "txt", "text/plain; charset=utf-8", text.encode()


def _silence() -> bytes:
    """One second, as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as audio:
        audio.setnchannels(1)
        audio.setsampwidth(2)
        audio.setframerate(_RATE)
        audio.writeframes(bytes(2 * _RATE))
    return file.getvalue()


def _darkness() -> bytes:
    """One black picture a second long, uncompressed (YUV4MPEG2)."""
    size = _WIDTH * _HEIGHT
    header = f"YUV4MPEG2 W{_WIDTH} H{_HEIGHT} F1:1 Ip A1:1 C420jpeg\nFRAME\n"
    # Brightness of each pixel, then two shades of no colour for each four of them.
    return header.encode() + bytes(size) + bytes([128]) * (size // 2)


ROUTES = (
    ("GET", "/meeting_agents/{token}", show),
    ("GET", "/meeting_agents/{token}/{name}", download),
)
