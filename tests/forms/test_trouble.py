"""When a document cannot be set: a sentence, never a word of what should have been on it."""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest

from backend.app import Shell
from backend.forms import exports, glyphs, making, pdf
from backend.forms.filling import filled
from backend.forms.glyphs import CannotPrint
from backend.forms.layout import form
from backend.forms.making import Order
from backend.jobs import service as jobs
from backend.jobs.run import run_slice
from tests.console.conftest import MakeStaff, NewBrowser, _quick_passwords, app, make_staff, new_browser
from tests.forms.conftest import TENANT, account, settle_home
from tests.forms.people import fukushi

__all__ = ["_quick_passwords", "app", "make_staff", "new_browser"]

FOOT = pdf.Foot("つなぎ市", "2026-07-06", "佐藤")


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A press that quotes what it was given, as a template with a fault does."""
    script = tmp_path / "press.py"
    script.write_text("import sys\nsys.stderr.buffer.write(sys.stdin.buffer.read())\nsys.exit(3)\n")
    monkeypatch.setattr(pdf, "PRESS", script)


def test_a_document_that_cannot_be_set_says_nothing_of_what_is_on_it(broken: None) -> None:
    with pytest.raises(CannotPrint) as wrong:
        pdf.pdf([filled(form("survey"), fukushi(), "つなぎ市")], FOOT)
    assert str(wrong.value) == "The document could not be set (status 3)." and wrong.value.__cause__ is None


def test_one_that_takes_for_ever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "press.py"
    script.write_text("import sys\nsys.stdin.buffer.read()\nimport time\ntime.sleep(30)\n")
    monkeypatch.setattr(pdf, "PRESS", script)
    monkeypatch.setattr(pdf, "LONGEST", 0.3)
    with pytest.raises(CannotPrint, match="longer than"):
        pdf.pdf([filled(form("survey"), fukushi(), "つなぎ市")], FOOT)


def test_without_the_font_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glyphs, "find_spec", lambda name: None if name == glyphs.FONT else util.find_spec(name))
    glyphs.font_folder.cache_clear()
    with pytest.raises(CannotPrint, match="pip install manimgx-fonts-cjk"):
        glyphs.font_folder()
    glyphs.font_folder.cache_clear()


def test_the_page_says_so_and_nothing_is_kept(
    shell: Shell, broken: None, make_staff: MakeStaff, new_browser: NewBrowser
) -> None:
    settle_home(shell, 1)
    make_staff("hanako")
    browser = new_browser("hanako").open("/console/exports")
    browser.send("/console/exports", what="survey", format="pdf", status="open")
    assert browser.status == 500 and browser.has("PDFを作れませんでした。")
    assert not browser.open("/console/exports").has("作った帳票")


def test_long_work_ends_as_failed(shell: Shell, broken: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    staff = account(shell)
    for number in (1, 2):
        settle_home(shell, number)
    made = exports.begin(shell, staff, Order("record", "pdf"))
    while run_slice(shell, {exports.KIND: exports.export_some}):
        pass
    with shell.engine.connect() as c:
        row = jobs.find(c, TENANT, made)
    assert row is not None and (row["state"], row["error"]) == ("failed", "console.forms.cannot_print")


def test_every_paper_says_what_it_may_be_used_for(shell: Shell) -> None:
    """PR-11: purpose and requester stand on it."""
    setting = making.Setting("つなぎ市", "佐藤 花", shell.clock())
    assert "被災者支援以外の目的に使わない" in setting.foot.text and "佐藤 花" in setting.foot.text
