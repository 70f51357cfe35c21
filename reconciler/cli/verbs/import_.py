"""`reconciler import [DIR]`: write the spec of what a tenant holds."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.asked import Asked
from reconciler.cli.verbs.examples import with_examples
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.model.spec import Tenant
    from reconciler.operations.importing import Imported

_ID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_SURFACE = click.Choice(["topology", "apps"])
_MOST_NAMES = 20
"""Files of one folder that are named one by one."""

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@click.command(
    "import",
    epilog=with_examples(
        "reconciler import contoso --tenant 7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10",
        "reconciler import contoso --update --app 'HR master data (SQL)'",
    ),
)
@click.option("--tenant", metavar="ID", help="The tenant's id; a new spec needs it.")
@click.option("--name", metavar="NAME", help="The tenant's name in the spec; DIR's unless given.")
@click.option("--app", "apps", metavar="NAME", multiple=True, help="Only this app, by name or id; repeatable.")
@click.option("--all", "everything", is_flag=True, help="Every app that offers provisioning, in the cloud too.")
@click.option("--match-resources", is_flag=True, help="Give an app the published resource of its name.")
@click.option("--update", is_flag=True, help="Add what DIR's spec lacks; of --app its fields too.")
@click.option("--seed", metavar="FILE", help="What --endpoint emulator holds at first, below DIR.")
@options.asking(
    options.directory,
    click.option("--endpoint", metavar="URL", help="graph (the default), emulator or a URL."),
    click.option(
        "--surface", "surfaces", metavar="NAME", multiple=True, type=_SURFACE, help="Only topology, or only apps."
    ),
    options.time_limit,
    options.color,
    *options.quiet_or_verbose,
)
def command(
    asked: Asked,
    tenant: str | None,
    name: str | None,
    apps: tuple[str, ...],
    everything: bool,
    match_resources: bool,
    update: bool,
    seed: str | None,
) -> int:
    """Write the spec of what a tenant holds. The service is only read.

    Exit codes: 0 done, 1 error, 7 something could not be read, 64 wrong usage.
    """
    from reconciler.cli.output import note_findings, plain_lines
    from reconciler.model.fields import Surface
    from reconciler.operations.importing import ImportRequest, import_tenant
    from reconciler.report.terminal import escape

    if apps and everything:
        raise UsageError("--app and --all exclude each other")
    if update and (tenant or name or seed or asked.endpoint):
        raise UsageError("--update asks the tenant that the spec names", hint="leave out --tenant, --name and the like")
    request = ImportRequest(
        asked.directory,
        None if update else _tenant(asked, tenant, name, seed or ""),
        frozenset(Surface(surface) for surface in asked.surfaces),
        apps,
        everything,
        match_resources,
        asked.time_limit,
    )
    imported = asyncio.run(import_tenant(request, plain_lines(asked.telling)))
    note_findings(imported.findings, asked.telling)
    for line in _told(imported, asked.directory, update=update):
        click.echo(escape(line))
    return imported.exit_code


def _tenant(asked: Asked, tenant_id: str | None, name: str | None, seed: str) -> Tenant:
    """The tenant that a new spec names. Raises UsageError."""
    from reconciler.model.spec import Tenant
    from reconciler.spec.importing.keys import slug

    if tenant_id is None or not _ID.fullmatch(tenant_id):
        raise UsageError("a new spec names its tenant", hint="give its id: --tenant 7f3c1d52-6a0e-4a57-…")
    called = name or slug(asked.directory.resolve().name)[0] or "tenant"
    if not _KEY.fullmatch(called):
        raise UsageError(f"--name {called}: a name has letters, digits, '.', '_' and '-'")
    return Tenant(called, tenant_id, asked.endpoint or "graph", seed=seed)


def _told(imported: Imported, directory: Path, *, update: bool) -> Iterator[str]:
    """What was written, and what to do next."""
    from reconciler.model.address import Kind
    from reconciler.model.words import counted

    nouns = {Kind.CONNECTOR_HOST: "connector host", Kind.UPDATER: "updater configuration"}
    yield from _files(imported.files)
    for filled in imported.filled:
        said = f"now says {', '.join(filled.fields)}" if filled.fields else "said all of it that can be said before"
        yield f"{filled.address} was in the spec, which {said}."
        yield from (f"  {remark}" for remark in filled.remarks)
    things = ", ".join(
        counted(number, nouns.get(kind, kind.value)) for kind, number in imported.counts.items() if number
    )
    if things:
        remarks = counted(imported.left, "remark")
        unsaid = f" {remarks} in the files on what is left unmanaged, and why." if imported.left else ""
        yield f"Imported {things}.{unsaid}"
    if imported.files:
        where = "" if directory == Path() else f" {directory}"
        promise, which = ("has none of this in it", "next") if update else ("is empty", "first")
        yield (
            f"Next: reconciler plan{where}, which {promise}; the {which} apply puts all of it on record and changes "
            "nothing."
        )
    elif not imported.filled:
        yield "Nothing to import: the service holds nothing that the spec does not have, or no app on premises (--all)."


def _files(names: Iterable[str]) -> Iterator[str]:
    """The files of an import; of a folder with many of them the number."""
    folders: dict[str, list[str]] = {}
    for name in names:
        folders.setdefault(name.rpartition("/")[0], []).append(name)
    for folder, inside in folders.items():
        yield from inside if len(inside) <= _MOST_NAMES else [f"{folder}/ ({len(inside)} files)"]
