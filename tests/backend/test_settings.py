"""Settings: from the environment only, each documented, a wrong one explained in a sentence that never quotes it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from backend.settings import Settings, SettingsError
from tests.conftest import SECRET

KEY = "invented-for-tests-0123456789-abcdefghij"


def test_nothing_set_is_a_working_deployment(tmp_path):
    settings = Settings.from_env({})
    assert (settings.port, settings.public_url) == (8000, "http://127.0.0.1:8000")
    assert settings.database_url == "sqlite:///var/tsunagi.db"
    assert (settings.line, settings.telegram, settings.secure_cookies) == (False, False, False)


def test_every_setting_has_a_documented_name():
    for field in fields(Settings):
        if field.name != "production":
            assert field.metadata["name"] == f"TSUNAGI_{field.name.upper()}"
            assert len(field.metadata["meaning"]) > 10


def test_every_setting_is_read():
    values = {"PORT": "9000", "DATA_DIR": "/srv/tsunagi", "DATABASE_URL": "postgresql://u:p@db/t", "SECRET_KEY": KEY,
              "PUBLIC_URL": "https://tsunagi.example.jp/", "LINE_CHANNEL_SECRET": "s", "LINE_CHANNEL_ACCESS_TOKEN": "t",
              "LINE_API_BASE": "http://127.0.0.1:9001/", "LINE_DATA_API_BASE": "http://127.0.0.1:9002", "LINE_PER_SECOND": "500",
              "TELEGRAM_BOT_TOKEN": "1:a", "TELEGRAM_WEBHOOK_SECRET": "w", "TELEGRAM_API_BASE": "http://127.0.0.1:9003",
              "SMTP_URL": "smtp://127.0.0.1:2525", "MAIL_FROM": "tsunagi@example.jp",
              "SMS_URL": "http://127.0.0.1:9004/messages", "SMS_TOKEN": "t", "SMS_FROM": "TSUNAGI",
              "LINE_BASIC_ID": "@123abcde", "TELEGRAM_BOT_NAME": "@tsunagi_bot"}
    settings = Settings.from_env({f"TSUNAGI_{name}": value for name, value in values.items()})
    assert {f.metadata["name"] for f in fields(Settings) if f.metadata} == {f"TSUNAGI_{name}" for name in values}
    default = Settings()
    for field in fields(Settings):
        if field.name != "production":
            assert getattr(settings, field.name) != getattr(default, field.name), field.name
    assert settings.database_url == "postgresql+psycopg://u:p@db/t"
    assert settings.public_url == "https://tsunagi.example.jp" and settings.secure_cookies


@pytest.mark.parametrize(("name", "value"), [
    ("PORT", "eighty"), ("PORT", "0"), ("PORT", "70000"), ("PUBLIC_URL", "soudan.example.jp"),
    ("DATABASE_URL", "mysql://u:hidden@db/t"), ("DATABASE_URL", "records.db"), ("SECRET_KEY", "too-short-secret"),
    ("SECRET_KEY", f"{KEY},too-short-secret"), ("LINE_API_BASE", "api.line.me"), ("SMTP_URL", "mail.example.jp"),
    ("LINE_PER_SECOND", "0"), ("LINE_PER_SECOND", "fast"),
    ("LINE_CHANNEL_SECRET", "alone-secret"), ("LINE_CHANNEL_ACCESS_TOKEN", "alone-token"),
    ("SMS_URL", "sms.example.jp"), ("SMS_TOKEN", "alone-token"), ("TELEGRAM_BOT_TOKEN", "1:alone"), ("TELEGRAM_WEBHOOK_SECRET", "alone-secret"),
    ("LINE_BASIC_ID", "tsunagi"), ("TELEGRAM_BOT_NAME", "https://t.me/tsunagi"),
])
def test_a_wrong_one_is_explained_in_a_sentence_that_names_it(name, value):
    with pytest.raises(SettingsError) as wrong:
        Settings.from_env({f"TSUNAGI_{name}": value})
    said = str(wrong.value)
    assert "TSUNAGI_" in said and said.endswith(".") and value not in said


def test_production_wants_a_secret():
    with pytest.raises(SettingsError, match="TSUNAGI_SECRET_KEY is missing"):
        Settings.from_env({}, production=True)
    assert Settings.from_env({"TSUNAGI_SECRET_KEY": KEY}, production=True).keys() == (KEY,)


@pytest.mark.parametrize(("name", "value"), [
    ("SECRET_KEY", "k" * 40), ("SECRET_KEY", f"{KEY},{'ab' * 20}"), ("TELEGRAM_WEBHOOK_SECRET", "tsunagi"), ("TELEGRAM_WEBHOOK_SECRET", "a" * 257),
    ("TELEGRAM_WEBHOOK_SECRET", "ながいながいながいながいことば"), ("LINE_API_BASE", "http://line.example.jp"), ("LINE_DATA_API_BASE", "http://192.0.2.7"),
    ("TELEGRAM_API_BASE", "http://127.0.0.1.example.jp"), ("SMS_URL", "http://sms.example.jp/messages"),
])  # fmt: skip
def test_production_refuses_what_can_be_guessed_or_overheard(name, value):
    rest = {"TELEGRAM_BOT_TOKEN": "1:a", "TELEGRAM_WEBHOOK_SECRET": "a-long-random-word-1", "SMS_URL": "https://sms.example.jp", "SMS_TOKEN": "t"}
    env = {f"TSUNAGI_{one}": said for one, said in {"SECRET_KEY": KEY, **rest}.items()}
    assert Settings.from_env({**env, "TSUNAGI_LINE_API_BASE": "http://127.0.0.1:9001"}, production=True).production
    Settings.from_env({**env, f"TSUNAGI_{name}": value})
    with pytest.raises(SettingsError) as wrong:
        Settings.from_env({**env, f"TSUNAGI_{name}": value}, production=True)
    assert f"TSUNAGI_{name}" in str(wrong.value) and str(wrong.value).endswith(".") and value not in str(wrong.value)


def test_secrets_do_not_show_when_settings_are_printed():
    secrets = {"SECRET_KEY": KEY, "LINE_CHANNEL_SECRET": "line-secret", "LINE_CHANNEL_ACCESS_TOKEN": "line-token",
               "TELEGRAM_BOT_TOKEN": "1:telegram", "TELEGRAM_WEBHOOK_SECRET": "hook", "SMTP_URL": "smtp://u:mailpass@h",
               "DATABASE_URL": "postgresql://u:dbpass@db/t"}
    shown = repr(Settings.from_env({f"TSUNAGI_{name}": value for name, value in secrets.items()}))
    for value in (KEY, "line-secret", "line-token", "1:telegram", "hook", "mailpass", "dbpass"):
        assert value not in shown


def test_the_kept_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    settings = Settings(data_dir=tmp_path / "var")
    assert settings.keys() == settings.keys()
    path = tmp_path / "var" / "secret.key"
    assert len(path.read_text()) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0, "the database lies beside it"
    assert [p.name for p in path.parent.iterdir()] == ["secret.key"]


def test_processes_that_start_together_agree_on_the_secret(tmp_path):
    script = ("from backend.settings import Settings; from pathlib import Path; import sys;"
              "print(Settings(data_dir=Path(sys.argv[1])).keys()[0])")
    together = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE,
                                 cwd=Path(__file__).parents[2], env=os.environ) for _ in range(4)]
    assert len({one.communicate(timeout=600)[0] for one in together}) == 1


def test_several_keys_newest_first():
    assert Settings(secret_key=f"{KEY}2, {KEY}1").keys() == (f"{KEY}2", f"{KEY}1")


def test_the_secret_of_the_tests_is_one():
    """A comma would make it two, and sealed in one way could not be opened in another."""
    assert Settings(secret_key=SECRET).keys() == (SECRET,)
