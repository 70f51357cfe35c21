"""All functions by their names, which are case-sensitive."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.mapping.functions import chance, dates, lists, logic, numbers, roles, texts
from reconciler.mapping.functions.function import Function

FUNCTIONS: Mapping[str, Function] = {
    function.name: function
    for module in (logic, texts, lists, numbers, dates, roles, chance)
    for function in module.FUNCTIONS
}
