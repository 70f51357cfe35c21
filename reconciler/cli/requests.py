"""From the words of the command line to what a run is asked to do."""

from __future__ import annotations

from reconciler.cli.asked import Asked
from reconciler.errors import UsageError
from reconciler.model.address import Address
from reconciler.model.endpoint import is_endpoint
from reconciler.model.fields import Surface
from reconciler.model.reviewed import Reviewed
from reconciler.operations.run import Request


def request_of(asked: Asked, *, reviewed: Reviewed | None = None) -> Request:
    """What a run is asked to do. Raises UsageError for an address or an endpoint that is none."""
    return Request(
        asked.directory,
        _named(asked.endpoint),
        frozenset(Surface(surface) for surface in asked.surfaces),
        asked.time_limit,
        tuple(address_of(text, "--ack") for text in asked.acknowledged),
        reviewed,
    )


def _named(endpoint: str | None) -> str:
    if endpoint and not is_endpoint(endpoint):
        raise UsageError(f"{endpoint} is no endpoint", hint="emulator, graph, or a URL such as http://127.0.0.1:8080")
    return endpoint or ""


def thing_of(text: str) -> Address:
    """The address of a whole thing. Raises UsageError for one that is none, or of a part."""
    address = address_of(text)
    if address.part:
        raise UsageError(f"{text} is a part of a thing", hint=f"give the whole: {address.thing}")
    return address


def address_of(text: str, option: str = "") -> Address:
    """An address as it was given, to an option or alone. Raises UsageError for one that is none."""
    try:
        return Address.parse(text)
    except ValueError as error:
        raise UsageError(
            f"{option} {text}: this is no address".lstrip(), hint="an address is KIND/KEY, such as group/hr"
        ) from error
