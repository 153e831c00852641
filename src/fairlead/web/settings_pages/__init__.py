"""Settings: one's own profile, the workspace, its members and presence states, API tokens."""

from __future__ import annotations

from fairlead.web.settings_pages import (
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
    workspace,
)

urls = [
    *profile.urls, *workspace.urls, *planning.urls, *members.urls, *notices.urls, *presence.urls, *sessions.urls,
    *providers.urls, *security.urls, *sign_in.urls, *tokens.urls,
]  # fmt: skip
