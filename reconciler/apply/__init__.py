"""Carry a plan out: execute, confirm, recover. What it needs of the outside world stands in `ports`."""
