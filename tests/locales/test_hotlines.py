"""The numbers to call: only what was checked, never longer than half a year, and never nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from backend.hotlines import LONGEST, PATH, BadHotline, Hotlines
from backend.words import Catalogues
from dialogs.core.words import Text

LINES = Hotlines.load()
CHECKED = min(entry.checked_on for entry in LINES.entries)
TOPICS = {topic for entry in LINES.entries for topic in entry.topics}


def test_every_number_was_checked_and_says_where() -> None:
    for entry in LINES.entries:
        assert entry.source and entry.checked_by
        assert timedelta() < entry.expires_on - entry.checked_on <= LONGEST


def test_what_is_shown_was_read_in_a_source() -> None:
    for topic in TOPICS:
        assert all(entry.confidence == "S" for entry in LINES.for_topic(topic, CHECKED))


def test_expired_numbers_are_hidden_and_119_and_110_stay() -> None:
    long_after = CHECKED + timedelta(days=400)
    for topic in TOPICS:
        assert [entry.number for entry in LINES.for_topic(topic, long_after)] == ["119", "110"]
    assert {line.split()[0] for line in LINES.due(long_after)} == {entry.id for entry in LINES.entries if not entry.always}


def test_what_is_due_is_said_a_month_before() -> None:
    assert LINES.due(CHECKED) == []
    soon = LINES.due(CHECKED + timedelta(days=160))
    assert soon and all("expires on" in line for line in soon)


def test_a_crisis_text_shows_them_in_the_persons_language() -> None:
    words = Catalogues.load(clock=lambda: datetime(CHECKED.year, CHECKED.month, CHECKED.day, tzinfo=UTC))
    assert "よりそいホットライン 0120-279-338（24時間・無料" in words.render(Text("crisis.orange.self_harm"), "ja")
    assert "Yorisoi Hotline" in words.render(Text("crisis.orange.self_harm"), "en")
    late = Catalogues.load(clock=lambda: datetime(CHECKED.year + 2, 1, 1, tzinfo=UTC))
    expired = late.render(Text("crisis.orange.self_harm"), "ja")
    assert "0120" not in expired
    assert "救急・火事 119" in expired


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"expires_on": date(2030, 1, 1)}, "at most 180 days"),
        ({"number": 189}, "must be quoted"),
        ({"label": {"ja": "名前"}}, "label needs ja and en"),
        ({"checked_on": "yesterday"}, "checked_on is not a date"),
        ({"source": None}, ""),
    ],
)
def test_an_entry_that_cannot_be_used(tmp_path: Path, change: dict[str, object], why: str) -> None:
    data = yaml.safe_load(PATH.read_text())
    if change.get("source", "") is None:
        del data[-1]["source"]
        why = "source is missing"
    else:
        data[-1].update(change)
    path = tmp_path / "hotlines.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True))
    with pytest.raises(BadHotline, match=why):
        Hotlines.load(path)
