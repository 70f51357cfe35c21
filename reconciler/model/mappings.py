"""The values of a mapping: which source feeds which target attribute, who is in scope, how objects are matched."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import assert_never

from msgspec import Struct, field

from reconciler.model.cells import UNMANAGED, Clear, DesiredCell
from reconciler.model.place import Place, Placed


class SourceKind(Enum):
    """Where a target attribute's value comes from. NOTHING is the portal's "None": only the default flows."""

    ATTRIBUTE = "source"
    CONSTANT = "constant"
    EXPRESSION = "expression"
    NOTHING = "nothing"


class Source(Struct, frozen=True):
    """A source attribute's name, a constant, or the text of an expression, kept byte for byte."""

    kind: SourceKind
    text: str = ""

    def __str__(self) -> str:
        match self.kind:
            case SourceKind.ATTRIBUTE:
                return self.text
            case SourceKind.CONSTANT:
                return f'"{self.text}"'
            case SourceKind.EXPRESSION:
                return f"={self.text}"
            case SourceKind.NOTHING:
                return "nothing"
        assert_never(self.kind)


class Apply(Enum):
    """When a mapping applies (wire `flowType`); the spec can express the first two, the others only occur live."""

    ALWAYS = "always"
    ON_CREATE = "onCreate"
    MULTI_VALUE_ADD = "multiValueAddOnly"
    VALUE_ADD = "valueAddOnly"
    ATTRIBUTE_ADD = "attributeAddOnly"


class When(Enum):
    """Whether an unchanged value is sent again (wire `flowBehavior`)."""

    CHANGED = "changed"
    ALWAYS = "always"


class Flow(Enum):
    """What an object mapping may do to objects of the target."""

    ADD = "add"
    UPDATE = "update"
    DELETE = "delete"


class Clause(Struct, frozen=True):
    """One condition of a scoping filter. A unary operator has no values."""

    attribute: str
    operator: str
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.attribute, self.operator, ", ".join(self.values))).rstrip()


class ClauseGroup(Struct, frozen=True):
    """Clauses that must all hold; an object is in scope when any group of the filter holds."""

    name: str
    clauses: tuple[Clause, ...]

    def __str__(self) -> str:
        return f"{self.name}: {' and '.join(str(clause) for clause in self.clauses)}"


ScopingFilter = tuple[ClauseGroup, ...]


class AttributeMapping(Struct, frozen=True):
    """One attribute mapping as the service holds it."""

    target: str
    source: Source
    apply: Apply = Apply.ALWAYS
    when: When = When.CHANGED
    default: str | None = None


class ObjectMapping(Struct, frozen=True):
    """One object mapping as the service holds it; `match` lists matching targets in order of precedence."""

    source: str
    target: str
    enabled: bool = True
    flow: frozenset[Flow] = frozenset(Flow)
    match: tuple[str, ...] = ()
    filter: ScopingFilter = ()
    attributes: Mapping[str, AttributeMapping] = field(default_factory=dict)


class DesiredAttribute(Placed, frozen=True):
    """What the spec says of one target attribute. `source` Clear removes it; a member of None is unmanaged."""

    target: str
    source: Source | Clear
    apply: Apply | None = None
    when: When | None = None
    default: DesiredCell[str] = UNMANAGED
    place: Place | None = None


class DesiredMapping(Placed, frozen=True):
    """What the spec says of one object mapping. Attributes are owned by key, everything else as a whole."""

    source: str
    target: str
    flow: DesiredCell[frozenset[Flow]] = UNMANAGED
    match: DesiredCell[tuple[str, ...]] = UNMANAGED
    filter: DesiredCell[ScopingFilter] = UNMANAGED
    attributes: Mapping[str, DesiredAttribute] = field(default_factory=dict)
    place: Place | None = None
