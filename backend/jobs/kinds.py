"""Every kind of long work and the function that does a slice of it."""

from __future__ import annotations

from backend.jobs.run import Slice
from backend.programs.recompute import REASSESS
from backend.programs.slices import reassess_some

SLICES: dict[str, Slice] = {REASSESS: reassess_some}
