"""Only tokens are held to what a token must be; another secret of the list is whatever the service made it."""

from __future__ import annotations

from reconciler.apply.ports import Ports
from reconciler.apply.secrets import collect
from reconciler.model.address import app
from reconciler.model.plan import PlannedStep
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.states import AppliedState
from reconciler.model.steps import WriteConnection

TOKEN, KEY = SecretSource(1, env="TOKEN"), SecretSource(1, env="KEY")
VALUES = {TOKEN: SecretText("correct horse battery"), KEY: SecretText("short")}


def test_a_compatibility_key_is_read_and_judged_by_no_rule_of_tokens():
    judged = []
    ports = Ports(
        None,  # type: ignore[arg-type] - nothing is sent
        None,  # type: ignore[arg-type] - nothing was applied before
        None,  # type: ignore[arg-type] - nothing waits
        secrets=lambda sources: ({source: VALUES[source] for source in sources}, ()),
        judge=lambda values: judged.append(values) or (),
    )
    step = WriteConnection(app("p"), {}, {"connector.secretToken": TOKEN, "connector.compatibilityKey": KEY}, {})
    texts, findings = collect([PlannedStep("1", step)], AppliedState(), ports)
    assert (texts, findings) == (VALUES, ())
    assert judged == [{app("p"): (TOKEN, VALUES[TOKEN])}]
