"""The kinds of application that offer provisioning, each made from an application template of the gallery."""

from enum import StrEnum

from reconciler.emulator.gallery import GALLERY, gallery_app
from reconciler.emulator.store import Document


class AppKind(StrEnum):
    """What an application was made from; the key of its template in the gallery."""

    ON_PREMISES_ECMA = "onPremisesEcma"
    ON_PREMISES_SCIM = "onPremisesScim"
    SCIM = "scim"
    AGENTS_ONLY = "agentsOnly"

    @property
    def application_template(self) -> str:
        """The id of its application template."""
        return next(app.id for app in GALLERY if app.key == self.value)


def kind_of(principal: Document) -> AppKind | None:
    """Return what a service principal was made from, None where it offers no provisioning."""
    app = gallery_app(str(principal.get("applicationTemplateId")))
    return AppKind(app.key) if app and app.key in set(AppKind) else None
