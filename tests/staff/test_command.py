"""What an operator does on the command line about accounts."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from backend.app import make_shell
from backend.staff.models import recovery_code, staff
from bots.cli import main
from bots.commands.shell import settings


def test_staff_reset_totp_takes_only_the_codes_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TSUNAGI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TSUNAGI_SECRET_KEY", "an-invented-secret-for-the-tests-and-for-nothing-else")
    assert main(["tenant", "create", "hirokawa", "--name", "広川町"]) == 0
    shell = make_shell(settings())
    with shell.engine.begin() as c:
        before = c.execute(select(staff)).one()
        c.execute(update(staff).values(totp_secret="JBSWY3DPEHPK3PXP", totp_since=shell.clock()))
        c.execute(insert(recovery_code).values(id="x", staff_id=before.id))
    assert main(["staff", "reset", "hirokawa-admin", "--totp"]) == 0
    with shell.engine.begin() as c:
        after = c.execute(select(staff)).one()
        assert after.totp_secret is None and after.password_hash == before.password_hash
        assert c.execute(select(recovery_code)).first() is None
    capsys.readouterr()
    assert main(["staff", "reset", "nobody", "--totp"]) == 1
    assert "There is no account" in capsys.readouterr().err
