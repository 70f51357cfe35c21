"""Which keys exist, and what to say of a reference to one that does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from msgspec import Struct, field

from reconciler.model.address import Address, Kind
from reconciler.model.finding import Finding
from reconciler.model.place import Place
from reconciler.model.rule import Rule
from reconciler.model.words import listed
from reconciler.spec import rules
from reconciler.spec.faults import MOST_FAULTS
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


class Names(Struct, frozen=True):
    """The keys of each kind, and what is found wrong with what refers to them.

    `complete` is False where a file could not be read, so that any key may exist. Of one file at most MOST_FAULTS
    findings are noted: a hostile file has more unknown names than anybody wants to see compared with all known ones.
    """

    keys: Mapping[Kind, frozenset[str]]
    complete: bool
    findings: list[Finding] = field(default_factory=list)
    _noted: Counter[str] = field(default_factory=Counter)

    def note(self, place: Place, finding: Callable[[], Finding]) -> None:
        """Note a finding; past the limit of its file, note once that there are more."""
        self._noted[place.file] += 1
        if self._noted[place.file] <= MOST_FAULTS:
            self.findings.append(finding())
        elif self._noted[place.file] == MOST_FAULTS + 1:
            text = f"{place.file} has more faults than the {MOST_FAULTS} that are listed"
            self.findings.append(rules.TOO_MANY_FAULTS.finding(text, place=place, hint="mend these first"))

    def add(self, place: Place, finding: Finding) -> None:
        """Note a finding that cost nothing to make."""
        self.note(place, lambda: finding)

    def refer(self, kind: Kind, key: str, place: Place, *, of: Address) -> None:
        """Note a finding on the thing `of` where it refers to a key that does not exist."""
        if key not in self.keys[kind] and self.complete:
            self.note(place, lambda: self._unknown(kind, key, place, str(of)))

    def _unknown(self, kind: Kind, key: str, place: Place, of: str) -> Finding:
        called = _CALLED.get(kind, kind.value)
        known = sorted(self.keys[kind])
        return _RULES[kind].finding(
            f"{of} names the {called} {short(key)}, which does not exist",
            address=of,
            place=place,
            found=short(key),
            expected=listed(known, most=8) if known else f"a key of `{_SECTIONS[kind]}`, which has none",
            hint=f"define it in `{_SECTIONS[kind]}`, or name another {called}",
            suggestion=nearest(key, known),
        )

    def protect(self, address: Address, place: Place) -> None:
        """Note a finding where a protected thing does not exist."""
        if self.complete and address.key not in self.keys.get(address.kind, {address.key}):
            self.note(place, lambda: self._unprotected(address, place))

    def _unprotected(self, address: Address, place: Place) -> Finding:
        known = [str(Address(address.kind, key)) for key in sorted(self.keys[address.kind])]
        return rules.UNKNOWN_PROTECTED.finding(
            f"`policy.protect` names {short(str(address))}, which does not exist",
            address=str(address),
            place=place,
            found=short(str(address)),
            expected=listed(known, most=8) if known else f"the address of one of `{_SECTIONS[address.kind]}`",
            hint="mend it, or take it out of `protect` once the thing is gone",
            suggestion=nearest(str(address), known),
        )
