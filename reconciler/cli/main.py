"""The entry point: finds the verb, runs it, and turns every error into one calm message and its exit code."""

from __future__ import annotations

import gc
import io
import os
import sys

import click

from reconciler import __version__
from reconciler.cli.verbs import VERBS, VerbGroup
from reconciler.errors import ExitCode, ReconcilerError, Refused, Unreadable

DEBUG = "RECONCILER_DEBUG"
"""The environment variable that lets a fault of the program itself end in a traceback."""


@click.group(
    cls=VerbGroup,
    verbs=VERBS,
    options_metavar="[-h | --version]",
    subcommand_metavar="VERB [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="GitOps for Microsoft Entra on-premises application provisioning.",
    epilog="DIR is the spec's directory, else the working one. VERB --help has examples.",
)
@click.version_option(__version__, message="reconciler %(version)s")
def program() -> None:
    """The program's group of verbs."""


def main() -> int:
    """Run the command line of this process and give the exit code that tells what happened."""
    # One short run leaves little garbage; collecting it early costs a third of the time that reading JSON takes.
    gc.set_threshold(200_000, 50, 50)
    for name in ("stdout", "stderr"):
        # A caller may have closed the stream, which Python then sets to None.
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        # A pipe of another encoding, as Windows makes them, must not end the program over an arrow or a name.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    return run(sys.argv[1:])


def run(arguments: list[str]) -> int:
    """Run the command line on these arguments and give its exit code; nothing but the code escapes."""
    try:
        code = program.main(arguments, prog_name="reconciler", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.ClickException as error:
        _say(error.format_message(), _usage_hint(error))
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        return ExitCode.INTERRUPTED
    except ReconcilerError as error:
        _note(error)
        _say(error.message, error.hint)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output went away, as `head` does: nothing more to say, and nowhere to say it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except OSError as error:
        _say(*_refusal(error))
        return ExitCode.ERROR
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        _say(
            f"this is a fault of the program: {type(error).__name__}: {error}",
            f"{DEBUG}=1 shows where; please report it",
        )
        return ExitCode.ERROR
    return int(code or ExitCode.DONE)


def _usage_hint(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"try `{context.command_path} --help`" if context else ""


def _refusal(error: OSError) -> tuple[str, str]:
    """What the system refused, of which file where it says so, and what to look at."""
    reason = error.strerror or str(error)
    if isinstance(error.filename, str | bytes):
        return f"the system refused {os.fsdecode(error.filename)}: {reason}", "check who may use it"
    return f"the system refused: {reason}", "is the disk full, or the output closed?"


def _note(error: ReconcilerError) -> None:
    """Write the findings that an error carries, before the line that sums them up."""
    if isinstance(error, Refused | Unreadable):
        from reconciler.cli.asked import Telling
        from reconciler.cli.output import note_findings

        note_findings(error.findings, Telling(), error.sources if isinstance(error, Refused) else {})


def _say(message: str, hint: str = "") -> None:
    """Write a message, whose names may come from the service: line by line, so that none can paint the terminal."""
    from reconciler.report.terminal import escape

    for line in f"reconciler: {message}".split("\n"):
        click.echo(escape(line), err=True)
    if hint:
        click.echo(f"  hint: {escape(hint)}", err=True)
