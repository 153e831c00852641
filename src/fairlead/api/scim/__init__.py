"""SCIM 2.0 (RFC 7643, 7644): the directory of a workspace's provider keeps its people and their groups here.

The workspace is that of the token; a token opens these addresses and no others.
"""

from __future__ import annotations

from django.urls import path, register_converter

from fairlead.api.scim import discovery, groups, users
from fairlead.api.scim.door import entrance
from fairlead.api.scim.filters import number


class Resource:
    """The id of a user or group. Whatever is none belongs to nobody, and is told so in the form of SCIM."""

    regex = "[^/]+"

    def to_python(self, value: str) -> int:
        """Its number."""
        return number(value)

    def to_url(self, value: int) -> str:
        """As it stands in an address."""
        return str(value)


register_converter(Resource, "scim")

urls = [
    path("scim/v2/ServiceProviderConfig", entrance(GET=discovery.config)),
    path("scim/v2/ResourceTypes", entrance(GET=discovery.types)),
    path("scim/v2/ResourceTypes/<str:name>", entrance(GET=discovery.one_type)),
    path("scim/v2/Schemas", entrance(GET=discovery.schemas)),
    path("scim/v2/Schemas/<str:name>", entrance(GET=discovery.one_schema)),
    path("scim/v2/Users", entrance(GET=users.listed, POST=users.add)),
    path(
        "scim/v2/Users/<scim:member_number>",
        entrance(GET=users.one, PUT=users.replace, PATCH=users.patch, DELETE=users.delete),
    ),
    path("scim/v2/Groups", entrance(GET=groups.listed, POST=groups.add)),
    path(
        "scim/v2/Groups/<scim:group_number>",
        entrance(GET=groups.one, PUT=groups.replace, PATCH=groups.patch, DELETE=groups.delete),
    ),
]
