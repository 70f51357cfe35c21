"""The emulator as a service of its own: serve it, fill a database with a seed, put a database back to its seed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.errors import ReconcilerError, UsageError
from reconciler.operations.edges.emulator_host import Wanted, fill, put_back, serve_on

__all__ = ["Wanted", "reset_database", "seed_database", "serve"]

IN_MEMORY = ":memory:"


def serve(port: int, db: Path | None, seed: Path | None, wanted: Wanted) -> None:
    """Serve until a signal comes; the first line on stdout says where. Raises ReconcilerError and UsageError."""
    with _worded(db):
        serve_on(port, db or IN_MEMORY, seed, wanted)


def seed_database(seed: Path, db: Path) -> None:
    """Fill a new database with a seed. Raises UsageError where the database holds a tenant already."""
    with _worded(db):
        filled = fill(seed, db)
    if not filled:
        raise UsageError(
            f"{db} holds a tenant already", hint="`reconciler emulator reset` puts it back, or name a new file"
        )


def reset_database(db: Path) -> None:
    """Put a database back to the seed that it was filled with. Raises UsageError where there is none."""
    if not db.is_file():
        raise UsageError(f"there is no database {db}", hint="`reconciler emulator seed FILE --db DB` makes one")
    with _worded(db):
        put_back(db)


@contextmanager
def _worded(db: Path | None) -> Iterator[None]:
    """What goes wrong below, in one line that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise ReconcilerError(f"the database {db or IN_MEMORY} cannot be used: {error}") from error
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        raise ReconcilerError(f"the emulator cannot run: {named}{error.strerror or error}") from error
