"""What a municipality reports of its work, in numbers alone."""
