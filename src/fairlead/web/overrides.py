"""What people decided otherwise than suggested, and the change of a policy that it speaks for."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from fairlead.allocation import actions, queries
from fairlead.allocation.permissions import may_see_policies, may_write_policies
from fairlead.allocation.queries.policies import definition_of
from fairlead.allocation.routing import from_dict
from fairlead.allocation.words import policy_name
from fairlead.lib.errors import require
from fairlead.lib.speech import later, tr
from fairlead.web.access import Request, member_page
from fairlead.web.policy_forms import WORDS
from fairlead.web.render import page

NOT_YOURS: Final = later("Only managers and auditors see what was overridden.")
NOT_TO_WRITE: Final = later("Only owners, admins and managers write policies.")
FACTORS: Final = {
    "skills": later("Skills"),
    "free before due": later("Free before due"),
    "load": later("Load"),
    "cost": later("Cost"),
    "preference": later("Preference"),
    "familiarity": later("Familiarity"),
}
"""What the engine measures, by its name for it."""
USUAL_WEEKS: Final = 12


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else default


def _weeks(request: Request) -> int:
    weeks = _number(request.GET.get("weeks", ""), USUAL_WEEKS)
    return weeks if weeks in queries.OVERRIDE_WINDOWS else USUAL_WEEKS


@member_page
@require_GET
def index(request: Request) -> HttpResponse:
    """Overrides by policy: reasons, what the chosen had more of, and the change that they speak for."""
    weeks = _weeks(request)
    values = {
        "rows": queries.overrides(request.actor, now=timezone.now(), weeks=weeks),
        "weeks": weeks, "windows": queries.OVERRIDE_WINDOWS, "words": WORDS, "factors": FACTORS,
        "may_write": may_write_policies(request.actor),
    }  # fmt: skip
    return page(request, "routing/overrides.jinja", values)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, policy_id: int) -> HttpResponse:
    """One change, ranked anew over what was kept; sent, it becomes a new version of the policy."""
    require(may_see_policies(request.actor), NOT_YOURS)
    policy = queries.find_policy(request.actor, policy_id)
    sent = request.POST if request.method == "POST" else request.GET
    name, after = sent.get("name", ""), _number(sent.get("after", ""), -1)
    if request.method != "POST" and not name:
        return redirect("overrides")
    if request.method != "POST":
        weeks, now = _weeks(request), timezone.now()
        found = queries.preview(request.actor, policy_id, name=name, after=after, now=now, weeks=weeks)
        values = {
            "found": found,
            "name": policy_name(found.policy),
            "words": WORDS,
            "may_write": may_write_policies(request.actor),
            "weeks": weeks,
        }
        return page(request, "routing/override_change.jinja", values)
    require(may_write_policies(request.actor), NOT_TO_WRITE)
    says = definition_of(policy.latest)
    seen = _number(sent.get("version", ""), policy.latest.number)
    changed = from_dict({**says.to_dict(), "weights": {**says.weights, name: after}})
    made = actions.change_policy(policy, changed, actor=request.actor, now=timezone.now(), version=seen)
    number = made.latest.number
    told = tr("%(name)s is saved as version %(n)s. Any version can be restored.", name=policy_name(made), n=number)
    messages.success(request, told)
    return redirect("policy", made.pk)


urls = [
    path("desk/overrides/", index, name="overrides"),
    path("desk/overrides/<int:policy_id>/", change, name="override-change"),
]
