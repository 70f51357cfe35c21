"""What differs of an app's object mapping, part by part.

Nothing differs exactly where laying the desired mapping over the live one gives the live one again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

from reconciler.mapping.language.meaning import same_meaning
from reconciler.model.cells import AppliedCell, Clear, DesiredCell, Value
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.mappings import (
    AttributeMapping,
    DesiredAttribute,
    DesiredMapping,
    Flow,
    ObjectMapping,
    ScopingFilter,
    Source,
    SourceKind,
)
from reconciler.model.overlay import overlay, overlay_attribute
from reconciler.model.place import Place
from reconciler.model.plan import Cause, FieldChange
from reconciler.model.states import FieldValue
from reconciler.plan.compare import cause

T = TypeVar("T")
Words = Callable[[object, object], tuple[str, ...]]


class MappingDifference(Struct, frozen=True):
    """What an object mapping needs: the overlay as live spells it, what is removed, and the changes in words."""

    overlay: DesiredMapping
    removed: tuple[str, ...] = ()
    fields: tuple[FieldChange, ...] = ()


def mapping_difference(
    live: ObjectMapping, desired: DesiredMapping, applied: AppliedCell[FieldValue]
) -> MappingDifference:
    """What differs between the live and the desired mapping, given what this repository applied before."""
    spelled = _as_spelled(live, desired)
    base = _as_applied(applied)
    removed = tuple(_removed(live, spelled, base))
    after = overlay(live, spelled, removed)
    if after == live:
        return MappingDifference(spelled, removed)
    words = cast("Words", import_module("reconciler.plan.wording").words)
    parts = _Parts(live, after, spelled, base, words)
    fields = (*parts.state(), *parts.attributes(removed), *parts.wholes())
    return MappingDifference(spelled, removed, tuple(fields))


def _as_spelled(live: ObjectMapping, desired: DesiredMapping) -> DesiredMapping:
    """The desired mapping with every expression that differs by blanks alone spelled as the service spells it."""
    respelled = {
        target: replace(wanted, source=live.attributes[target].source)
        for target, wanted in desired.attributes.items()
        if isinstance(wanted.source, Source)
        and target in live.attributes
        and wanted.source != live.attributes[target].source
        and _same_source(wanted.source, live.attributes[target].source)
    }
    return replace(desired, attributes={**desired.attributes, **respelled}) if respelled else desired


def _same_source(one: Source, other: Source) -> bool:
    if one.kind is SourceKind.EXPRESSION and other.kind is SourceKind.EXPRESSION:
        return same_meaning(one.text, other.text)
    return one == other


def _removed(live: ObjectMapping, desired: DesiredMapping, applied: DesiredMapping) -> Iterator[str]:
    """Target attributes that we set, and that the spec no longer names. One that matching needs stays."""
    match = desired.match.value if isinstance(desired.match, Value) else live.match
    for target, ours in sorted(applied.attributes.items()):
        kept = target in desired.attributes or target in match or target not in live.attributes
        if not kept and isinstance(ours.source, Source):
            yield target


class _Parts(Struct, frozen=True):
    """One comparison: live, what it becomes, what the spec wants of it, and what was applied before."""

    live: ObjectMapping
    after: ObjectMapping
    desired: DesiredMapping
    applied: DesiredMapping
    words: Words

    def state(self) -> Iterator[FieldChange]:
        """That a mapping is disabled. What was applied to it was enabled, so somebody has disabled it since."""
        if not self.live.enabled:
            who = Cause.DRIFT if self.applied.target == self.live.target else Cause.PENDING
            yield self._change("enabled", "disabled", "enabled", who, ("disabled → enabled",), None)

    def attributes(self, removed: tuple[str, ...]) -> Iterator[FieldChange]:
        for target in (*self.desired.attributes, *removed):
            before, after = self.live.attributes.get(target), self.after.attributes.get(target)
            if before != after:
                wanted = self.desired.attributes.get(target)
                who = _who_moved(before, wanted, self.applied.attributes.get(target))
                text = attribute_text(before), attribute_text(after)
                yield self._change(target, *text, who, self.words(before, after), wanted.place if wanted else None)

    def wholes(self) -> Iterator[FieldChange]:
        live, after, desired, applied = self.live, self.after, self.desired, self.applied
        match, scope, flow = _cleared(applied.match, ()), _cleared(applied.filter, ()), applied.flow
        yield from self._whole("match", live.match, after.match, desired.match, match, tuple)
        yield from self._whole("filter", live.filter, after.filter, desired.filter, scope, filter_texts)
        yield from self._whole("flow", live.flow, after.flow, desired.flow, _cleared(flow, frozenset()), flow_texts)

    def _whole(
        self,
        name: str,
        before: T,
        after: T,
        wanted: DesiredCell[T],
        applied: DesiredCell[T],
        shown: Callable[[T], tuple[str, ...]],
    ) -> Iterator[FieldChange]:
        if before == after:
            return
        who = Cause.PENDING
        if isinstance(applied, Value):
            who = cause(pending=applied.value != after, drift=applied.value != before)
        place = wanted.place if isinstance(wanted, Value | Clear) else None
        yield self._change(name, shown(before) or None, shown(after) or None, who, self.words(before, after), place)

    def _change(
        self,
        part: str,
        before: str | tuple[str, ...] | None,
        after: str | tuple[str, ...] | None,
        who: Cause,
        lines: tuple[str, ...],
        place: Place | None,
    ) -> FieldChange:
        key = f"{MAPPING_PREFIX}{self.desired.source}/{part}"
        return FieldChange(key, before, after, who, lines, place or self.desired.place)


def _cleared(applied: DesiredCell[T], empty: T) -> DesiredCell[T]:
    """What was applied, with what was cleared as the empty value that this left."""
    return Value(empty) if isinstance(applied, Clear) else applied


def _who_moved(
    before: AttributeMapping | None, wanted: DesiredAttribute | None, ours: DesiredAttribute | None
) -> Cause:
    """Who moved one attribute mapping away from what was applied."""
    if ours is None:
        return Cause.PENDING
    applied = _laid_over(before, ours)
    pending = not _same_attribute(applied, _laid_over(applied, wanted))
    return cause(pending=pending, drift=not _same_attribute(applied, before))


def _laid_over(live: AttributeMapping | None, wanted: DesiredAttribute | None) -> AttributeMapping | None:
    return overlay_attribute(live, wanted) if wanted is not None and isinstance(wanted.source, Source) else None


def _same_attribute(one: AttributeMapping | None, other: AttributeMapping | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or (_same_source(one.source, other.source) and one == replace(other, source=one.source))


def _as_applied(cell: AppliedCell[FieldValue]) -> DesiredMapping:
    """What was applied; a mapping that says nothing where nothing was."""
    match cell:
        case Value(DesiredMapping() as ours):
            return ours
    return DesiredMapping("", "")


def attribute_text(attribute: AttributeMapping | None) -> str | None:
    """An attribute mapping on one line, every member of it; None where there is none."""
    if attribute is None:
        return None
    default = "" if attribute.default is None else f", default {attribute.default!r}"
    return f"{attribute.source} (apply {attribute.apply.value}, when {attribute.when.value}{default})"


def filter_texts(groups: ScopingFilter) -> tuple[str, ...]:
    """A scoping filter, one text for each group of clauses."""
    return tuple(str(group) for group in groups)


def flow_texts(flow: frozenset[Flow]) -> tuple[str, ...]:
    """What may be done to objects of the target, in the order of the words."""
    return tuple(sorted(part.value for part in flow))
