"""`reconciler publish comment|issue|reviewed`: reports at GitHub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.cli.verbs.examples import with_examples

if TYPE_CHECKING:
    from reconciler.forge.publish import Published

Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(path_type=Path, dir_okay=False)
_file = click.option("--file", metavar="FILE", type=_FILE, required=True, help="The markdown to publish.")
_number = click.option("--number", metavar="N", type=click.IntRange(min=1), help="The pull request.")


def _target(verb: Command) -> Command:
    """The options that say where to publish and what is ours."""
    for option in (
        click.option(
            "--time-limit",
            metavar="SECONDS",
            type=click.FloatRange(min=1),
            default=300.0,
            show_default=True,
            help="Give up after this long, waits for GitHub's rate limits included.",
        ),
        click.option("--repository", metavar="OWNER/NAME", help="Instead of GITHUB_REPOSITORY."),
        click.option(
            "--author",
            metavar="LOGIN",
            default="github-actions[bot]",
            show_default=True,
            help="Whom the token makes write; nobody else's is believed.",
        ),
        click.option("--name", metavar="NAME", default="reconciler", show_default=True, help="Which of ours it is."),
    ):
        verb = option(verb)
    return verb


@click.group(
    "publish",
    subcommand_metavar="VERB [ARGS]...",
    epilog=with_examples(
        "reconciler publish comment --file plan.md --plan plan.json",
        'reconciler publish issue --file drift.md --exit-code "$code"',
    ),
)
def command() -> None:
    """Publish reports at GitHub, in place.

    Repository, pull request and token come from the environment of GitHub Actions: GITHUB_REPOSITORY,
    GITHUB_EVENT_PATH, GITHUB_SHA, GITHUB_API_URL and GITHUB_TOKEN. The token has no option: those are seen by others.
    """


@command.command(
    epilog=with_examples(
        "reconciler publish comment --file plan.md --plan plan.json --name contoso",
        "reconciler publish comment --file findings.md --number 12",
    )
)
@_file
@click.option("--plan", metavar="FILE", type=_FILE, help="The plan that it shows, from `plan --out`.")
@_number
@_target
def comment(
    file: Path,
    plan: Path | None,
    number: int | None,
    name: str,
    author: str,
    repository: str | None,
    time_limit: float,
) -> None:
    """Write one comment in a pull request: made once, then updated in place, with older ones folded below.

    It is found by an invisible marker with its name. With --plan it remembers which plan it shows, for
    `publish reviewed`.
    """
    from reconciler.operations import publishing

    target = publishing.Target(name, author, repository, time_limit)
    _tell("comment", asyncio.run(publishing.comment(target, file, plan, number)))


@command.command(
    epilog=with_examples(
        "reconciler publish issue --file drift.md --exit-code 2 --name contoso",
        'reconciler publish issue --file drift.md --exit-code "$code" --label drift',
    )
)
@_file
@click.option(
    "--exit-code",
    "ended",
    metavar="N",
    type=click.IntRange(0, 255),
    required=True,
    help="What `drift` ended with: 0 closes the issue, anything else keeps it open.",
)
@click.option("--title", metavar="TEXT", help='Of a new issue.  [default: "Drift: NAME"]')
@click.option("--label", metavar="LABEL", default="reconciler", show_default=True, help="Where it is looked for.")
@_target
def issue(
    file: Path,
    ended: int,
    title: str | None,
    label: str,
    name: str,
    author: str,
    repository: str | None,
    time_limit: float,
) -> None:
    """Write one issue: made once, updated in place, closed when all is clean, opened again when it is not."""
    from reconciler.operations import publishing

    target = publishing.Target(name, author, repository, time_limit)
    _tell("issue", asyncio.run(publishing.issue(target, file, title or f"Drift: {name}", label, ended)))


@command.command(
    epilog=with_examples(
        "reconciler publish reviewed --name contoso > reviewed.json",
        "reconciler publish reviewed --number 12",
    )
)
@_number
@_target
def reviewed(number: int | None, name: str, author: str, repository: str | None, time_limit: float) -> None:
    """Print which plan was reviewed: what the comment remembers of it. `apply --expect` takes it.

    Without --number it is the pull request that was merged as GITHUB_SHA.
    """
    import json

    from reconciler.cli.output import write
    from reconciler.model.reviewed import reviewed_to_json
    from reconciler.operations import publishing

    target = publishing.Target(name, author, repository, time_limit)
    found = asyncio.run(publishing.reviewed(target, number))
    write(json.dumps(reviewed_to_json(found), indent=2) + "\n")


def _tell(what: str, published: Published) -> None:
    from reconciler.report.terminal import escape

    where = f": {escape(published.url)}" if published.url else ""
    click.echo(f"{what} {published.done.value}{where}")
