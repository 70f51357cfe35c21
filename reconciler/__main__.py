"""The door of `reconciler` and of `python -m reconciler`, where Ctrl-C is calm from the first import to the end."""

import signal
import sys
from typing import NoReturn

INTERRUPTED = 130
"""The exit code as `reconciler.errors` has it, which is not imported yet."""


def main() -> NoReturn:
    """Run the command line and leave the process with the exit code that tells what happened."""
    try:
        from reconciler.cli.main import main as run  # noqa: PLC0415 - it takes a while, and Ctrl-C may come

        code = run()
    except KeyboardInterrupt:
        sys.stderr.write("reconciler: interrupted\n")
        code = INTERRUPTED
    # There is nothing left to stop, and no calm way to say so while the interpreter takes itself down.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


if __name__ == "__main__":
    main()
