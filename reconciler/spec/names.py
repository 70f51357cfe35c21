"""Which keys exist, and what to say of a reference to one that does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.address import Address, Kind
from reconciler.model.finding import Finding
from reconciler.model.place import Place
from reconciler.model.rule import Rule
from reconciler.model.words import listed
from reconciler.spec import rules
from reconciler.spec.site import KINDS
from reconciler.spec.wording import nearest, short

_RULES: Mapping[Kind, Rule] = {
    Kind.GROUP: rules.UNKNOWN_GROUP,
    Kind.AGENT: rules.UNKNOWN_AGENT,
    Kind.CONNECTOR_HOST: rules.UNKNOWN_HOST,
    Kind.PROXY: rules.UNKNOWN_PROXY,
    Kind.MAPPING: rules.UNKNOWN_MAPPING,
}
_SECTIONS = {kind: section for section, kind in KINDS.items()}
_CALLED = {Kind.CONNECTOR_HOST: "connector host"}


@dataclass(frozen=True, slots=True)
class Names:
    """The keys of each kind; `complete` is False where a file could not be read, so that any key may exist."""

    keys: Mapping[Kind, frozenset[str]]
    complete: bool
    findings: list[Finding] = field(default_factory=list)

    def refer(self, kind: Kind, key: str, place: Place, *, of: str) -> bool:
        """Whether a key exists, or may; else a finding on the thing `of` that refers to it is noted."""
        if key in self.keys[kind] or not self.complete:
            return True
        called = _CALLED.get(kind, kind.value)
        known = sorted(self.keys[kind])
        self.findings.append(
            _RULES[kind].finding(
                f"{of} names the {called} {short(key)}, which does not exist",
                address=of,
                place=place,
                found=short(key),
                expected=listed(known, most=8) if known else f"a key of `{_SECTIONS[kind]}`, which has none",
                hint=f"define it in `{_SECTIONS[kind]}`, or name another {called}",
                suggestion=nearest(key, known),
            )
        )
        return False

    def protect(self, address: Address, place: Place) -> None:
        """Note a finding where a protected thing does not exist."""
        if not self.complete or address.key in self.keys.get(address.kind, {address.key}):
            return
        known = [str(Address(address.kind, key)) for key in sorted(self.keys[address.kind])]
        self.findings.append(
            rules.UNKNOWN_PROTECTED.finding(
                f"`policy.protect` names {short(str(address))}, which does not exist",
                address=str(address),
                place=place,
                found=short(str(address)),
                expected=listed(known, most=8) if known else f"the address of one of `{_SECTIONS[address.kind]}`",
                suggestion=nearest(str(address), known),
            )
        )
