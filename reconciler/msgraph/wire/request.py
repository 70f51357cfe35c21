"""One call to the service, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from reconciler.model.fields import Surface
from reconciler.model.secret import SecretText

Body = None | bool | int | float | str | SecretText | Sequence["Body"] | Mapping[str, "Body"]
"""JSON in which a secret is still masked; only the layer that sends reveals it."""


BATCH = "/$batch"
"""The path at which several calls are sent as one."""


class Request(Struct, frozen=True):
    """A call. `path` starts with `/`, is percent-encoded, stands below the version root and may carry a query.

    `surface` decides whose token is sent. `repeatable` is False where sending it twice could do a thing twice.
    """

    method: str
    path: str
    surface: Surface
    body: Body = None
    repeatable: bool = True

    @property
    def is_read(self) -> bool:
        """Whether the call changes nothing, so that it may stand in a batch and be repeated at will."""
        return self.method == "GET"
