"""The secret in the mail of an offer: it names the offer, is signed by this server, and lets its holder answer."""

from __future__ import annotations

from typing import Final

from django.core import signing

from fairlead.allocation.models import Offer
from fairlead.lib.errors import Missing
from fairlead.lib.speech import later

SALT: Final = "fairlead.offer"
MISSING: Final = later("This link leads to no offer. Open it from the mail again, or sign in and look under Offers.")


def offer_secret(offer: Offer) -> str:
    """What stands in the link."""
    return signing.dumps([offer.workspace_id, offer.pk], salt=SALT)


def read_offer_secret(secret: str) -> tuple[int, int]:
    """(workspace id, offer id) of a link. Raises Missing for one that this server did not sign."""
    try:
        workspace_id, offer_id = signing.loads(secret, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Missing(MISSING) from error
    return int(workspace_id), int(offer_id)
