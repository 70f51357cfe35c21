"""The table of everything that Graph and the Hybrid Identity Service answer here."""

from __future__ import annotations

from reconciler.emulator import identity_service
from reconciler.emulator.context import Operation
from reconciler.emulator.resources import (
    agent_groups,
    agents,
    app_role_assignments,
    application_templates,
    applications,
    directory_audits,
    groups,
    profile,
    published_resources,
    users,
)
from reconciler.emulator.synchronization import operations as synchronization

OPERATIONS: tuple[Operation, ...] = (
    *profile.OPERATIONS,
    *agents.OPERATIONS,
    *agent_groups.OPERATIONS,
    *published_resources.OPERATIONS,
    *applications.OPERATIONS,
    *application_templates.OPERATIONS,
    *synchronization.OPERATIONS,
    *app_role_assignments.OPERATIONS,
    *users.OPERATIONS,
    *groups.OPERATIONS,
    *directory_audits.OPERATIONS,
    *identity_service.OPERATIONS,
)
