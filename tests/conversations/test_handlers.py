"""Every effect has exactly one handler, and none is left over."""

from backend.conversations.handlers import HANDLERS
from dialogs.core.effects import ALL_EFFECTS


def test_every_effect_has_exactly_one_handler() -> None:
    assert set(HANDLERS) == set(ALL_EFFECTS)
    assert len(set(HANDLERS.values())) == len(ALL_EFFECTS)
