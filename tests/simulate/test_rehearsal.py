"""A training disaster reaches nobody, and nothing of it stays."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import pytest
from sqlalchemy import func, select

from backend.cases.models import case
from backend.db import open_engine
from backend.settings import Settings, SettingsError
from backend.tenants.models import tenant
from bots import rehearsal
from bots.channels import configured_channels

CHANNELS = {
    "line": {"TSUNAGI_LINE_CHANNEL_SECRET": "a", "TSUNAGI_LINE_CHANNEL_ACCESS_TOKEN": "b"},
    "telegram": {"TSUNAGI_TELEGRAM_BOT_TOKEN": "1:a", "TSUNAGI_TELEGRAM_WEBHOOK_SECRET": "b"},
    "sms": {"TSUNAGI_SMS_URL": "https://sms.example.jp/", "TSUNAGI_SMS_TOKEN": "b"},
    "email": {"TSUNAGI_SMTP_URL": "smtp://mail.example.jp"},
}


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """A machine of its own: temporary folder and environment."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"]})
    return tmp_path


def _left(place) -> list[str]:
    return [one.name for one in place.iterdir() if one.name.startswith(rehearsal.PREFIX)]


@pytest.mark.parametrize("channel", CHANNELS)
def test_it_refuses_where_any_channel_is_configured(place, channel, monkeypatch):
    monkeypatch.setattr(rehearsal.serving, "start", lambda _: pytest.fail("it started"))
    os.environ |= CHANNELS[channel]
    with pytest.raises(SettingsError, match=f"configured for: {channel}"):
        rehearsal.rehearse()
    assert _left(place) == []


def test_every_channel_that_sends_is_refused():
    """A new channel that is not named above must fail here, not write to somebody."""
    everything = {name: value for one in CHANNELS.values() for name, value in one.items()}
    assert set(configured_channels(Settings.from_env(everything))) - rehearsal.NOBODY == set(CHANNELS)


def test_it_runs_on_marked_data_in_a_folder_of_its_own_and_is_gone_afterwards(place, monkeypatch, capsys):
    os.environ |= {"TSUNAGI_DATABASE_URL": f"sqlite:///{place}/real.db", "TSUNAGI_SECRET_KEY": "x" * 40, "TSUNAGI_PORT": "8123"}
    seen = {}

    def start(_given) -> int:
        settings = Settings.from_env(os.environ)
        engine = open_engine(settings.database_url)
        with engine.connect() as c:
            seen["town"] = c.execute(select(tenant.c.demonstration, tenant.c.name)).one()
            seen["cases"] = c.execute(select(func.count()).select_from(case)).scalar_one()
        engine.dispose()
        seen["channels"], seen["folder"], seen["port"] = set(configured_channels(settings)), settings.data_dir, settings.port
        raise KeyboardInterrupt

    monkeypatch.setattr(rehearsal.serving, "start", start)
    with pytest.raises(KeyboardInterrupt):
        rehearsal.rehearse()
    assert seen["town"].demonstration and seen["town"].name["ja"] == "つなぎ市（訓練）" and seen["cases"] > 5
    assert seen["channels"] == rehearsal.NOBODY and seen["port"] == 8123
    assert seen["folder"].parent == place and not (place / "real.db").exists()
    assert _left(place) == [] and "消えてしまいたい" in capsys.readouterr().out


def test_what_was_killed_is_removed_at_the_next_start_and_what_runs_is_left_alone(place):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name, owner in (("killed", str(ended.pid)), ("running", str(os.getpid())), ("broken", "?"), ("half-made", None)):
        folder = place / f"{rehearsal.PREFIX}{name}"
        folder.mkdir()
        (folder / "tsunagi.db").write_bytes(b"somebody's words")
        if owner is not None:
            (folder / rehearsal.OWNER).write_text(owner)
    (place / "tsunagi-real").mkdir()
    assert [one.name for one in rehearsal.sweep(place)] == [f"{rehearsal.PREFIX}{name}" for name in ("broken", "half-made", "killed")]
    assert _left(place) == [f"{rehearsal.PREFIX}running"] and (place / "tsunagi-real").exists()
