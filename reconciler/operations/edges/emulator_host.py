"""Runs the emulator on a port or over a database file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct, field

from reconciler.emulator.app import create
from reconciler.emulator.seed import SeedError, moment
from reconciler.emulator.serve import run
from reconciler.emulator.start import Start
from reconciler.emulator.store import Store
from reconciler.emulator.world import WrongFormat
from reconciler.errors import ReconcilerError, UsageError

_SEED_HINT = "`reconciler schema seed` says what a seed can have"


class Wanted(Struct, frozen=True):
    """What the command line says over seed and database, as its words: `Start` says what each means."""

    switches: Mapping[str, str | float] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    clock: str = ""
    tls: bool = False
    authority: Path | None = None
    """The file for the certificate to trust, with TLS; None makes one that is gone at the end."""

    @property
    def start(self) -> Start:
        """What it comes to. Raises ValueError for a clock that is no moment."""
        return Start(self.switches, self.faults, self.down, moment(self.clock) if self.clock else None)


def serve_on(port: int, db: Path | str, seed: Path | None, wanted: Wanted) -> None:
    """Serve on loopback until a signal comes.

    Raises ReconcilerError for a seed that cannot be used, and UsageError for what cannot be wanted.
    """
    try:
        with _authority(wanted) as authority:
            run(port, db, seed, wanted.start, authority=authority)
    except ValueError as error:
        raise UsageError(str(error), hint="docs/reference/emulator.md lists switches and fault rules") from error
    except SeedError as error:
        raise ReconcilerError(str(error), hint=_SEED_HINT) from error
    except WrongFormat as error:
        raise ReconcilerError(f"{db}: {error}") from error


@contextmanager
def _authority(wanted: Wanted) -> Iterator[Path | None]:
    """The file that the certificate to trust is written to, for the time of the block; None without TLS."""
    if wanted.authority or not wanted.tls:
        yield wanted.authority
        return
    with TemporaryDirectory(prefix="reconciler-") as folder:
        yield Path(folder) / "emulator-ca.pem"


def fill(seed: Path, db: Path) -> bool:
    """Fill a database with a seed; False where it holds a tenant already."""
    store = Store(db)
    empty = store.is_empty
    store.close()
    if not empty:
        return False
    try:
        create(db, seed).close()
    except SeedError as error:
        raise ReconcilerError(str(error), hint=_SEED_HINT) from error
    return True


def put_back(db: Path) -> None:
    """Put a database back to its seed. Raises ReconcilerError where another version wrote it."""
    try:
        emulator = create(db)
    except WrongFormat as error:
        raise ReconcilerError(f"{db}: {error}") from error
    emulator.world.reset()
    emulator.close()
