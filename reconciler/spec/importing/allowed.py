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
from reconciler.model.states import Desired, DesiredState, Thing
from reconciler.policy.profiles import BUILT_IN
from reconciler.policy.rules.registry import judge
from reconciler.spec.importing.draft import Draft, Remark
from reconciler.spec.importing.gaps import joined
from reconciler.spec.importing.mappings import short_name

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
    filled = {
        address: Thing(address, joined(said, draft.things[address].cells), spec.desired.things[address].place)
        for address, said in draft.filled.items()
        if address in draft.things
    }
    desired = DesiredState({**spec.desired.things, **draft.things, **filled})
    used = {cell.value for thing in draft.things.values() if isinstance(cell := thing.cells.get("availability"), Value)}
    profiles = {**spec.policy.profiles, SINGLE: Profile(SINGLE)} if SINGLE in used else spec.policy.profiles
    return replace(spec, desired=desired, policy=replace(spec.policy, profiles=profiles))


def _say(finding: Finding) -> str:
    return f"{finding.rule}: {finding.message}. {finding.hint[:1].upper()}{finding.hint[1:]}."


def _leave_out(draft: Draft, address: Address, finding: Finding) -> None:
    """Leave a whole thing out."""
    del draft.things[address]
    texts = [remark.text for remark in draft.remarks.pop(address, ())]
    draft.whole.extend((*texts, f"{finding.rule}: {finding.message}, so it is left out."))


def _without(*keys: str) -> Callable[[Draft, Address, Finding], None]:
    """Leave these fields unmanaged; the whole thing where nothing else is said of it."""

    def relax(draft: Draft, address: Address, finding: Finding) -> None:
        before = draft.things[address]
        draft.drop(address, *keys)
        if draft.things[address] == before or not draft.things[address].cells:
            draft.things[address] = before
            _leave_out(draft, address, finding)
        else:
            draft.remark(address, Remark(f"{' and '.join(keys)} left unmanaged. {_say(finding)}", keys[0]))

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
    remark = Remark(f"Lower than the policy asks. {_say(finding)}", "availability")
    draft.add(address, {**thing.cells, "availability": Value(name)}, [remark])


def _without_attribute(draft: Draft, address: Address, finding: Finding) -> None:
    """Leave one attribute of a mapping unmanaged, in all apps that have this mapping."""
    part = Address.parse(finding.address).part
    key = next(key for key in draft.things[address].cells if part.startswith(f"{key}/"))
    cell = cast("Value[DesiredMapping]", draft.things[address].cells[key])
    target = part.removeprefix(f"{key}/")
    left = _less(cell.value, target)
    name, asked = f"{cell.value.source} mapping", f"{finding.rule} asks for {finding.expected}."
    for app in [app for app in draft.things.values() if _has(app, key, cell.value)]:
        cells = {each: app.cells[each] for each in app.cells if each != key}
        if left is None:
            text = f"The {name} is left unmanaged: it fills nothing but {short_name(target)}. {asked}"
        else:
            text = f"{short_name(target)} of the {name} left unmanaged. {asked}"
            cells[key] = Value(left)
        draft.add(app.address, cells, [Remark(text, key)])


def _has(app: Desired, key: str, mapping: DesiredMapping) -> bool:
    cell = app.cells.get(key)
    return isinstance(cell, Value) and cell.value is mapping


def _less(mapping: DesiredMapping, target: str) -> DesiredMapping | None:
    """A mapping without one attribute; None where nothing is left that anybody has set."""
    attributes = {name: each for name, each in mapping.attributes.items() if name != target}
    match mapping.match:
        case Value(targets) if target in targets:
            mapping = replace(mapping, match=UNMANAGED)
    is_empty = not attributes and not isinstance(mapping.filter, Value)
    return None if is_empty else replace(mapping, attributes=attributes)


_RELAX: Mapping[str, Callable[[Draft, Address, Finding], None]] = {
    "EPR001": _without("group", "resource"),
    "EPR003": _lower_profile,
    "EPR006": _without("connector"),
    "EPR007": _without("connector"),
    "EPR010": _without_attribute,
    "EPR026": _without("agents"),
}
