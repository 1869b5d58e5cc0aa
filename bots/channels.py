"""Which channels this deployment has, and how fast each may be sent to."""

from __future__ import annotations

from backend import clock as clocks
from backend.messages import Channel
from backend.settings import Settings
from bots.pace import Pace


def configured_channels(settings: Settings, clock: clocks.Clock = clocks.now) -> dict[str, Channel]:
    """Every channel whose settings are there, by name; web chat and terminal always. Close each when done."""
    from bots.terminal.channel import Terminal
    from bots.web.client import WebChannel

    found: dict[str, Channel] = {"web": WebChannel(), "terminal": Terminal()}
    if settings.line:
        from bots.line.client import Line

        found["line"] = Line(settings.line_channel_access_token, settings.line_api_base, settings.line_data_api_base,
                             clock)
    if settings.telegram:
        from bots.telegram.client import Telegram  # takes a second to import: only where it is used

        found["telegram"] = Telegram(settings.telegram_bot_token, settings.telegram_api_base)
    if settings.sms_url:
        from bots.sms.client import Sms

        found["sms"] = Sms(settings.sms_url, settings.sms_token, settings.sms_from)
    if settings.smtp_url:
        from bots.mail.client import Mail

        found["email"] = Mail(settings.smtp_url, settings.mail_from)
    return found


def paces(settings: Settings) -> dict[str, Pace]:
    """The platforms' limits. LINE: 2,000/s per endpoint, unless it changes that. Telegram: about 30/s in all and 1/s to one chat. SMS and mail:
    what a small provider takes without asking back."""
    return {"line": Pace(rate=settings.line_per_second, burst=settings.line_per_second / 10), "telegram": Pace(rate=28, burst=10, per_person=1.0),
            "sms": Pace(rate=10, burst=5), "email": Pace(rate=5, burst=5)}
