"""Every kind of long work and the function that does a slice of it."""

from __future__ import annotations

from backend.campaigns.counting import COUNT, count_some
from backend.campaigns.enrol import enrol
from backend.campaigns.service import ENROL
from backend.forms.exports import KIND as EXPORT
from backend.forms.exports import export_some
from backend.jobs.run import Slice
from backend.lists.applying import APPLY, apply_some
from backend.lists.checking import CHECK, check_some
from backend.lists.finding import FIND, find_some
from backend.matching.propose import MATCH, match_some
from backend.overview import figures
from backend.programs.editing import preview
from backend.programs.recompute import REASSESS
from backend.programs.slices import reassess_some

SLICES: dict[str, Slice] = {EXPORT: export_some, CHECK: check_some, APPLY: apply_some, FIND: find_some, MATCH: match_some, ENROL: enrol, COUNT: count_some, REASSESS: reassess_some, preview.KIND: preview.look_at_some, figures.KIND: figures.count_some}
