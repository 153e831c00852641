"""Addresses of allocation: who should do a task and why, and allocating many at once."""

from __future__ import annotations

from django.urls import path

from fairlead.web import allocation_plan as plan
from fairlead.web import allocation_task as task
from fairlead.web import keys  # noqa: F401  the converters of the addresses below

urls = [
    path("tasks/<task:key>/candidates/", task.candidates, name="candidates"),
    path("tasks/<task:key>/assign/", task.assign, name="assign"),
    path("tasks/<task:key>/assign-best/", task.assign_best, name="assign-best"),
    path("tasks/<task:key>/take/", task.take, name="take"),
    path("tasks/<task:key>/unassign/", task.unassign, name="unassign"),
    path("tasks/<task:key>/needs/", task.change_needs, name="change-needs"),
    path("tasks/<task:key>/why/", task.why, name="why"),
    path("tasks/<task:key>/why-not/", task.why_not, name="why-not"),
    path("receipts/<int:number>/", task.receipt, name="receipt"),
    path("receipts/<int:number>/replay/", task.replay, name="receipt-replay"),
    path("projects/<project:key>/allocate/", plan.allocate, name="allocate"),
    path("plans/", plan.index, name="plans"),
    path("plans/new/", plan.allocate_all, name="allocate-all"),
    path("plans/<int:plan_id>/", plan.show, name="plan"),
    path("plans/<int:plan_id>/apply/", plan.apply, name="plan-apply"),
    path("plans/<int:plan_id>/apply-rest/", plan.apply_rest, name="plan-apply-rest"),
    path("plans/<int:plan_id>/stop/", plan.stop, name="plan-stop"),
    path("plans/<int:plan_id>/weights/", plan.weigh, name="plan-weigh"),
    path("plans/<int:plan_id>/weights/keep/", plan.keep_weights, name="plan-keep-weights"),
    path("plans/<int:plan_id>/undo/", plan.undo, name="plan-undo"),
    path("plans/<int:plan_id>/discard/", plan.discard, name="plan-discard"),
    path("plans/<int:plan_id>/restore/", plan.restore, name="plan-restore"),
]
