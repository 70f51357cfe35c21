"""What a rule is, as data: its id, its weight, why it exists and where its fact comes from."""

from __future__ import annotations

from msgspec import Struct

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place, Related


class Rule(Struct, frozen=True):
    """One rule. `fixed` rules keep their severity whatever `policy.rules` says; `page` is "" for a rule of our own."""

    id: str
    title: str
    why: str
    severity: Severity = Severity.ERROR
    fixed: bool = True
    page: str = ""

    def finding(
        self,
        message: str,
        *,
        address: str = "",
        place: Place | None = None,
        related: tuple[Related, ...] = (),
        found: str = "",
        expected: str = "",
        hint: str = "",
        suggestion: str = "",
    ) -> Finding:
        """A finding of this rule, with the rule's own id, severity and page."""
        return Finding(
            self.id, message, self.severity, address, place, related, found, expected, hint, suggestion, self.page
        )
