"""The operators of scoping filters, as the service lists them."""

from msgspec import Struct

from reconciler.emulator.odata import Entity


class FilterOperator(Struct, frozen=True):
    """One operator: how many operands it takes, and of which attribute types."""

    name: str
    types: tuple[str, ...]
    unary: bool = False

    def entity(self) -> Entity:
        """Return the operator as `schema/filterOperators` lists it."""
        return {
            "id": self.name,
            "name": self.name,
            "arity": "Unary" if self.unary else "Binary",
            "multivaluedComparisonType": "All",
            "supportedAttributeTypes": list(self.types),
        }


_TEXTS = ("String",)
_SCALARS = ("Integer", "String")
_NUMBERS = ("Integer",)
_ANY = ("Integer", "String", "Binary", "Boolean")
_BOOLEANS = ("Boolean",)

OPERATORS: tuple[FilterOperator, ...] = (
    FilterOperator("EQUALS", _SCALARS),
    FilterOperator("NOT EQUALS", _SCALARS),
    FilterOperator("IS TRUE", _BOOLEANS, unary=True),
    FilterOperator("IS FALSE", _BOOLEANS, unary=True),
    FilterOperator("IS NULL", _ANY, unary=True),
    FilterOperator("IS NOT NULL", _ANY, unary=True),
    FilterOperator("REGEX MATCH", _SCALARS),
    FilterOperator("NOT REGEX MATCH", _SCALARS),
    # The pages name these; how the service spells them on the wire is told for the bit operators alone.
    FilterOperator("&", _NUMBERS),
    FilterOperator("!&", _NUMBERS),
    FilterOperator("ENDS_WITH", _TEXTS),
    FilterOperator("Greater_Than", _NUMBERS),
    FilterOperator("Greater_Than_OR_EQUALS", _NUMBERS),
    FilterOperator("Includes", _TEXTS),
)

OPERATOR_NAMES = frozenset(operator.name for operator in OPERATORS)
