"""The functions of the expression language, as the service lists them.

The listing is the engine's own: it has functions that the reference page lacks (`DefaultDomain`, `IsNothing`,
`Prepend`), and lacks many that the page has.
Page: https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-functions
"""

from msgspec import Struct

from reconciler.emulator.odata import Entity


class Parameter(Struct, frozen=True):
    """One slot of a function."""

    name: str
    required: bool = True
    several: bool = False
    type: str = "String"


class Function(Struct, frozen=True):
    """One function and its slots, in order."""

    name: str
    parameters: tuple[Parameter, ...] = ()

    def entity(self) -> Entity:
        """Return the function as `schema/functions` lists it."""
        return {
            "id": self.name,
            "name": self.name,
            "parameters": [
                {
                    "allowMultipleOccurrences": parameter.several,
                    "name": parameter.name,
                    "required": parameter.required,
                    "type": parameter.type,
                }
                for parameter in self.parameters
            ],
        }


_SOURCE = Parameter("source")

FUNCTIONS: tuple[Function, ...] = (
    Function("Append", (_SOURCE, Parameter("suffix"))),
    Function("AppRoleAssignments", (_SOURCE,)),
    Function("DefaultDomain"),
    Function("FormatDateTime", (_SOURCE, Parameter("inputFormat"), Parameter("outputFormat"))),
    Function("IsNothing", (Parameter("source", type="Boolean"),)),
    Function("Join", (Parameter("separator"), Parameter("source", several=True))),
    Function("Mid", (_SOURCE, Parameter("start", type="Integer"), Parameter("length", type="Integer"))),
    Function("Not", (Parameter("source", type="Boolean"),)),
    Function("Prepend", (Parameter("prefix"), _SOURCE)),
    Function(
        "Replace",
        (
            _SOURCE,
            *(
                Parameter(name, required=False)
                for name in (
                    "Find",
                    "RegularExpression",
                    "RegularExpressionGroupName",
                    "Replacement",
                    "ReplacementPropertyName",
                    "Template",
                )
            ),
        ),
    ),
    Function("SingleAppRoleAssignment", (_SOURCE,)),
    Function("Split", (_SOURCE, Parameter("delimiter", required=False))),
    Function("StripSpaces", (_SOURCE,)),
    Function(
        "Switch",
        (_SOURCE, Parameter("defaultValue", required=False), Parameter("switchValue", required=False, several=True)),
    ),
)
