"""Settings: one's own profile, the workspace, its members and presence states, API tokens."""

from __future__ import annotations

from fairlead.web.settings_pages import members, notices, presence, profile, tokens, workspace

urls = [*profile.urls, *workspace.urls, *members.urls, *notices.urls, *presence.urls, *tokens.urls]
