"""EPR426: the version of a secret only goes up."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.cells import Value
from reconciler.model.finding import Finding, Severity
from reconciler.model.rule import Rule
from reconciler.model.secret import SecretSource
from reconciler.model.spec import Spec
from reconciler.model.states import AppliedState

RULE = Rule(
    "EPR426",
    "The version of a secret only goes up",
    "A secret is written when its version is ahead of the one that was written last. A version that went down, as when "
    "a commit is reverted, asks for an older secret and has no effect: the newer one stays in use.",
    severity=Severity.WARNING,
    fixed=False,
)


def check(spec: Spec, applied: AppliedState) -> Iterator[Finding]:
    """Secrets whose version is below the one that was written last."""
    for app in spec.desired.of(Kind.APP):
        for key, cell in app.cells.items():
            match cell, applied.cell(app.address, key):
                case Value(SecretSource(version), place), Value(SecretSource(written)) if version < written:
                    yield RULE.finding(
                        f"{app.address}: version {version} of {key} is not written, since version {written} was",
                        address=str(app.address),
                        place=place,
                        found=f"version {version}",
                        expected=f"version {written}, or {written + 1} to write the secret again",
                        hint=f"say version {written + 1} if this secret is to be used from now on",
                    )
