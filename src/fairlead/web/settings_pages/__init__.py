"""Settings: one's own profile, the workspace, its members, API tokens."""

from __future__ import annotations

from fairlead.web.settings_pages import members, planning, profile, tokens, workspace

urls = [*profile.urls, *workspace.urls, *planning.urls, *members.urls, *tokens.urls]
