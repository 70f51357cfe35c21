"""The planner: what differs, what to do about it, in which order, and what it costs. Pure code."""
