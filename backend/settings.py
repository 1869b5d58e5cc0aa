"""Every setting of a deployment, read once from the environment; a bad one is explained in one sentence."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

HOST = "127.0.0.1"
"""Tsunagi never listens on anything but loopback: a reverse proxy with TLS stands in front of it."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SHORTEST_SECRET = 32
DIFFERENT = 10
"""Characters that a random secret of that length has at the very least."""


class SettingsError(Exception):
    """A setting is missing or wrong. The message names the variable and says how to mend it, never its value."""


def _setting(name: str, meaning: str, default: str = "", *, secret: bool = False) -> str:
    metadata = {"name": f"TSUNAGI_{name}", "meaning": meaning, "default": default, "secret": secret}
    value: str = field(default=default, repr=not secret, metadata=metadata)
    return value


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment decides. Build it with `from_env`; tests may build it directly."""

    database_url: str = _setting(
        "DATABASE_URL", "Where the records are: sqlite:///path, or postgresql://… (default: <data dir>/tsunagi.db)",
        secret=True)
    secret_key: str = _setting(
        "SECRET_KEY", "Key of everything encrypted, at least 32 characters; several, newest first, separated by "
        "commas, while a key is being replaced (default: made once in <data dir>/secret.key)", secret=True)
    line_channel_secret: str = _setting("LINE_CHANNEL_SECRET", "LINE: channel secret, checks webhooks", secret=True)
    line_channel_access_token: str = _setting(
        "LINE_CHANNEL_ACCESS_TOKEN", "LINE: channel access token, sends messages", secret=True)
    line_api_base: str = _setting("LINE_API_BASE", "LINE: address of the Messaging API", "https://api.line.me")
    line_data_api_base: str = _setting(
        "LINE_DATA_API_BASE", "LINE: address photos and files are fetched from", "https://api-data.line.me")
    line_basic_id: str = _setting("LINE_BASIC_ID", "LINE: the account's ID as people see it (@…), for the QR codes of the booth")
    line_per_second: int = field(default=2000, metadata={
        "name": "TSUNAGI_LINE_PER_SECOND", "meaning": "LINE: messages a second that it accepts from one account", "default": "2000",
        "secret": False})
    telegram_bot_token: str = _setting("TELEGRAM_BOT_TOKEN", "Telegram: token from BotFather", secret=True)
    telegram_webhook_secret: str = _setting(
        "TELEGRAM_WEBHOOK_SECRET", "Telegram: secret_token given to setWebhook (A-Z a-z 0-9 _ -)", secret=True)
    telegram_bot_name: str = _setting(
        "TELEGRAM_BOT_NAME", "Telegram: the bot's user name (without @), for the QR codes of the booth")
    telegram_api_base: str = _setting(
        "TELEGRAM_API_BASE", "Telegram: address of the Bot API", "https://api.telegram.org")
    smtp_url: str = _setting(
        "SMTP_URL", "Mail to staff: smtp://user:password@host:587 or smtps://… (default: written to <data dir>/mail)",
        secret=True)
    mail_from: str = _setting("MAIL_FROM", "Sender of mail to staff", "tsunagi@localhost")
    sms_url: str = _setting("SMS_URL", "SMS: address of the provider's HTTP interface, which takes {to, from, text} (default: no SMS)")
    sms_token: str = _setting("SMS_TOKEN", "SMS: token of the provider", secret=True)
    sms_from: str = _setting("SMS_FROM", "SMS: the sender that the provider registered")
    port: int = field(default=8000, metadata={
        "name": "TSUNAGI_PORT", "meaning": "Port on 127.0.0.1", "default": "8000", "secret": False})
    public_url: str = _setting(
        "PUBLIC_URL", "Address that residents and staff open: links, QR codes, cookies "
        "(default: http://127.0.0.1:<port>)")
    data_dir: Path = field(default=Path("var"), metadata={
        "name": "TSUNAGI_DATA_DIR", "meaning": "Folder of the database, the key and kept mail", "default": "var",
        "secret": False})
    production: bool = False
    """`serve --production`: no demonstration accounts, no plain defaults. Not a variable: it is said each time."""

    @classmethod
    def from_env(cls, env: Mapping[str, str], *, production: bool = False) -> Settings:
        """Read `TSUNAGI_*` from `env`. Raises `SettingsError`."""
        given = {f.name: env.get(f.metadata["name"], "").strip() for f in fields(cls) if f.metadata}
        values: dict[str, str | int | Path] = {name: value for name, value in given.items() if value}
        port = values["port"] = _port(given["port"])
        data_dir = values["data_dir"] = Path(given["data_dir"] or "var").expanduser()
        if given["line_per_second"]:
            values["line_per_second"] = _rate(given["line_per_second"])
        values["database_url"] = _database(given["database_url"], data_dir)
        values["public_url"] = _address("PUBLIC_URL", given["public_url"] or f"http://{HOST}:{port}")
        for name in ("line_api_base", "line_data_api_base", "telegram_api_base", "sms_url"):
            if given[name]:
                values[name] = _address(name.upper(), given[name])
        _secret(given["secret_key"], production)
        values |= _names(given)
        _pair(given, "line_channel_secret", "line_channel_access_token")
        _pair(given, "telegram_bot_token", "telegram_webhook_secret")
        _pair(given, "sms_url", "sms_token")
        if given["smtp_url"] and urlsplit(given["smtp_url"]).scheme not in ("smtp", "smtps"):
            raise SettingsError("TSUNAGI_SMTP_URL must begin with smtp:// or smtps://.")
        if production:
            _guessable(given)
            _in_clear(given)
        return cls(**values, production=production)  # type: ignore[arg-type]

    @property
    def line(self) -> bool:
        """Whether a LINE account is connected."""
        return bool(self.line_channel_secret and self.line_channel_access_token)

    @property
    def telegram(self) -> bool:
        """Whether a Telegram bot is connected."""
        return bool(self.telegram_bot_token and self.telegram_webhook_secret)

    @property
    def secure_cookies(self) -> bool:
        """Cookies are marked Secure wherever people come in by https."""
        return self.public_url.startswith("https://")

    def keys(self) -> tuple[str, ...]:
        """The secrets that open stored values, newest first; made and kept in the data folder if none is set."""
        if self.secret_key:
            return tuple(part.strip() for part in self.secret_key.split(",") if part.strip())
        return (_kept_secret(self.data_dir / "secret.key"),)


def must_encrypt(smtp_url: str) -> bool | None:
    """Whether a mail server has to offer STARTTLS: a password goes over the network to it. None: used where it is offered."""
    server = urlsplit(smtp_url)
    return True if server.scheme == "smtp" and server.username and server.hostname not in LOOPBACK else None


def _rate(given: str) -> int:
    if not (given.isascii() and given.isdigit() and int(given) > 0):
        raise SettingsError("TSUNAGI_LINE_PER_SECOND must be a whole number, 1 or more.")
    return int(given)


def _port(given: str) -> int:
    try:
        port = int(given or "8000")
    except ValueError:
        port = -1
    if not 0 < port < 65536:
        raise SettingsError("TSUNAGI_PORT must be a number from 1 to 65535.")
    return port


def _address(name: str, given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise SettingsError(f"TSUNAGI_{name} must be an address such as https://tsunagi.example.jp.")
    return given.rstrip("/")


def _database(given: str, data_dir: Path) -> str:
    if not given:
        return f"sqlite:///{data_dir / 'tsunagi.db'}"
    scheme, found, rest = given.partition("://")
    if not found or scheme not in ("sqlite", "postgres", "postgresql", "postgresql+psycopg"):
        raise SettingsError(
            "TSUNAGI_DATABASE_URL must look like sqlite:///var/tsunagi.db or postgresql://user:password@host/name.")
    return given if scheme == "sqlite" else f"postgresql+psycopg://{rest}"


def _secret(given: str, production: bool) -> None:
    if not given and production:
        raise SettingsError(
            "TSUNAGI_SECRET_KEY is missing: make one with "
            "python3 -c \"import secrets; print(secrets.token_urlsafe(48))\" and keep it apart from the database.")
    if given and any(len(part.strip()) < SHORTEST_SECRET for part in given.split(",") if part.strip()):
        raise SettingsError(f"TSUNAGI_SECRET_KEY must have at least {SHORTEST_SECRET} characters.")


def _guessable(given: Mapping[str, str]) -> None:
    """Real people: whoever guesses the one writes in any resident's name, whoever guesses the other reads everything."""
    word = given["telegram_webhook_secret"]
    if word and re.fullmatch(r"[A-Za-z0-9_-]{16,256}", word) is None:
        raise SettingsError(
            "TSUNAGI_TELEGRAM_WEBHOOK_SECRET must be a long random word of 16 to 256 of these: A-Z a-z 0-9 _ - ; "
            "`./run telegram connect` tells it to Telegram.")
    if any(len(set(part.strip())) < DIFFERENT for part in given["secret_key"].split(",") if part.strip()):
        raise SettingsError(f"TSUNAGI_SECRET_KEY must be random: it has fewer than {DIFFERENT} different characters.")


def _in_clear(given: Mapping[str, str]) -> None:
    """Tokens and what residents are told never leave this machine unencrypted."""
    for name in ("line_api_base", "line_data_api_base", "telegram_api_base", "sms_url"):
        address = urlsplit(given[name])
        if address.scheme == "http" and address.hostname not in LOOPBACK:
            raise SettingsError(f"TSUNAGI_{name.upper()} must begin with https://.")


def _names(given: Mapping[str, str]) -> dict[str, str]:
    """How people find the accounts: they stand in QR codes, so a slip would be printed many times."""
    line, telegram = given["line_basic_id"], given["telegram_bot_name"].removeprefix("@")
    if line and re.fullmatch(r"@[A-Za-z0-9._-]{1,30}", line) is None:
        raise SettingsError("TSUNAGI_LINE_BASIC_ID must look like @123abcde (LINE Official Account Manager shows it).")
    if telegram and re.fullmatch(r"[A-Za-z0-9_]{3,32}", telegram) is None:
        raise SettingsError("TSUNAGI_TELEGRAM_BOT_NAME must be the bot's user name, such as tsunagi_bot.")
    return {"line_basic_id": line, "telegram_bot_name": telegram}


def _pair(given: Mapping[str, str], first: str, second: str) -> None:
    """A channel needs both of its secrets; one alone is a slip that would otherwise show only at the first message."""
    for there, missing in ((first, second), (second, first)):
        if given[there] and not given[missing]:
            raise SettingsError(
                f"TSUNAGI_{missing.upper()} is missing although TSUNAGI_{there.upper()} is set: set both or neither.")


def _kept_secret(path: Path) -> str:
    """The secret in `path`, made on first use. Web and worker may start together: the first to link wins."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # the database will lie here too
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()
