"""Settings: one's own profile, the workspace, its members and presence states, API tokens."""

from __future__ import annotations

from fairlead.web.settings_pages import fields, members, notices, planning, presence, profile, tokens, types, workspace

urls = [
    *profile.urls, *workspace.urls, *planning.urls, *members.urls, *fields.urls,
    *notices.urls, *presence.urls, *tokens.urls, *types.urls,
]  # fmt: skip
