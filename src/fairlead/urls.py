"""Every address of the product. Each area of `web` lists its own; the API hangs below /api/v1/, what
directories use below /scim/v2/."""

from __future__ import annotations

from django.urls import path

from fairlead.api import scim
from fairlead.api.v1 import api
from fairlead.web import errors
from fairlead.web.areas import AREAS

urlpatterns = [path("api/v1/", api.urls), *scim.urls, *(pattern for area in AREAS for pattern in area.urls)]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
