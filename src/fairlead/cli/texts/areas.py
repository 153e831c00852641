"""The areas of the product, for translators: who works on one touches no file of another.

An area is a list of sources and has one file of translations for each language. A source belongs to the first area
with a pattern that fits it.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parents[2]

# Patterns are paths below src/fairlead; T and W are the folders of templates and of views.
T, W, S = "web/templates", "web", "web/static/js"
AREAS: Final[dict[str, tuple[str, ...]]] = {
    "portal": (
        f"{T}/portal/*",
        f"{W}/portal*.py",
        f"{W}/public_form.py",
        f"{W}/as_client.py",
        f"{S}/portal.js",
        "work/queries/portal.py",
        "work/actions/requests.py",
        "work/actions/verdicts.py",
        "work/forms.py",
    ),
    "mails": (
        f"{T}/mail/*",
        f"{T}/notices/*",
        f"{T}/settings/notifications.jinja",
        f"{W}/notices.py",
        f"{W}/settings_pages/notices.py",
        "notices/*",
        "accounts/jobs.py",
        "accounts/mails.py",
    ),
    "accounts": (
        f"{T}/accounts/*",
        *(
            f"{T}/settings/{name}.jinja"
            for name in (
                "frame",
                "profile",
                "security",
                "sessions",
                "sign_in",
                "tokens",
                "leave",
                "provider",
                "members",
                "remove",
                "workspace",
            )
        ),
        *(
            f"{W}/settings_pages/{name}.py"
            for name in (
                "__init__",
                "frame",
                "profile",
                "security",
                "sessions",
                "sign_in",
                "tokens",
                "providers",
                "members",
                "workspace",
            )
        ),
        *(
            f"{W}/{name}.py"
            for name in (
                "session",
                "joining",
                "entering",
                "second_factor",
                "step_up",
                "passkeys",
                "sso",
                "gate",
                "challenge",
                "device",
                "access",
                "languages",
            )
        ),
        f"{S}/account.js",
        f"{S}/passkeys.js",
        "accounts/*",
    ),
    "frame": (
        f"{T}/layout*.jinja",
        f"{T}/_ui/*",
        f"{T}/errors/*",
        f"{T}/offline/*",
        f"{T}/palette/*",
        *(
            f"{W}/{name}.py"
            for name in (
                "navigation",
                "palette",
                "errors",
                "offline",
                "context",
                "filters",
                "middleware",
                "render",
                "blame",
                "home",
                "icons",
                "jinja",
                "pieces",
                "transfer",
                "keys",
                "areas",
                "apps",
                "uploads",
                "scripts",
            )
        ),
        *(f"{S}/{name}.js" for name in ("app", "live", "notices", "offline", "palette", "timer", "rows", "table")),
        "lib/errors.py",
        "lib/uploads.py",
    ),
    "settings": (f"{T}/settings/*", f"{W}/settings_pages/*", "archive/*"),
    "activity": (f"{T}/activity/*", f"{W}/activity.py", f"{W}/sentences.py", "events/*"),
    "files": (
        f"{T}/files/*",
        f"{W}/attachments.py",
        f"{W}/proofs.py",
        f"{S}/files.js",
        f"{S}/proof.js",
        "work/actions/attachments.py",
        "work/actions/proofs.py",
        "work/files.py",
        "lib/blobs.py",
        "lib/magic.py",
        "lib/scanning.py",
    ),
    "time": (
        f"{T}/time/*",
        f"{W}/time_*.py",
        f"{W}/timer.py",
        f"{S}/timesheet.js",
        "work/time/*",
        "work/actions/time_*.py",
    ),
    "dates": (
        f"{T}/calendar/*",
        f"{T}/timeline/*",
        f"{T}/planner/*",
        f"{W}/calendar.py",
        f"{W}/timeline*.py",
        f"{W}/planner.py",
        f"{S}/calendar.js",
        f"{S}/timeline*.js",
        f"{S}/planner.js",
        "work/dates.py",
        "work/planner.py",
        "work/actions/own_blocks.py",
        "work/actions/shifts.py",
    ),
    "people": (
        f"{T}/people/*",
        f"{T}/skills/*",
        f"{W}/people*.py",
        f"{W}/presence.py",
        f"{W}/skills.py",
        f"{W}/calendars.py",
        f"{W}/team_form.py",
        f"{W}/teams.py",
        f"{W}/fairness.py",
        "people/*",
        "lib/days.py",
        "lib/http.py",
        "lib/ics*.py",
    ),
    "planning": (
        f"{T}/allocation/*",
        f"{T}/schedule/*",
        f"{W}/allocation*.py",
        f"{W}/schedule.py",
        f"{S}/schedule.js",
        f"{S}/plan.js",
        *(
            f"allocation/{name}.py"
            for name in ("reading", "weights", "stale", "doctor", "causes", "judgement", "because")
        ),
        *(
            f"allocation/queries/{name}.py"
            for name in ("schedule", "decisions", "pins", "plans", "standing", "fairness")
        ),
        *(
            f"allocation/actions/{name}.py"
            for name in ("assign", "many", "plans", "pins", "plan_apply", "planning", "approvals")
        ),
    ),
    "allocation": (
        f"{T}/offers/*",
        f"{T}/policies/*",
        f"{T}/routing/*",
        f"{W}/offers.py",
        f"{W}/policies.py",
        f"{W}/policy_forms.py",
        f"{W}/routing.py",
        f"{W}/overrides.py",
        "lib/cel.py",
        "allocation/*",
    ),
    "imports": (f"{T}/imports/*", f"{W}/import*.py", f"{W}/example.py", "integrations/*"),
    "api": (f"{T}/api/*", "api/*"),
    "projects": (
        f"{T}/projects/*",
        f"{T}/board/*",
        f"{T}/request_forms/*",
        f"{W}/projects.py",
        f"{W}/board.py",
        f"{W}/request_forms.py",
        f"{S}/board.js",
        f"{S}/request_forms.js",
        "work/actions/columns.py",
        "work/actions/projects.py",
        "work/actions/forms.py",
        "work/actions/statuses.py",
    ),
    "tasks": (f"{T}/tasks/*", f"{W}/task*.py"),
    "work": (f"{T}/*", f"{W}/*", f"{S}/*", "work/*"),
}
LENT: Final[dict[str, tuple[str, ...]]] = {
    "planning": tuple(
        f"engine/{name}.py"
        for name in (
            "saying",
            "wording",
            "standing",
            "doctor",
            "relax",
            "more_time",
            "levers",
            "flip",
            "change",
            "story",
            "move",
            "repair",
            "match/*",
        )
    ),
}
"""Sources that speak English only; what they note for translators is translated with the area that shows it."""
NO_AREA: Final = (
    "engine/*",
    "bench/*",
    "cli/*",
    "demo/*",
    "jobs/*",
    "lib/embedded_pg.py",
    "lib/pg_ground.py",
    "lib/supervisor.py",
    "lib/seal.py",
    "*/migrations/*",
    "accounts/models/__init__.py",
    "accounts/devices.py",
    "accounts/actions/chronicle.py",
    "archive/parcel.py",
    "archive/actions/opening.py",
    "archive/actions/files.py",
    "archive/actions/restore.py",
    "integrations/kinds/csv/presets.py",
    f"{T}/offline/worker.js.jinja",
    "config.py",
    "settings.py",
    "urls.py",
    "asgi.py",
    "live.py",
    "health.py",
    "__init__.py",
    "__main__.py",
    f"{T}/styleguide*",
    f"{W}/styleguide.py",
    "*.min.js",
)
"""Sources without texts for people at pages: the engine, the command line, the styleguide."""
COMPLETE: Final = frozenset(
    {
        "portal",
        "accounts",
        "frame",
        "mails",
        "settings",
        "imports",
        "people",
        "time",
        "tasks",
        "dates",
        "files",
        "projects",
        "allocation",
        "work",
        "activity",
        "planning",
    }
)
"""Areas in which a test finds every text that is not marked for translation."""


@cache
def area_of(source: str) -> str:
    """The area of a path below src/fairlead; empty for sources without texts."""
    if any(fnmatchcase(source, pattern) for pattern in NO_AREA):
        return ""
    return next((name for name, patterns in AREAS.items() if any(fnmatchcase(source, p) for p in patterns)), "")


def sources() -> list[str]:
    """Every template, module and script, as a path below src/fairlead."""
    found = [*PACKAGE.rglob("*.py"), *(PACKAGE / T).rglob("*.jinja"), *(PACKAGE / S).glob("*.js")]
    return sorted(str(path.relative_to(PACKAGE)) for path in found if "__pycache__" not in path.parts)


def lent_to(area: str) -> list[str]:
    """Sources of none that note texts for the translators of this area."""
    return [source for source in sources() if any(fnmatchcase(source, p) for p in LENT.get(area, ()))]


def sources_of(area: str) -> list[str]:
    """The sources of one area."""
    return [source for source in sources() if area_of(source) == area]
