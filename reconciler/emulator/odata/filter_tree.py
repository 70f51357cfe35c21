"""What a filter says, as a tree, and how that tree is written."""

from enum import StrEnum

from msgspec import Struct


class Operator(StrEnum):
    """A comparison."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


class Guid(Struct, frozen=True):
    """A GUID written without quotes."""

    text: str


class Moment(Struct, frozen=True):
    """A moment in UTC written without quotes, which is compared by its text with seven digits below the second."""

    text: str

    @property
    def whole(self) -> str:
        """The moment as entities hold it."""
        seconds, _, fraction = self.text.removesuffix("Z").partition(".")
        return f"{seconds}{':00' if len(seconds) == _MINUTES else ''}.{fraction:0<7}Z"


_MINUTES = len("2026-11-24T12:00")

Literal = str | int | float | bool | None | Guid | Moment
Path = tuple[str, ...]


class Compare(Struct, frozen=True):
    """A property against a literal: `status/code eq 'Active'`."""

    path: Path
    operator: Operator
    literal: Literal


class StartsWith(Struct, frozen=True):
    """A property that begins with a text: `startswith(displayName,'HR')`."""

    path: Path
    prefix: str


class Not(Struct, frozen=True):
    """The opposite of a term."""

    term: "Filter"


class And(Struct, frozen=True):
    """Two or more terms that all hold."""

    terms: tuple["Filter", ...]


class Or(Struct, frozen=True):
    """Two or more terms of which one holds."""

    terms: tuple["Filter", ...]


Filter = Compare | StartsWith | Not | And | Or


def print_filter(tree: Filter) -> str:
    """Write a filter so that parsing gives the same tree: every inner `and` and `or` stands in parentheses."""
    match tree:
        case Compare(path, operator, literal):
            return f"{'/'.join(path)} {operator} {print_literal(literal)}"
        case StartsWith(path, prefix):
            return f"startswith({'/'.join(path)},{print_literal(prefix)})"
        case Not(term):
            return f"not ({print_filter(term)})"
        case And(terms):
            return " and ".join(_inner(term) for term in terms)
        case Or(terms):
            return " or ".join(_inner(term) for term in terms)


def print_literal(literal: Literal) -> str:
    """Write a literal as OData does; a quote inside a text is doubled."""
    match literal:
        case None:
            return "null"
        case bool():
            return "true" if literal else "false"
        case str():
            return "'" + literal.replace("'", "''") + "'"
        case Guid(text) | Moment(text):
            return text
        case _:
            return repr(literal)


def paths(tree: Filter) -> frozenset[Path]:
    """Return every property path that a filter reads."""
    match tree:
        case Compare(path, _, _) | StartsWith(path, _):
            return frozenset({path})
        case Not(term):
            return paths(term)
        case And(terms) | Or(terms):
            return frozenset[Path]().union(*(paths(term) for term in terms))


def _inner(tree: Filter) -> str:
    written = print_filter(tree)
    return f"({written})" if isinstance(tree, And | Or) else written
