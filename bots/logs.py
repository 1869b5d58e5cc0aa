"""The log that LINE asks its bots to keep, since LINE gives none out: calls and webhooks, without bodies or people.

One file a month and process, `<data dir>/log/<part>-2026-11.log`. Source: LINE development guidelines, "Saving logs".
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import IO

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
AT_ONCE = 50
"""Lines a second that are written at once; in a surge they go out together, once a second."""


class Monthly(logging.Handler):
    """Appends to the file of the record's month."""

    def __init__(self, folder: Path, part: str) -> None:
        super().__init__()
        self._folder, self._part = folder, part
        self._month, self._second, self._written = "", 0, 0
        self._file: IO[str] | None = None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
            second = int(record.created)
            if second != self._second:
                self._second, self._written = second, 0
                self._open(time.strftime("%Y-%m", time.gmtime(second)))
                self.flush()
            if self._file is not None:
                self._file.write(line + "\n")
            self._written += 1
            if self._written < AT_ONCE or record.levelno >= logging.WARNING:
                self.flush()
        except Exception:
            self.handleError(record)

    def _open(self, month: str) -> None:
        if month != self._month:
            self.close_file()
            self._file = (self._folder / f"{self._part}-{month}.log").open("a", encoding="utf-8", buffering=1 << 16)
            self._month = month

    def flush(self) -> None:
        if self._file is not None and not self._file.closed:
            self._file.flush()

    def close_file(self) -> None:
        if self._file is not None:
            self._file.close()

    def close(self) -> None:
        self.close_file()
        super().close()


class _Utc(logging.Formatter):
    """A line that begins with the second in UTC, spelled out once a second."""

    _second, _spelled = 0, ""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        second = int(record.created)
        if second != self._second:
            self._second, self._spelled = second, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))
        return self._spelled


def keep(data_dir: Path, part: str) -> Monthly:
    """Keep what `tsunagi.*` says from INFO on and our own modules from WARNING on, in UTC; warnings are also printed."""
    # What no line of ours says need not be found out for each: half the time of a line (Python's own "Optimization").
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    handler = Monthly(data_dir / "log", part)
    handler.setFormatter(_Utc(FORMAT))
    aloud = logging.StreamHandler()
    aloud.setLevel(logging.WARNING)
    aloud.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    for name, level in (("tsunagi", logging.INFO), ("backend", logging.WARNING), ("bots", logging.WARNING)):
        ours = logging.getLogger(name)
        ours.setLevel(level)
        ours.addHandler(handler)
        ours.addHandler(aloud)
        ours.propagate = False
    return handler
