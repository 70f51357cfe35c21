"""What can be named as a service: the emulator, Graph, or a URL without credentials, query or fragment."""

from __future__ import annotations

import re

_PORT = r"(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?"
_HOST = r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)"

ENDPOINT = rf"^(emulator|graph|https?://{_HOST}{_PORT}(/[^?#\s\\]*)?)$"
"""The same as in the schema of the spec, for what comes from the command line."""


def is_endpoint(text: str) -> bool:
    """Whether a text names a service."""
    return re.search(ENDPOINT, text) is not None
