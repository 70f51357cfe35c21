"""Which members each type of a synchronization schema has, as one table.

Members that the table lacks are kept unread: real documents hold more than the metadata tell.
Page: https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationschema
"""

from enum import StrEnum

from msgspec import Struct, field


class Scalar(StrEnum):
    """A primitive type, by the name that an error gives it."""

    STRING = "Edm.String"
    BOOLEAN = "Edm.Boolean"
    INTEGER = "Edm.Int32"
    DATE = "Edm.DateTimeOffset"


class Words(Struct, frozen=True):
    """An enumeration, its members matched by case; `flags` allows several in one text, parted by commas."""

    name: str
    members: frozenset[str]
    flags: bool = False


class Many(Struct, frozen=True):
    """A collection."""

    of: "Scalar | Words | str"


class Member(Struct, frozen=True):
    """One member: its type (a text names another type of the table) and whether it may be null."""

    type: "Scalar | Words | Many | str"
    nullable: bool = True


class Shape(Struct, frozen=True):
    """One type of the document."""

    members: dict[str, Member] = field(default_factory=dict)


def _words(name: str, members: str, *, flags: bool = False) -> Words:
    return Words(name, frozenset(members.split()), flags)


ATTRIBUTE_TYPE = _words("attributeType", "String Integer Reference Binary Boolean DateTime")
MUTABILITY = _words("mutability", "ReadWrite ReadOnly Immutable WriteOnly")
SOURCE_TYPE = _words("attributeMappingSourceType", "Attribute Constant Function")
FLOW_BEHAVIOR = _words("attributeFlowBehavior", "FlowWhenChanged FlowAlways")
FLOW_TYPE = _words("attributeFlowType", "Always ObjectAddOnly MultiValueAddOnly ValueAddOnly AttributeAddOnly")
FLOW_TYPES = _words("objectFlowTypes", "None Add Update Delete", flags=True)
DISCOVERABILITIES = _words(
    "directoryDefinitionDiscoverabilities",
    "None AttributeNames AttributeDataTypes AttributeReadOnly ReferenceAttributes UnknownFutureValue",
    flags=True,
)

_TEXT = Member(Scalar.STRING)
_YES_NO = Member(Scalar.BOOLEAN, nullable=False)
_PAIRS = Member(Many("pair"))

SHAPES: dict[str, Shape] = {
    "schema": Shape(
        {
            "id": _TEXT,
            "version": _TEXT,
            "directories": Member(Many("directory")),
            "synchronizationRules": Member(Many("rule")),
        }
    ),
    "directory": Shape(
        {
            "id": Member(Scalar.STRING, nullable=False),
            "name": _TEXT,
            "discoverabilities": Member(DISCOVERABILITIES, nullable=False),
            "discoveryDateTime": Member(Scalar.DATE),
            "objects": Member(Many("object")),
            "readOnly": _YES_NO,
            "version": _TEXT,
        }
    ),
    "object": Shape(
        {
            "name": _TEXT,
            "attributes": Member(Many("attribute")),
            "metadata": _PAIRS,
            "supportedApis": Member(Many(Scalar.STRING)),
        }
    ),
    "attribute": Shape(
        {
            "name": _TEXT,
            "type": Member(ATTRIBUTE_TYPE, nullable=False),
            "mutability": Member(MUTABILITY, nullable=False),
            "anchor": _YES_NO,
            "caseExact": _YES_NO,
            "flowNullValues": _YES_NO,
            "multivalued": _YES_NO,
            "required": _YES_NO,
            "defaultValue": _TEXT,
            "apiExpressions": _PAIRS,
            "metadata": _PAIRS,
            "referencedObjects": Member(Many("reference")),
        }
    ),
    "reference": Shape({"referencedObjectName": _TEXT, "referencedProperty": _TEXT}),
    "pair": Shape({"key": _TEXT, "value": _TEXT}),
    "rule": Shape(
        {
            "id": _TEXT,
            "name": _TEXT,
            "editable": _YES_NO,
            "priority": Member(Scalar.INTEGER, nullable=False),
            "sourceDirectoryName": _TEXT,
            "targetDirectoryName": _TEXT,
            "metadata": _PAIRS,
            "objectMappings": Member(Many("mapping")),
            "containerFilter": Member("containers"),
            "groupFilter": Member("groups"),
        }
    ),
    "containers": Shape({"includedContainers": Member(Many(Scalar.STRING))}),
    "groups": Shape({"includedGroups": Member(Many(Scalar.STRING))}),
    "mapping": Shape(
        {
            "name": _TEXT,
            "enabled": _YES_NO,
            "flowTypes": Member(FLOW_TYPES, nullable=False),
            "sourceObjectName": _TEXT,
            "targetObjectName": _TEXT,
            "metadata": _PAIRS,
            "scope": Member("filter"),
            "attributeMappings": Member(Many("attributeMapping")),
        }
    ),
    "attributeMapping": Shape(
        {
            "targetAttributeName": _TEXT,
            "source": Member("source"),
            "defaultValue": _TEXT,
            "exportMissingReferences": _YES_NO,
            "flowBehavior": Member(FLOW_BEHAVIOR, nullable=False),
            "flowType": Member(FLOW_TYPE, nullable=False),
            "matchingPriority": Member(Scalar.INTEGER, nullable=False),
        }
    ),
    "source": Shape(
        {
            "type": Member(SOURCE_TYPE, nullable=False),
            "name": _TEXT,
            "expression": _TEXT,
            "parameters": Member(Many("parameter")),
        }
    ),
    "parameter": Shape({"key": _TEXT, "value": Member("source")}),
    "filter": Shape(
        {
            "groups": Member(Many("filterGroup")),
            "inputFilterGroups": Member(Many("filterGroup")),
            "categoryFilterGroups": Member(Many("filterGroup")),
        }
    ),
    "filterGroup": Shape({"name": _TEXT, "clauses": Member(Many("clause"))}),
    "clause": Shape({"sourceOperandName": _TEXT, "operatorName": _TEXT, "targetOperand": Member("operand")}),
    "operand": Shape({"values": Member(Many(Scalar.STRING))}),
}
