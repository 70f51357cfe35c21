"""The sections of all files as one: which key is defined where, and which is defined twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.model.address import Address
from reconciler.model.finding import Finding, has_errors
from reconciler.model.place import Related
from reconciler.spec import rules
from reconciler.spec.files import ROOT_FILE
from reconciler.spec.site import KINDS
from reconciler.spec.tree import Document, Items, Slot, Table, first_line

_BY_KEY = frozenset((*KINDS, "state", "tenant", "policy", "defaults", "updates"))


@dataclass(slots=True)
class Merged:
    """Every key of every section with the place where it stands; `single` holds the sections that have no keys."""

    sections: dict[str, dict[str, Slot]] = field(default_factory=dict)
    single: dict[str, Slot] = field(default_factory=dict)
    acknowledgements: list[Items] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def entries(self, section: str) -> Mapping[str, Slot]:
        """The keys of a section, in the order of the files."""
        return self.sections.get(section, {})


def merged(documents: Sequence[Document]) -> Merged:
    """The sections of all documents as one, with a finding for each key that two of them define."""
    merge = Merged()
    for document in documents:
        if isinstance(document.root, Table):
            for section in document.root:
                _add(merge, Slot(document.root, section))
    if all(document.whole and not has_errors(document.findings) for document in documents):
        merge.findings.extend(_lacks(merge))
    return merge


def _add(merge: Merged, section: Slot) -> None:
    match section.value:
        case Table() as table if section.key in _BY_KEY:
            entries = merge.sections.setdefault(section.key, {})
            for key in table:
                _define(merge, entries, Slot(table, key), section.key)
        case Items() as items if section.key == "acks":
            merge.acknowledgements.append(items)
        case _:
            if section.key == "ignore" and section.table.file != ROOT_FILE:
                text = f"`ignore` in {section.table.file} has no effect"
                hint = f"move it to {ROOT_FILE}"
                merge.findings.append(rules.ROOT_ONLY.finding(text, place=section.key_place, hint=hint))
            else:
                _define(merge, merge.single, section, "")


def _define(merge: Merged, entries: dict[str, Slot], slot: Slot, section: str) -> None:
    first = entries.setdefault(slot.key, slot)
    if first is slot:
        return
    name = f"{section}.{slot.key}".removeprefix(".")
    merge.findings.append(
        rules.TWO_FILES.finding(
            f"`{name}` is defined in two files",
            address=str(Address(KINDS[section], slot.key)) if section in KINDS else "",
            place=slot.key_place,
            related=(Related(first.key_place, "it is defined here first"),),
            hint="keep one of the two",
        )
    )


def _lacks(merge: Merged) -> Iterator[Finding]:
    if "version" not in merge.single:
        yield rules.MISSING_KEY.finding(
            f"{ROOT_FILE} lacks `version`", place=first_line(ROOT_FILE), expected="version: 1", hint="add `version: 1`"
        )
    if not any(_declares(merge, ("agents", "groups", "apps"))):
        yield rules.EMPTY_SPEC.finding(
            "the spec declares no agents, no groups and no apps",
            place=first_line(ROOT_FILE),
            expected="at least one of them",
            hint="check that the right directory was given, and that `ignore` does not leave its files out",
        )


def _declares(merge: Merged, sections: Iterable[str]) -> Iterator[bool]:
    return (bool(merge.entries(section)) for section in sections)
