"""How many agents a group needs, as named profiles; a spec may add its own or replace a built-in one.

The documentation gives different numbers for different apps, so that no number is a constant of the program:
three active agents for cloud sync, two active ones for a SCIM app, one active and one stopped for a connector host.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reconciler.model.cells import Value
from reconciler.model.spec import Policy, Profile
from reconciler.model.states import Desired

BUILT_IN: Mapping[str, Profile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            Profile("three-active", min_declared=3, min_active=2, distinct_egress=2),
            Profile("scim-two-active", min_declared=2, min_active=1, distinct_egress=2),
            Profile("ecma-active-passive", min_declared=1, min_active=1, max_active=1, standby=1),
        )
    }
)
"""`min_active` is one below what is declared where there are several agents: one of them may be restarted or lost."""


def profile_of(policy: Policy, group: Desired | None) -> Profile | None:
    """The profile that a group is held to: its own, else the policy's; None where nobody defined that name.

    A group that the spec does not know (`None`) is held to the policy's profile.
    """
    name = policy.availability
    if group is not None:
        match group.cells.get("availability"):
            case Value(str() as own):
                name = own
    return policy.profiles.get(name) or BUILT_IN.get(name)
