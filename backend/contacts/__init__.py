"""What was tried to reach a household, by whom, and what came of it."""
