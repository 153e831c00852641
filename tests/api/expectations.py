"""Who may do what through the API: one line for every operation. An operation without a line here fails the tests.

As for pages (security/expectations.py), with the body to send as `data`; places in angle brackets are filled from
security/objects.py.
"""

from __future__ import annotations

from security.expectations import (
    AUDITOR,
    CLIENT,
    CONTRIBUTOR,
    EVERYBODY,
    HOLDER,
    MANAGERS,
    READERS,
    SEES_PROJECT,
    STAFF,
    Line,
    allow,
)

SKILL = {"name": "Singing"}
WORKER = {"kind": "employee", "name": "Nina"}
TIME_OFF = {"starts_on": "2027-05-03", "ends_on": "2027-05-07"}

OPERATIONS: dict[str, Line] = {
    "GET /me": allow(*EVERYBODY),
    # projects
    "GET /projects": allow(*EVERYBODY),
    "POST /projects": allow(*MANAGERS, data={"key": "NEW", "name": "New"}),
    "GET /projects/{key}": allow(*SEES_PROJECT),
    "PATCH /projects/{key}": allow(*MANAGERS, data={"name": "Changed"}),
    "POST /projects/{key}/archive": allow(*MANAGERS),
    "POST /projects/{key}/restore": allow(*MANAGERS),
    "POST /projects/{key}/statuses": allow(*MANAGERS, data={"name": "Parked", "state": "backlog"}),
    "PATCH /projects/{key}/statuses/{status_id}": allow(*MANAGERS, data={"name": "Set"}),
    "DELETE /projects/{key}/statuses/{status_id}": allow(*MANAGERS),
    # tasks
    "GET /tasks": allow(*EVERYBODY),
    "POST /tasks": allow(*STAFF, CLIENT, data={"project": "WEB", "title": "New"}),
    "GET /tasks/{key}": allow(*SEES_PROJECT),
    "PATCH /tasks/{key}": allow(*MANAGERS, HOLDER, data={"title": "Changed"}),
    "DELETE /tasks/{key}": allow(*MANAGERS),
    "POST /tasks/{key}/restore": allow(*MANAGERS, at={"key": "gone"}),
    "POST /tasks/{key}/move": allow(*MANAGERS, HOLDER, data={"status_id": "in_progress"}),
    "POST /tasks/{key}/start": allow(*MANAGERS, HOLDER),
    "POST /tasks/{key}/submit": allow(*MANAGERS, HOLDER, at={"key": "running"}),
    "POST /tasks/{key}/complete": allow(*MANAGERS, HOLDER, at={"key": "running"}),
    "POST /tasks/{key}/cancel": allow(*MANAGERS),
    "POST /tasks/{key}/reopen": allow(*MANAGERS, at={"key": "finished"}),
    "GET /search": allow(*EVERYBODY),
    "GET /views": allow(*EVERYBODY),
    "POST /views": allow(*EVERYBODY, data={"name": "Mine", "query": "state=open"}),
    "PATCH /views/{view_id}": allow(HOLDER, data={"name": "Better"}),
    "DELETE /views/{view_id}": allow(*MANAGERS, HOLDER),
    "POST /tasks/bulk": allow(*STAFF, data={"tasks": ["WEB-1"], "priority": 3}),
    "POST /batches/{batch_id}/undo": allow(HOLDER),
    # what hangs on a task
    "POST /tasks/{key}/criteria": allow(*MANAGERS, HOLDER, data={"text": "Short"}),
    "POST /tasks/{key}/criteria/{criterion_id}/check": allow(*MANAGERS, HOLDER),
    "POST /tasks/{key}/criteria/{criterion_id}/uncheck": allow(*MANAGERS, HOLDER),
    "DELETE /tasks/{key}/criteria/{criterion_id}": allow(*MANAGERS, HOLDER),
    "PUT /tasks/{key}/waits-for/{after}": allow(*MANAGERS, HOLDER),
    "DELETE /tasks/{key}/waits-for/{after}": allow(*MANAGERS, HOLDER),
    "GET /tasks/{key}/comments": allow(*SEES_PROJECT),
    "POST /tasks/{key}/comments": allow(*STAFF, CLIENT, data={"body": "Hello", "internal": False}),
    "PATCH /tasks/{key}/comments/{comment_id}": allow(HOLDER, data={"body": "Changed"}),
    "DELETE /tasks/{key}/comments/{comment_id}": allow(*MANAGERS, HOLDER),
    # people
    "GET /workers": allow(*READERS),
    "POST /workers": allow(*MANAGERS, data=WORKER),
    "GET /workers/{worker_id}": allow(*READERS),
    "PATCH /workers/{worker_id}": allow(*MANAGERS, HOLDER, data={"headline": "Changed"}),
    "POST /workers/{worker_id}/deactivate": allow(*MANAGERS),
    "POST /workers/{worker_id}/reactivate": allow(*MANAGERS),
    "PUT /workers/{worker_id}/skills/{skill_id}": allow(*MANAGERS, HOLDER, data={"level": 2}),
    "DELETE /workers/{worker_id}/skills/{skill_id}": allow(*MANAGERS, HOLDER),
    "POST /workers/{worker_id}/skills/{skill_id}/confirm": allow(*MANAGERS),
    "PUT /workers/{worker_id}/hours": allow(*MANAGERS, HOLDER, data={"hours": []}),
    "PUT /workers/{worker_id}/preferences": allow(*MANAGERS, HOLDER, data={"wants_labels": ["shop"]}),
    "GET /workers/{worker_id}/load": allow(*READERS),
    "GET /workers/{worker_id}/time-off": allow(*READERS),
    "POST /workers/{worker_id}/time-off": allow(*MANAGERS, HOLDER, data=TIME_OFF),
    "POST /workers/{worker_id}/time-off/{number}/approve": allow(*MANAGERS),
    "POST /workers/{worker_id}/time-off/{number}/decline": allow(*MANAGERS, data={"note": "Too busy"}),
    "POST /workers/{worker_id}/time-off/{number}/cancel": allow(*MANAGERS, HOLDER),
    "GET /skills": allow(*EVERYBODY),
    "POST /skills": allow(*MANAGERS, data=SKILL),
    "GET /skills/{skill_id}": allow(*EVERYBODY),
    "PATCH /skills/{skill_id}": allow(*MANAGERS, data=SKILL),
    # who does what
    "GET /tasks/{key}/recommendation": allow(*READERS),
    "GET /tasks/{key}/assignment": allow(*READERS),
    "POST /tasks/{key}/assignment": allow(*MANAGERS, at={"key": "waiting"}, data={"worker": "best"}),
    "DELETE /tasks/{key}/assignment": allow(*MANAGERS, HOLDER),
    "POST /tasks/{key}/take": allow(HOLDER, CONTRIBUTOR, at={"key": "waiting"}),
    "GET /receipts/{receipt_id}": allow(*READERS),
    "GET /tasks/{key}/standing": allow(HOLDER, CONTRIBUTOR),
    "POST /receipts/{receipt_id}/replay": allow(*READERS),
    "GET /fairness": allow(*READERS),
    "GET /plans": allow(*EVERYBODY),
    "POST /plans": allow(*MANAGERS, data={"project": "WEB"}),
    "GET /plans/{plan_id}": allow(*MANAGERS, AUDITOR),
    "POST /plans/{plan_id}/apply": allow(*MANAGERS, data={}),
    "POST /plans/{plan_id}/undo": allow(*MANAGERS, at={"plan_id": "applied"}),
    "POST /plans/{plan_id}/discard": allow(*MANAGERS),
    "POST /tasks/{key}/offers": allow(*MANAGERS, at={"key": "waiting"}, data={"answer_min": 60}),
    "DELETE /tasks/{key}/offers": allow(*MANAGERS, at={"key": "offered"}),
    "GET /offers": allow(*EVERYBODY),
    "GET /offers/{offer_id}": allow(*MANAGERS, HOLDER, AUDITOR),
    "POST /offers/{offer_id}/accept": allow(HOLDER),
    "POST /offers/{offer_id}/decline": allow(HOLDER, data={"reason": "Too busy"}),
    # the log
    "GET /events": allow(*MANAGERS, AUDITOR),
}
