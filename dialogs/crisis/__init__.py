"""The crisis check that every free text passes before anything else."""

from dialogs.crisis.detect import Hit, check
from dialogs.crisis.rule import Level, Topic

__all__ = ["Hit", "Level", "Topic", "check"]
