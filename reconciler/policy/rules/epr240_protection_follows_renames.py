"""EPR240: what is protected stays protected under its new key."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Address
from reconciler.model.cells import UNMANAGED, Value
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec

RULE = Rule(
    "EPR240",
    "What is protected stays protected under its new key",
    "`policy.protect` names things by key. A rename that leaves the old key there would quietly end the protection.",
)


def check(spec: Spec) -> Iterator[Finding]:
    """Things that were protected under their previous key and are not under their own."""
    for thing in spec.desired.things.values():
        match thing.cells.get("previously.key", UNMANAGED):
            case Value(str() as key, place):
                before = Address(thing.address.kind, key)
                if before in spec.policy.protect and thing.address not in spec.policy.protect:
                    yield RULE.finding(
                        f"{thing.address} was protected as {before}, and is not any more",
                        address=str(thing.address),
                        place=place or thing.place,
                        found=f"policy.protect names {before}",
                        expected=f"policy.protect names {thing.address}",
                        hint=f"write {thing.address} in `policy.protect`",
                        suggestion=str(thing.address),
                    )
