"""Settings: one's own profile, the workspace, its data, members and presence states, API tokens."""

from __future__ import annotations

from fairlead.web.settings_pages import (
    branding,
    data,
    devices,
    fields,
    members,
    notices,
    planning,
    presence,
    profile,
    providers,
    security,
    sessions,
    sign_in,
    tokens,
    types,
    workspace,
)

urls = [
    *profile.urls, *workspace.urls, *branding.urls, *planning.urls, *members.urls, *fields.urls, *types.urls,
    *notices.urls, *presence.urls, *sessions.urls, *providers.urls, *security.urls, *sign_in.urls, *tokens.urls,
    *data.urls, *devices.urls,
]  # fmt: skip
