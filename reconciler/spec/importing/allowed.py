"""What the rules forbid of a draft is left unmanaged, rule by rule, until the spec validates; nothing is hidden.

A live tenant may break a rule: an agent outside all groups, a group of two, two apps on one connector. The finding is
reported and stands as a comment where the spec leaves the field out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from msgspec.structs import replace

from reconciler.model.address import Address
from reconciler.model.cells import UNMANAGED, Value
from reconciler.model.finding import Finding, Severity, in_order
from reconciler.model.mappings import DesiredMapping
from reconciler.model.spec import Profile, Spec
from reconciler.model.states import DesiredState
from reconciler.policy.profiles import BUILT_IN
from reconciler.policy.rules.registry import judge
from reconciler.spec.importing.draft import Draft

SINGLE = "single-agent"
"""The profile that an import gives a group of one agent: no built-in one asks for as little."""

_TWO = "scim-two-active"


def allowed(draft: Draft, spec: Spec) -> tuple[Spec, tuple[Finding, ...]]:
    """The spec with what it may say of the draft's things, and the findings that made it say less, as warnings.

    `spec` is what there is already; the draft is changed to what may be said.
    """
    found: list[Finding] = []
    while True:
        whole = _joined(draft, spec)
        broken = [
            finding
            for finding in judge(whole)
            if finding.severity is Severity.ERROR and Address.parse(finding.address).thing in draft.things
        ]
        if not broken:
            return whole, in_order(replace(finding, severity=Severity.WARNING) for finding in found)
        # One finding for each thing at a time: what it leaves out may be what the next one is about.
        for address, finding in {Address.parse(finding.address).thing: finding for finding in broken}.items():
            _RELAX.get(finding.rule, _leave_out)(draft, address, finding)
            found.append(finding)


def _joined(draft: Draft, spec: Spec) -> Spec:
    desired = DesiredState({**spec.desired.things, **draft.things})
    used = {cell.value for thing in draft.things.values() if isinstance(cell := thing.cells.get("availability"), Value)}
    profiles = {**spec.policy.profiles, SINGLE: Profile(SINGLE)} if SINGLE in used else spec.policy.profiles
    return replace(spec, desired=desired, policy=replace(spec.policy, profiles=profiles))


def _say(finding: Finding) -> str:
    return f"{finding.rule}: {finding.message}. {finding.hint[:1].upper()}{finding.hint[1:]}."


def _leave_out(draft: Draft, address: Address, finding: Finding) -> None:
    """Leave a whole thing out."""
    del draft.things[address]
    draft.whole.extend((*draft.remarks.pop(address, ()), f"{finding.rule}: {finding.message}, so it is left out."))


def _without(*keys: str) -> Callable[[Draft, Address, Finding], None]:
    """Leave these fields unmanaged; the whole thing where nothing else is said of it."""

    def relax(draft: Draft, address: Address, finding: Finding) -> None:
        before = draft.things[address]
        draft.drop(address, *keys)
        if draft.things[address] == before or not draft.things[address].cells:
            draft.things[address] = before
            _leave_out(draft, address, finding)
        else:
            draft.remark(address, f"{' and '.join(keys)} left unmanaged. {_say(finding)}")

    return relax


def _lower_profile(draft: Draft, address: Address, finding: Finding) -> None:
    """Give a group the profile that fits the agents it has; one of none is left without members."""
    thing = draft.things[address]
    members = thing.cells.get("agents", UNMANAGED)
    count = len(members.value) if isinstance(members, Value) and isinstance(members.value, frozenset) else 0
    name = _TWO if count >= BUILT_IN[_TWO].min_declared else SINGLE
    if not count or thing.cells.get("availability") == Value(name) or (name == SINGLE and not draft.may_define):
        _without("agents", "availability")(draft, address, finding)
        return
    draft.add(address, {**thing.cells, "availability": Value(name)}, [f"Lower than the policy asks. {_say(finding)}"])


def _without_attribute(draft: Draft, address: Address, finding: Finding) -> None:
    """Leave one attribute of a mapping unmanaged."""
    part = Address.parse(finding.address).part
    cells = draft.things[address].cells
    key = next(key for key in cells if part.startswith(f"{key}/"))
    mapping = cast("Value[DesiredMapping]", cells[key])
    left = {name: each for name, each in mapping.value.attributes.items() if part != f"{key}/{name}"}
    remark = f"{part} left unmanaged. {_say(finding)}"
    draft.add(address, {**cells, key: replace(mapping, value=replace(mapping.value, attributes=left))}, [remark])


_RELAX: Mapping[str, Callable[[Draft, Address, Finding], None]] = {
    "EPR001": _without("group", "resource"),
    "EPR003": _lower_profile,
    "EPR006": _without("connector"),
    "EPR007": _without("connector"),
    "EPR010": _without_attribute,
    "EPR026": _without("agents"),
}
