"""What clients see of a workspace, read: its name, colour, words and logo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fairlead.accounts.models import Branding, Workspace
from fairlead.events.tenancy import bearer, tenant
from fairlead.lib.errors import Missing
from fairlead.lib.secrets import digest
from fairlead.lib.speech import later, tr

ACCENT: Final = "#4455d6"
WORDS: Final[Mapping[str, str]] = {
    "backlog": later("Received"),
    "ready": later("Planned"),
    "running": later("In progress"),
    "review": later("Being checked"),
    "done": later("Done"),
    "cancelled": later("Not going ahead"),
}
"""What a state is called to clients, unless the workspace has a word of its own."""
COLUMNS: Final = ("workspace_id", "name", "welcome", "accent", "words", "shows_names", "digest", "logo_type", "version")


@dataclass(frozen=True)
class Brand:
    """How a workspace shows itself to clients. `digest` names its public sheet and logo; empty: nothing was set."""

    workspace_id: int
    name: str
    welcome: str = ""
    accent: str = ACCENT
    words: Mapping[str, str] = field(default_factory=dict)
    shows_names: bool = False
    digest: str = ""
    logo_type: str = ""
    version: int = 0

    def word(self, state: str) -> str:
        """What clients read for a state."""
        return self.words.get(state) or str(WORDS[state])

    def person(self, name: str) -> str:
        """What clients read for somebody of the team: the first name where that is allowed, else the team's name."""
        return name.split(" ", maxsplit=1)[0] if self.shows_names and name.strip() else f"{self.name} team"

    @property
    def sheet(self) -> str:
        """Where the colour is served as a style sheet; empty: the product's own colour."""
        return f"/portal/brand/{self.digest}/{self.version}/sheet/" if self.digest else ""

    @property
    def logo(self) -> str:
        """Where the logo is served; empty without one."""
        return f"/portal/brand/{self.digest}/{self.version}/logo/" if self.digest and self.logo_type else ""


def door_digest(slug: str) -> str:
    """What the public address of a workspace's portal is found by."""
    return digest(f"portal:{slug}")


def brand_of(workspace: Workspace) -> Brand:
    """The workspace's brand, or a plain one with its name; inside the workspace."""
    row = Branding.objects.filter(workspace_id=workspace.pk).values(*COLUMNS).first()
    return Brand(**row) if row else Brand(workspace.pk, workspace.name)


def brand_in(workspace_id: int) -> Brand:
    """`brand_of` by the id of the workspace."""
    return brand_of(Workspace.objects.get(pk=workspace_id))


def public_brand(found_by: str) -> Brand:
    """The brand with this digest, from anywhere. Raises Missing."""
    with bearer(found_by):
        row = Branding.objects.filter(digest=found_by).values(*COLUMNS).first()
    if row is None:
        raise Missing(tr("There is no portal at this address. Ask your contact for the right link."))
    return Brand(**row)


def logo_of(brand: Brand) -> bytes:
    """The picture itself. Raises Missing."""
    with tenant(brand.workspace_id):
        found = Branding.objects.filter(workspace_id=brand.workspace_id).values_list("logo", flat=True).first()
    if not found:
        raise Missing(tr("There is no logo."))
    return bytes(found)
