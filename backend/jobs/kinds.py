"""Every kind of long work and the function that does a slice of it."""

from __future__ import annotations

from backend.jobs.run import Slice

SLICES: dict[str, Slice] = {}
