"""A fault is a value: what is wrong, where, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from reconciler.model.place import Place, Related


class Severity(Enum):
    """How much a finding weighs: an error stops the work, a warning is shown, a note explains."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(Struct, frozen=True):
    """One fault. `address` is "" where no thing is concerned; `page` names the document a service rule comes from.

    `found`, `expected`, `hint` and `suggestion` (the nearest right word) are "" where there is nothing to say.
    None of the texts may hold a secret; renderers escape them, so they may hold names from anywhere.
    """

    rule: str
    message: str
    severity: Severity = Severity.ERROR
    address: str = ""
    place: Place | None = None
    related: tuple[Related, ...] = ()
    found: str = ""
    expected: str = ""
    hint: str = ""
    suggestion: str = ""
    page: str = ""

    @property
    def order(self) -> tuple[str, int, int, str, str, str]:
        """Findings are shown by file and line; those without a place come last."""
        if self.place is None:
            return ("\U0010ffff", 0, 0, self.rule, self.address, self.message)
        return (self.place.file, self.place.line, self.place.column, self.rule, self.address, self.message)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings sorted as they are shown, each once."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.order))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of the findings stops the work."""
    return any(finding.severity is Severity.ERROR for finding in findings)
