"""The menu under the LINE chat: within LINE's limits, readable by a screen reader, uploaded in one go."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from backend.app import Shell
from backend.settings import Settings
from backend.words import Catalogues
from bots.layout import graphemes
from bots.line.client import Line
from bots.line.parse import parse, raw_event
from bots.line.richmenu import CannotUpload, body, build, command, draw, japanese_font, upload
from dialogs.core.commands import COMMANDS
from dialogs.core.heard import Chose
from tests.conftest import MONDAY_MORNING, MakeTenant, MovableClock
from tests.fakes import line_events as events
from tests.fakes.line import SECRET, TOKEN, LineFake
from tests.fakes.line_menus import menu_faults


@pytest.fixture(scope="module")
def words() -> Catalogues:
    return Catalogues.load()


def test_every_area_is_said_by_a_screen_reader_and_none_overlaps(words: Catalogues) -> None:
    menu = body(words, "0944-00-0000")
    assert menu_faults(menu) == ""
    covered: set[tuple[int, int]] = set()
    for area in menu["areas"]:
        assert 1 <= len(graphemes(area["action"]["label"])) <= 20
        corner = (area["bounds"]["x"], area["bounds"]["y"])
        assert corner not in covered
        covered.add(corner)
    assert len(covered) == 6


def test_every_tap_is_something_the_dialog_knows_or_the_municipalitys_number(words: Catalogues) -> None:
    for area in body(words, "0944-00-0000（代表）")["areas"]:
        action = area["action"]
        if action["type"] == "uri":
            assert action["uri"] == "tel:0944000000"
            continue
        event = events.event("postback", events.person("花子"), MONDAY_MORNING, **events.postback(action["data"]))
        heard = parse(raw_event(event, "", MONDAY_MORNING).body).heard
        assert isinstance(heard, Chose) and heard.session == "" and heard.option[1:] in COMMANDS


@pytest.mark.parametrize("lettered", [True, False])
def test_the_picture_keeps_lines_limits_with_and_without_a_japanese_font(words: Catalogues, lettered: bool) -> None:
    font = japanese_font()
    if lettered and font is None:
        pytest.skip("no font with Japanese letters on this machine: apt install fonts-noto-cjk")
    picture = draw(words, font if lettered else None)
    assert len(picture) <= 1_000_000
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == (2500, 1686) and image.format == "PNG"
        assert len(image.convert("RGB").getcolors(maxcolors=256) or []) >= 3


async def test_a_new_menu_takes_the_place_of_the_old_one(words: Catalogues, line: LineFake, line_channel: Line) -> None:
    made = build(words, "0944-00-0000")
    first = await upload(line_channel, made)
    second = await upload(line_channel, made)
    assert line.default_menu == second and list(line.menus) == [second] and first != second
    assert line.images[second] == made.image


async def test_somebody_elses_menus_are_left_alone(words: Catalogues, line: LineFake, line_channel: Line) -> None:
    line.menus["richmenu-theirs"] = {**body(words, "1"), "name": "spring campaign"}
    await upload(line_channel, build(words, "0944-00-0000"))
    assert "richmenu-theirs" in line.menus


async def test_what_line_refuses_is_said(words: Catalogues, line: LineFake, line_channel: Line) -> None:
    made = build(words, "0944-00-0000")
    made.body["chatBarText"] = "あ" * 15
    with pytest.raises(CannotUpload, match="LINE answered 400 to POST /v2/bot/richmenu"):
        await upload(line_channel, made)


def test_the_command_draws_a_picture_or_says_what_is_missing(
        words: Catalogues, sqlite_engine: Any, clock: MovableClock, keyring: Any, make_tenant: MakeTenant,
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(Settings(), sqlite_engine, clock, keyring, words, None)
    assert command(shell, tmp_path / "menu.png") == 0 and (tmp_path / "menu.png").stat().st_size > 1000
    assert command(shell) == 1 and "no phone number" in capsys.readouterr().err
    make_tenant(sqlite_engine)
    assert command(shell) == 1 and "TSUNAGI_LINE_CHANNEL_SECRET" in capsys.readouterr().err
    away = Settings(line_channel_secret=SECRET, line_channel_access_token=TOKEN, line_api_base="http://127.0.0.1:9")
    assert command(Shell(away, sqlite_engine, clock, keyring, words, None)) == 1
    assert "not uploaded" in capsys.readouterr().err
