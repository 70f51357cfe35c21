"""Complete what is on record: the addresses that the ledger of a spec's service knows, without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reconciler.ledger.names import service_name
from reconciler.ledger.read import read_ledger
from reconciler.operations.edges.spec_files import read_files
from reconciler.operations.edges.state import store_here
from reconciler.spec.read import read_spec


def recorded(root: Path, *, parts: bool = False) -> Iterator[str]:
    """The addresses on record for the service of the spec below `root`, or those of all parts of them.

    Of a git reference it is what this clone knows. Raises UsageError where there is no spec,
    GitUnusable, LedgerDamaged.
    """
    spec = read_spec(read_files(root)).spec
    if spec is None:
        return
    service = service_name(spec.tenant.endpoint, spec.tenant.cloud, spec.tenant.id)
    things = read_ledger(store_here(root, spec, service), service, spec.tenant.id).applied.things
    for address, thing in sorted(things.items()):
        yield from (f"{address}/{key}" for key in sorted(thing.cells)) if parts else (str(address),)
