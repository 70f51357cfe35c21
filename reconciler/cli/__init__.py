"""The command line: a verb is its options, one operation, and a renderer."""

from reconciler.cli.main import main

__all__ = ["main"]
