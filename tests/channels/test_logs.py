"""The log of calls and webhooks: a file a month, times in UTC, nothing lost in a surge."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bots import logs


@pytest.fixture
def restored() -> Iterator[None]:
    """Loggers as they were before the test."""
    loggers = [logging.getLogger(name) for name in ("tsunagi", "backend", "bots")]
    before = [(logger.level, logger.propagate, list(logger.handlers)) for logger in loggers]
    yield
    for logger, (level, propagate, handlers) in zip(loggers, before, strict=True):
        for handler in logger.handlers:
            if handler not in handlers:
                handler.close()
        logger.setLevel(level)
        logger.propagate, logger.handlers = propagate, handlers


def record(created: float, message: str, level: int = logging.INFO) -> logging.LogRecord:
    made = logging.LogRecord("tsunagi.line", level, "", 0, message, (), None)
    made.created = created
    return made


def test_calls_are_kept_with_their_time(restored: None, tmp_path: Path) -> None:
    logs.keep(tmp_path, "web")
    logging.getLogger("tsunagi.line").info("call %s %s %s %s", "POST", "/v2/bot/message/push", 200, "req-1")
    logging.getLogger("backend.journal.process").info("too chatty")
    (kept,) = (tmp_path / "log").glob("web-*.log")
    line = kept.read_text(encoding="utf-8")
    assert line.endswith("Z INFO tsunagi.line call POST /v2/bot/message/push 200 req-1\n")


def test_each_month_has_its_file(tmp_path: Path) -> None:
    handler = logs.Monthly(tmp_path, "worker")
    handler.emit(record(1_785_542_399, "last second of July"))
    handler.emit(record(1_785_542_400, "first second of August"))
    handler.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["worker-2026-07.log", "worker-2026-08.log"]


def test_a_surge_is_written_together_and_whole(tmp_path: Path) -> None:
    handler = logs.Monthly(tmp_path, "web")
    for number in range(5000):
        handler.emit(record(1_785_542_400, str(number)))
    path = tmp_path / "web-2026-08.log"
    assert len(path.read_text(encoding="utf-8").splitlines()) < 5000
    handler.emit(record(1_785_542_400, "trouble", logging.WARNING))
    assert len(path.read_text(encoding="utf-8").splitlines()) == 5001
    handler.close()


def test_only_ones_own_account_may_read_it(restored: None, tmp_path: Path) -> None:
    logs.keep(tmp_path, "web")
    assert (tmp_path / "log").stat().st_mode & 0o077 == 0
