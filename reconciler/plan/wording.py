"""Changed parts of mappings in words: what came, what went, what became what. Loaded only where something differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from deepdiff import DeepDiff
from deepdiff.model import DiffLevel

from reconciler.model.mappings import AttributeMapping

Document = dict[str, object]

_NO = "nothing"


def words(before: object, after: object) -> tuple[str, ...]:
    """How a person reads what becomes of a part: an attribute mapping, a filter, a list of matches, a set of flows."""
    match before, after:
        case None, AttributeMapping() as added:
            return (f"+ {_described(added)}",)
        case AttributeMapping() as gone, None:
            return (f"- {_described(gone)}",)
        case AttributeMapping(), AttributeMapping():
            return tuple(_lines(_attribute(before), _attribute(after)))
        case tuple(), tuple() if all(isinstance(item, str) for item in (*before, *after)):
            return (f"{', '.join(before) or _NO} → {', '.join(after) or _NO}",)
        case tuple(), tuple():
            return tuple(_lines(_by_name(before), _by_name(after)))
    return tuple(_lines({"": _names(before)}, {"": _names(after)}))


def _described(attribute: AttributeMapping) -> str:
    """A whole attribute mapping, without what is so by default."""
    parts = [str(attribute.source)]
    plain = _attribute(AttributeMapping(attribute.target, attribute.source))
    parts += [f"{name} {value}" for name, value in _attribute(attribute).items() if plain[name] != value]
    return ", ".join(parts)


def _attribute(attribute: AttributeMapping) -> Document:
    default = _NO if attribute.default is None else f'"{attribute.default}"'
    return {
        "": str(attribute.source),
        "apply": attribute.apply.value,
        "when": attribute.when.value,
        "default": default,
    }


def _by_name(groups: object) -> Document:
    """Groups of clauses by name; groups of one name are told apart by their number."""
    named: Document = {}
    times: Counter[str] = Counter()
    for group in groups if isinstance(groups, tuple) else ():
        times[group.name] += 1
        name = group.name if times[group.name] == 1 else f"{group.name} ({times[group.name]})"
        named[name] = {str(clause) for clause in group.clauses}
    return named


def _names(flow: object) -> object:
    return {part.value for part in flow} if isinstance(flow, frozenset) else flow


def _lines(before: Document, after: Document) -> Iterator[str]:
    """The differences of two documents; what only moved within a list says so."""
    levels = sorted(_levels(before, after), key=_rank)
    for kind, level in levels:
        name = str(next(iter(level.path(output_format="list")), ""))
        label = f"{name}: " if name else ""
        match kind:
            case "dictionary_item_added":
                yield f"+ {label}{_joined(level.t2)}"
            case "dictionary_item_removed":
                yield f"- {label}{_joined(level.t1)}"
            case "set_item_added":
                yield f"+ {label}{level.t2}"
            case "set_item_removed":
                yield f"- {label}{level.t1}"
            case _:
                yield f"{label}{level.t1} → {level.t2}"
    if not levels:
        yield "the same in another order"


def _rank(found: tuple[str, DiffLevel]) -> tuple[str, ...]:
    """What comes stands before what goes, part by part, the same at every run."""
    kind, level = found
    return (str(level.path(output_format="list")), kind, str(level.t1), str(level.t2))


def _levels(before: Document, after: Document) -> Iterator[tuple[str, DiffLevel]]:
    for kind, found in DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0).items():
        for level in found:
            yield str(kind), level


def _joined(clauses: object) -> str:
    return " and ".join(sorted(clauses)) if isinstance(clauses, set) else str(clauses)
