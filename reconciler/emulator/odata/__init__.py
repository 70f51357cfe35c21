"""OData query options: parsed into frozen values and applied to lists of plain entities; no input or output."""

from reconciler.emulator.odata.apply import Entity, Page, apply_nested, apply_query, next_parameters, project
from reconciler.emulator.odata.fault import QueryError
from reconciler.emulator.odata.query import Expand, OrderKey, Query, parse_query, require_known

__all__ = [
    "Entity",
    "Expand",
    "OrderKey",
    "Page",
    "Query",
    "QueryError",
    "apply_nested",
    "apply_query",
    "next_parameters",
    "parse_query",
    "project",
    "require_known",
]
