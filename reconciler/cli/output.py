"""Where results go: stdout for results, stderr for progress, each with what its stream can show."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TextIO

from reconciler.report.terminal import Terminal, terminal


def stream_terminal(stream: TextIO, color: str) -> Terminal:
    """What a stream can show, with the colour that `--color` asks for."""
    is_terminal = stream.isatty()
    columns = shutil.get_terminal_size((0, 0)).columns if is_terminal else 0
    return terminal(color, os.environ, is_terminal=is_terminal, columns=columns)


def write(text: str) -> None:
    """Write a result to stdout, as it is."""
    sys.stdout.write(text)


def note(text: str) -> None:
    """Write a line of progress or a message to stderr."""
    sys.stderr.write(text if text.endswith("\n") else f"{text}\n")
