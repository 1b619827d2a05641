"""Sending mails on to a real mail server, such as a mail catcher beside the emulator.

Each mail has one delivery, named after it, so that what has been recorded once never is again.
"""

from __future__ import annotations

import asyncio
import json

from mock_server.delivery.sender import Outcome
from mock_server.settings import Address
from mock_server.world.outbox import Delivery, Message

KIND = "mail"

# Seconds that a mail server has to take a mail.
TIMEOUT = 5.0

# Characters of a server's words that are kept.
_MOST = 2000


def url(relay: Address) -> str:
    """What a delivery to ``relay`` has as its address."""
    return f"smtp://{relay}"


def delivery(message: Message, relay: Address, now: int) -> Delivery:
    """``message`` on its way to ``relay``, due at once."""
    body = {
        "message_id": message.message_id,
        "to": message.to,
        "from": message.sender,
        "subject": message.subject,
    }
    return Delivery(
        delivery_id=delivery_id(message.message_id),
        client_id="",
        kind=KIND,
        url=url(relay),
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        state="pending",
        created_at=now,
        due_at=now,
    )


def delivery_id(message_id: str) -> str:
    return f"dlv_{message_id.removeprefix('msg_')}"


def message_id(delivery_id: str) -> str:
    return f"msg_{delivery_id.removeprefix('dlv_')}"


async def send(message: Message, relay: Address) -> Outcome:
    """Try once; never takes longer than TIMEOUT. The outcome's status is SMTP's reply code."""
    # Here, not above: few servers have a relay.
    import aiosmtplib

    from mock_server.delivery import mime

    loop = asyncio.get_running_loop()
    started = loop.time()
    status, error, answer = None, None, ""
    content = mime.rendered(message)
    client = aiosmtplib.SMTP(
        hostname=relay.host,
        port=relay.port,
        local_hostname="localhost",  # else the machine's own name is looked up
        start_tls=False,
        timeout=None,  # there is one for everything together
    )
    try:
        async with asyncio.timeout(TIMEOUT):
            await client.connect()
            options = [] if (message.sender + message.to).isascii() else ["SMTPUTF8"]
            _, answer = await client.sendmail(
                message.sender, [message.to], content, mail_options=options
            )
            status = 250
            await client.quit()
    except TimeoutError:
        error = f"no answer within {TIMEOUT:g} seconds"
    except aiosmtplib.SMTPRecipientsRefused as refused:
        status, answer = refused.recipients[0].code, refused.recipients[0].message
    except aiosmtplib.SMTPResponseException as refused:
        # The library's own codes are negative: what came was no reply of SMTP's.
        if refused.code < 0:
            error = f"no reply of a mail server: {refused.message}"
        else:
            status, answer = refused.code, refused.message
    except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
        error = f"{type(problem).__name__}: {problem}"
    finally:
        client.close()
    if status == 250:
        error = None  # whatever came of taking leave
    duration = round((loop.time() - started) * 1000)
    return Outcome(status, error and _shown(error), duration, _shown(answer))


def _shown(said: str) -> str:
    """What a server has said, as text that can be written: it need be neither UTF-8 nor short."""
    return said.encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:_MOST]
