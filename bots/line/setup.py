"""`./run line connect`: tell LINE where the webhook is. `./run line check`: look whether everything is in order.

Source: Messaging API reference, "Webhook settings", "Get bot info", "Get the target limit for sending messages".
What only the consoles of LINE can switch (webhook on, redelivery on, chat off) is said in a sentence.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bots.line.client import Line
from bots.line.routes import PATH

if TYPE_CHECKING:
    from backend.app import Shell

ENDPOINT, TEST = "/v2/bot/channel/webhook/endpoint", "/v2/bot/channel/webhook/test"


async def connect(client: Line, public_url: str) -> str:
    """Set the webhook address; a sentence when LINE refuses it, else empty."""
    address = public_url.rstrip("/") + PATH
    status, _ = await client.call("PUT", ENDPOINT, json={"endpoint": address})
    return "" if status == 200 else f"LINE answered {status} when told the webhook {address}."


async def troubles(client: Line, public_url: str) -> AsyncIterator[str]:
    """One sentence for everything that is not as it should be."""
    status, bot = await client.call("GET", "/v2/bot/info")
    if status != 200:
        yield f"LINE answered {status}: TSUNAGI_LINE_CHANNEL_ACCESS_TOKEN is not valid."
        return
    if bot.get("chatMode") != "bot":
        # Chats of the LINE console are kept by LINE; consultations must not be (channels.md §6).
        yield "Chat is on in LINE Official Account Manager: switch it off, so that consultations are not kept there."
    address = public_url.rstrip("/") + PATH
    _, webhook = await client.call("GET", ENDPOINT)
    if webhook.get("endpoint") != address:
        yield f"LINE does not call {address}: run `./run line connect`."
    elif not webhook.get("active"):
        yield "The webhook is off: switch on \"Use webhook\" in LINE Developers, and webhook redelivery with it."
    else:
        _, tried = await client.call("POST", TEST, json={"endpoint": address})
        if not tried.get("success"):
            yield f"LINE cannot reach the webhook: {tried.get('reason', '')} {tried.get('statusCode', '')}".rstrip() + "."
    _, quota = await client.call("GET", "/v2/bot/message/quota")
    _, used = await client.call("GET", "/v2/bot/message/quota/consumption")
    limit, total = quota.get("value"), used.get("totalUsage", 0)
    if isinstance(limit, int) and total >= limit * 0.8:
        yield f"{total} of this month's {limit} counted messages are used: answers still go, reminders will not."


async def hint(client: Line, basic_id: str) -> str:
    """What to set so that the booth's QR codes lead to this account; empty when it is set."""
    _, bot = await client.call("GET", "/v2/bot/info")
    known = str(bot.get("basicId", ""))
    return f"People find this account as {known}: set TSUNAGI_LINE_BASIC_ID={known} for the QR codes of the booth." if known != basic_id else ""


def command(shell: Shell, action: str = "check") -> int:
    """Exit status 0 when everything is in order; what is not is said on standard error."""
    settings = shell.settings
    if not settings.line:
        print("Set TSUNAGI_LINE_CHANNEL_SECRET and TSUNAGI_LINE_CHANNEL_ACCESS_TOKEN first.", file=sys.stderr)
        return 1
    if not settings.public_url.startswith("https://"):
        print("LINE only calls https addresses: set TSUNAGI_PUBLIC_URL to the one in front of Tsunagi.", file=sys.stderr)
        return 1
    advice = ""
    try:
        found, advice = asyncio.run(_run(shell, action))
    except OSError:
        found = ["LINE cannot be reached from here."]
    for sentence in found:
        print(sentence, file=sys.stderr)
    if not found:
        print(f"LINE calls {settings.public_url.rstrip('/')}{PATH}, and gets an answer.", file=sys.stderr)
    if advice:
        print(advice, file=sys.stderr)
    return 1 if found else 0


async def _run(shell: Shell, action: str) -> tuple[list[str], str]:
    settings = shell.settings
    client = Line(settings.line_channel_access_token, settings.line_api_base, settings.line_data_api_base, shell.clock)
    try:
        refused = await connect(client, settings.public_url) if action == "connect" else ""
        found = [refused] if refused else [sentence async for sentence in troubles(client, settings.public_url)]
        return found, "" if found else await hint(client, settings.line_basic_id)
    finally:
        await client.close()
