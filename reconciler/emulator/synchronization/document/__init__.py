"""The schema document of a job: its shape, what it may refer to, and what must not change in it."""
