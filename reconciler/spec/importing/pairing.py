"""Which published resource is which app's. The service does not say, so that only what is certain is taken.

A resource that is named by the id of an app's principal, or of its application, is that app's. A like name is a hint
that a person may choose to trust: it is looked at only where somebody asked for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reconciler.model.address import Address
from reconciler.model.inventory import PrincipalRecord, ResourceRecord
from reconciler.spec.importing.found import Found

_CONNECTOR = re.compile(r"/ecma2host_([^/]+)/scim/?$")


def paired(found: Found) -> Mapping[Address, ResourceRecord]:
    """The published resource of each app that has one for certain: one candidate, which is no other app's."""
    free = [each for each in found.records.resources.values() if each.id not in found.known.resources]
    claims: dict[str, dict[str, Address]] = {}
    for live_id, record in found.principals.items():
        address = found.keyed.apps[live_id]
        if address not in found.known.taken or address in found.filled:
            for name in _names(record, address, found):
                claims.setdefault(name, {})[live_id] = address
    candidates: dict[Address, list[ResourceRecord]] = {}
    for resource in free:
        owners = {owner for name in _plain(resource.resource_name, found) for owner in claims.get(name, {}).values()}
        for owner in owners if len(owners) == 1 else ():
            candidates.setdefault(owner, []).append(resource)
    return {address: resources[0] for address, resources in candidates.items() if len(resources) == 1} | _tied(found)


def _tied(found: Found) -> dict[Address, ResourceRecord]:
    """The resources that the spec ties already to apps of which it shall say more."""
    owners = found.known.resources
    return {owners[key]: each for key, each in found.records.resources.items() if owners.get(key) in found.filled}


def _names(record: PrincipalRecord, address: Address, found: Found) -> Iterator[str]:
    """What a resource of this app may be called."""
    yield record.id.casefold()
    yield record.app_id.casefold()
    if found.by_name:
        connector = _CONNECTOR.search(found.live.text(address, "connector.url"))
        for name in (record.display_name, connector[1] if connector else ""):
            yield from _plain(name, found)


def _plain(name: str, found: Found) -> Iterator[str]:
    """A name as names are compared: without case, and where likeness is enough without all but letters and digits."""
    if name:
        yield name.casefold()
    letters = "".join(letter for letter in name.casefold() if letter.isalnum())
    if found.by_name and letters:
        yield letters
