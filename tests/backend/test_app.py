"""The whole, put together: health, keys that fit, and one address for staff and channels."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from backend import crypto, migrations
from backend.app import check_key, make_backend, make_shell
from backend.journal.ingest import Ingest
from backend.messages import RawEvent
from backend.settings import Settings, SettingsError
from bots.app import make_app


@pytest.fixture
def shell(tmp_path, clock, keyring):
    shell = make_shell(Settings(database_url=f"sqlite:///{tmp_path / 't.db'}", data_dir=tmp_path), clock)
    migrations.upgrade(shell.engine)
    yield shell
    shell.engine.dispose()
    crypto.use(keyring)


def test_healthy_when_the_database_answers(shell):
    with TestClient(make_backend(shell)) as web:
        assert (web.get("/healthz").status_code, web.get("/healthz").json()) == (200, {"ok": True})


def test_not_healthy_when_it_does_not(shell, tmp_path):
    shell.engine.dispose()
    for file in tmp_path.glob("t.db*"):
        file.unlink()
    (tmp_path / "t.db").mkdir()
    with TestClient(make_backend(shell)) as web:
        answer = web.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"ok": False})


def test_a_wrong_key_is_told_at_the_start_and_not_turn_by_turn(shell, clock, make_tenant, tmp_path):
    check_key(shell)
    make_tenant(shell.engine)
    Ingest(shell.engine, clock).put_now([RawEvent("line", "U-1", "e", clock(), b"{}")])
    check_key(shell)
    other = make_shell(Settings(database_url=shell.settings.database_url, secret_key="another secret " * 3), clock)
    with pytest.raises(SettingsError, match="TSUNAGI_SECRET_KEY"):
        check_key(other)
    other.engine.dispose()


def test_channels_that_are_not_set_up_have_no_address(shell, tmp_path):
    def paths(**more) -> set[str]:
        from dataclasses import replace

        app = make_app(replace(shell, settings=replace(shell.settings, **more)))
        return {getattr(route, "path", "") for route in app.routes}

    assert not [path for path in paths() if path.startswith("/webhooks")]
    assert "/webhooks/line" in paths(line_channel_secret="s", line_channel_access_token="t")
    assert "/webhooks/telegram" in paths(telegram_bot_token="1:a", telegram_webhook_secret="w")


def test_a_webhook_is_not_accepted_while_there_is_nobody_to_receive_it(shell):
    from dataclasses import replace

    from tests.fakes.line import SECRET, TOKEN, LineFake

    settings = replace(shell.settings, line_channel_secret=SECRET, line_channel_access_token=TOKEN)
    line = LineFake()
    body, headers = line.body([line.says(f"U{1:032x}", "こんにちは")])
    with TestClient(make_app(replace(shell, settings=settings)), raise_server_exceptions=False) as web:
        assert web.post("/webhooks/line", content=body, headers=headers).status_code >= 500
