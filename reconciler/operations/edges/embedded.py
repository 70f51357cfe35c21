"""The emulator inside this process: the same application as the served one, over a database beside the spec."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from reconciler.emulator.app import Emulator, create
from reconciler.emulator.errors import ConnectionDropped
from reconciler.emulator.seed import SeedError
from reconciler.emulator.world import WrongFormat
from reconciler.errors import ReconcilerError
from reconciler.msgraph.transport.asgi import AsgiTransport
from reconciler.operations.edges.state import STATE_FOLDER

DATABASE = "emulator.db"


def embedded_emulator(root: Path, seed: str = "") -> Emulator:
    """The emulator whose database stands beside the spec; `seed`, relative to the root, fills a new one.

    Raises ReconcilerError where the seed or the database cannot be used.
    """
    database = root / STATE_FOLDER / DATABASE
    try:
        database.parent.mkdir(exist_ok=True)
        return create(database, root / seed if seed else None)
    except SeedError as error:
        raise ReconcilerError(str(error), hint="`reconciler schema seed` says what a seed can have") from error
    except WrongFormat as error:
        raise ReconcilerError(f"{database}: {error}") from error
    except OSError as error:
        what = error.filename or database
        raise ReconcilerError(f"the embedded emulator cannot use {what}: {error.strerror or error}") from error
    except sqlite3.Error as error:
        raise ReconcilerError(
            f"the embedded emulator cannot use {database}: {error}", hint=_way_out(error, database)
        ) from error


def _way_out(error: sqlite3.Error, database: Path) -> str:
    """What to do about a database: to take it away helps only where it is none, and loses the service that it holds."""
    if getattr(error, "sqlite_errorcode", 0) & _PRIMARY in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return f"remove {database} to begin with the seed again"
    return "see that the directory and the file may be written, and that the disk has room"


_PRIMARY = 0xFF
"""The part of an extended code of SQLite that says what went wrong."""


@asynccontextmanager
async def embedded(root: Path, seed: str = "") -> AsyncIterator[AsgiTransport]:
    """A transport to the embedded emulator, for the time of the block."""
    emulator = embedded_emulator(root, seed)
    try:
        yield AsgiTransport(emulator, lambda error: isinstance(error, ConnectionDropped))
    finally:
        emulator.close()
