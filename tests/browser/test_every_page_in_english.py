"""Every page of the console in English: what `test_every_page.py` does in Japanese."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.everything import everything
from tests.browser.looking import faults_everywhere, lookers

pytestmark = pytest.mark.browser


def test_everybody_can_read_every_page_in_english(chrome: Any, tmp_path: Path) -> None:
    with everything(tmp_path, chrome) as console:
        assert faults_everywhere(console, lookers(console), "en") == []
