"""The directory audit log: who changed what, and when."""
