"""What becomes of a user under a whole object mapping: in scope or not, which values flow, and how it is matched.

Source: https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import assert_never

from msgspec import Struct, field

from reconciler.mapping.evaluation import compiled, reader_of
from reconciler.mapping.failure import Failed
from reconciler.mapping.faults import EvaluationFault, NoFlow
from reconciler.mapping.functions.function import Run
from reconciler.mapping.language.parser import parse
from reconciler.mapping.language.tokens import SyntaxFault
from reconciler.mapping.language.tree import Bare
from reconciler.mapping.scope import in_scope
from reconciler.mapping.sources import Sources
from reconciler.mapping.values import User, Value, is_empty
from reconciler.model.mappings import Apply, AttributeMapping, ObjectMapping, Source, SourceKind

_ON_CREATION = frozenset({Apply.ON_CREATE, Apply.ATTRIBUTE_ADD})


class Fault(Struct, frozen=True):
    """Why an attribute, or the scope, has no answer for a user: the message, and the column of the expression or 0."""

    message: str
    column: int = 0


class Outcome(Struct, frozen=True):
    """What flows of one user. `values` has null where the target is to be emptied; `faults` are by target attribute.

    `unflowed` are the attributes that do not flow this time. `is_ignored` says that an expression let nothing of this
    user flow.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    faults: Mapping[str, Fault] = field(default_factory=dict)
    unflowed: frozenset[str] = frozenset()
    is_ignored: bool = False


class ReadyMapping(Struct, frozen=True):
    """An object mapping that was compiled once, to be run for many users."""

    mapping: ObjectMapping
    runs: Mapping[str, Run]

    def scope(self, user: User) -> bool | Fault:
        """Whether the user is in scope."""
        try:
            return in_scope(self.mapping.filter, user)
        except Failed as failure:
            return Fault(str(failure))

    def outcome(self, user: User, sources: Sources, *, creates: bool) -> Outcome:
        """What flows for a user who is created at the target, or is there already."""
        values: dict[str, Value] = {}
        faults: dict[str, Fault] = {}
        unflowed: set[str] = set()
        for target, attribute in self.mapping.attributes.items():
            if attribute.apply in _ON_CREATION and not creates:
                unflowed.add(target)
                continue
            try:
                value = self.runs[target](user, sources)
            except NoFlow as nothing:
                if nothing.whole:
                    return Outcome(is_ignored=True)
                unflowed.add(target)
                continue
            except EvaluationFault as fault:
                faults[target] = Fault(fault.message, fault.column)
                continue
            if is_empty(value) and creates and attribute.default is not None:
                value = attribute.default
            values[target] = value
        return Outcome(values, faults, frozenset(unflowed))

    def matching(self, user: User, sources: Sources) -> Iterator[tuple[str, Value | Fault]]:
        """The values by which the user is looked for at the target, in the order in which they are tried.

        A matching attribute whose mapping is not known here is left out.
        """
        for target in (each for each in self.mapping.match if each in self.runs):
            try:
                yield target, self.runs[target](user, sources)
            except NoFlow:
                yield target, None
            except EvaluationFault as fault:
                yield target, Fault(fault.message, fault.column)


def ready(mapping: ObjectMapping) -> ReadyMapping:
    """A mapping, ready to be run. An expression that cannot be read fails for each user, as at the service."""
    return ReadyMapping(mapping, {target: _run(attribute) for target, attribute in mapping.attributes.items()})


def _run(attribute: AttributeMapping) -> Run:
    source = attribute.source
    match source.kind:
        case SourceKind.ATTRIBUTE:
            return reader_of(source.text)
        case SourceKind.EXPRESSION:
            return _expression(source)
        case SourceKind.CONSTANT:
            return lambda _user, _sources: source.text
        case SourceKind.NOTHING:
            return lambda _user, _sources: None
    assert_never(source.kind)


def _expression(source: Source) -> Run:
    try:
        return compiled(parse(source.text))
    except SyntaxFault as fault:
        return partial(_unreadable, fault.message, fault.at)


def _unreadable(message: str, at: int, _user: User, _sources: Sources) -> Value:
    raise EvaluationFault(message, Bare("", at, at))
