"""What the rules on clashing names share: two things of one kind that claim one name, compared without case."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.policy.rules.reading import Named, clashes, names, related


def name_clashes(spec: Spec, rule: Rule, kind: Kind, key: str, *, hint: str, id_key: str = "") -> Iterator[Finding]:
    """A finding for each thing whose name an earlier one has; those with an id of their own are told apart by it."""
    claims = ((named.name.lower(), named) for named in names(spec, kind, key) if not _has_id(spec, named, id_key))
    for first, later in clashes(claims):
        field = key.removeprefix("resource.")
        yield rule.finding(
            f"{later.address} and {first.address} have one {field}",
            address=str(later.address),
            place=later.place,
            related=related(first.place, f"{first.address} has it here"),
            found=later.name,
            expected=f"a {field} that no other {kind.value} has, upper and lower case aside",
            hint=hint,
        )


def _has_id(spec: Spec, named: Named, id_key: str) -> bool:
    return bool(id_key and spec.desired.text(named.address, id_key))
