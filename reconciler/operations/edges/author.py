"""Who runs the program, for the journal: the person whom a pipeline names, with its run, or the account here."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Mapping

from msgspec import Struct


class Pipeline(Struct, frozen=True):
    """A pipeline: the variable that shows it, the one that names the person, and those that a run's URL is made of."""

    shown_by: str
    person: str
    run: str
    parts: tuple[str, ...]


PIPELINES = (
    Pipeline(
        "GITHUB_ACTIONS",
        "GITHUB_ACTOR",
        "{}/{}/actions/runs/{}",
        ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"),
    ),
    Pipeline("GITLAB_CI", "GITLAB_USER_LOGIN", "{}", ("CI_JOB_URL",)),
    Pipeline(
        "TF_BUILD",
        "BUILD_REQUESTEDFOR",
        "{}{}/_build/results?buildId={}",
        ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_BUILDID"),
    ),
)


def who(environment: Mapping[str, str]) -> str:
    """`ada, https://…/runs/7` in a pipeline that says both, else `ada on host-a`."""
    for pipeline in PIPELINES:
        if environment.get(pipeline.shown_by):
            person = environment.get(pipeline.person) or "a pipeline"
            parts = [environment.get(part, "") for part in pipeline.parts]
            return f"{person}, {pipeline.run.format(*parts)}" if all(parts) else person
    try:
        account = getpass.getuser()
    except (KeyError, OSError):  # A container may run under a number that has no name.
        account = "somebody"
    return f"{account} on {socket.gethostname()}"
