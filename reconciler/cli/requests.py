"""From the words of the command line to what a run is asked to do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reconciler.errors import UsageError
from reconciler.model.address import Address
from reconciler.model.fields import Surface
from reconciler.model.reviewed import Reviewed
from reconciler.operations.run import Request


def request_of(
    root: Path,
    *,
    endpoint: str | None,
    surfaces: Iterable[str],
    time_limit: float,
    acknowledged: Iterable[str] = (),
    reviewed: Reviewed | None = None,
) -> Request:
    """What a run is asked to do. Raises UsageError for an address that is none."""
    return Request(
        root,
        endpoint or "",
        frozenset(Surface(surface) for surface in surfaces),
        time_limit,
        tuple(_address(text) for text in acknowledged),
        reviewed,
    )


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise UsageError(
            f"--ack {text}: this is no address", hint="an address is KIND/KEY, such as group/hr"
        ) from error
