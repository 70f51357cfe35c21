"""The application templates of the gallery.

No page gives the ids of the on-premises templates: those here are the emulator's own, so a client has to find a
template by its display name. The id of the template for custom applications is documented.
Page: https://learn.microsoft.com/graph/api/applicationtemplate-instantiate
"""

from __future__ import annotations

from msgspec import Struct


class GalleryApp(Struct, frozen=True):
    """One application template; `key` is the name that a seed gives it and that the synchronization templates use."""

    key: str
    id: str
    display_name: str
    description: str


GALLERY = (
    GalleryApp(
        "onPremisesEcma",
        "3d5c1fd2-2b41-5b06-9a6e-0f5a3e7c9b11",
        "On-premises ECMA app",
        "Provision users into SQL, LDAP, web services and other connectors on premises.",
    ),
    GalleryApp(
        "onPremisesScim",
        "a91f7c55-77d8-5f0e-8f52-6d3a1b0c4e22",
        "On-premises SCIM app",
        "Provision users into an application on premises that speaks SCIM.",
    ),
    GalleryApp(
        "scim",
        "8adf8e6e-67b2-4cf2-a259-e3dc5476c621",
        "Custom",
        "An application that is not in the gallery.",
    ),
    GalleryApp(
        "agentsOnly",
        "5e0b92aa-1c6f-5d37-b3f4-7a9d2c8e6f33",
        "Agent samples",
        "Two synchronization templates of which none is the default.",
    ),
)


def gallery_app(key_or_id: str) -> GalleryApp | None:
    """The template of this key or id, None where there is none."""
    wanted = key_or_id.lower()
    return next((app for app in GALLERY if wanted in (app.key.lower(), app.id)), None)
