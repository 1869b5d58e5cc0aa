"""How an error is named in a log."""

from __future__ import annotations


def where(error: BaseException) -> str:
    """Type and place of an error, never its message: that may quote a person (PR-10)."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"
