"""httpx without its command line, which nobody here calls and which takes a third of its import.

`httpx/__init__` imports that part where it can and does without where it cannot; an entry of None says that it cannot.
"""

from __future__ import annotations

import sys
from typing import cast

_COMMAND_LINE = "httpx._main"

if _COMMAND_LINE in sys.modules:
    import httpx
else:
    cast("dict[str, object]", sys.modules)[_COMMAND_LINE] = None
    try:
        import httpx
    finally:
        del sys.modules[_COMMAND_LINE]

__all__ = ["httpx"]
