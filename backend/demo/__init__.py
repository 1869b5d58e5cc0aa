"""The demonstration municipality: invented people in an invented town, marked as such everywhere."""

from backend.demo.seed import seed_demonstration

__all__ = ["seed_demonstration"]
