"""Who does what, and why: assignments with their receipts, offers, and plans made by the engine."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.lib.speech import later


class Snapshot(models.Model):
    """What the engine was given, to the byte: canonical `fairlead.problem/1` JSON, gzipped. Kept once per content."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="snapshot_once")]

    def __str__(self) -> str:
        return self.digest[:12]


class Receipt(models.Model):
    """Everything needed to explain one decision: what was known, who was considered, who was ruled out by what.

    `ranking` is the engine's answer for this task on this snapshot. A decision of a plan names the `plan` and
    keeps the evidence about the chosen worker; its ranking follows from the plan's snapshot and result.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey("work.Task", models.CASCADE, related_name="receipts")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT)
    engine_version = models.CharField(max_length=20)
    ranking = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict)
    plan = models.ForeignKey("allocation.Plan", models.SET_NULL, null=True, blank=True, related_name="receipts")
    policy_version = models.ForeignKey(
        "allocation.PolicyVersion", models.PROTECT, null=True, blank=True, related_name="receipts"
    )
    seed = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"receipt {self.pk} of {self.task}"


class Plan(models.Model):
    """The engine's joint result for many tasks: a draft to look at, then applied, undone or discarded.

    While it is made, `done` of `total` steps are behind it. `result` is the engine's `fairlead.plan/1` JSON, gzipped;
    with the snapshot, the seed, the iterations, the threads and where it was stopped the engine gives the same bytes
    again. A repair also keeps what was before (`basis`, a plan like `result`), its `changes` and its `budget`.
    `weights` are percent of the usual weights by name; `figures` say what it buys: {"before": …, "after": …}. `told`
    is what the sentence of `cause` was made of.
    """

    class Scope(models.TextChoices):
        WAITING = "waiting", later("Waiting tasks")
        ALL = "all", later("Waiting and held tasks")
        REPAIR = "repair", later("What an event changes")

    class State(models.TextChoices):
        MAKING = "making", later("Being made")
        DRAFT = "draft", later("Draft")
        APPLIED = "applied", later("Applied")
        UNDONE = "undone", later("Undone")
        DISCARDED = "discarded", later("Discarded")
        FAILED = "failed", later("Failed")
        REPLACED = "replaced", later("Replaced by a newer one")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    project = models.ForeignKey("work.Project", models.CASCADE, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, blank=True)
    engine_version = models.CharField(max_length=20, blank=True)
    seed = models.PositiveIntegerField(default=0)
    iterations = models.PositiveIntegerField(default=0)
    result = models.BinaryField(default=b"")
    cost = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    as_of_seq = models.BigIntegerField(default=0)
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.WAITING)
    weights = models.JSONField(default=dict)
    threads = models.PositiveSmallIntegerField(default=1)
    stop_asked = models.BooleanField(default=False)
    stopped_at = models.PositiveIntegerField(null=True, blank=True)
    figures = models.JSONField(default=dict)
    bound = models.FloatField(null=True, blank=True)
    bound_by = models.CharField(max_length=10, blank=True)
    gap = models.FloatField(null=True, blank=True)
    other = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="variants")
    cause = models.CharField(max_length=300, blank=True)
    cause_key = models.CharField(max_length=60, blank=True)
    told = models.JSONField(default=dict, blank=True)
    basis = models.BinaryField(default=b"")
    changes = models.JSONField(default=list)
    budget = models.JSONField(default=dict)

    after_restore = "state = 'failed' WHERE state = 'making'"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(snapshot__isnull=False) | Q(state__in=("making", "discarded", "failed", "replaced")),
                name="plan_has_snapshot",
            ),
            models.UniqueConstraint(
                fields=["workspace", "cause_key"], condition=Q(state="draft") & ~Q(cause_key=""),
                name="plan_one_proposal",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["workspace", "-created_at"], name="plan_recent")]

    def __str__(self) -> str:
        return f"plan {self.pk}"


class Planning(models.Model):
    """How a workspace plans: the weights that new plans begin with (percent by name), and how calm proposals are.

    A proposal after an event moves at most `most_moved` tasks, `most_moved_each` for each person, and nothing that
    its holder would begin within their own next `frozen_min` working minutes unless it cannot stay. Between two tasks
    people have `gap_min` minutes, unless their profile says otherwise.
    """

    workspace = models.OneToOneField("accounts.Workspace", models.CASCADE, related_name="planning")
    weights = models.JSONField(default=dict)
    proposes = models.BooleanField(default=True)
    most_moved = models.PositiveSmallIntegerField(default=10)
    most_moved_each = models.PositiveSmallIntegerField(default=3)
    frozen_min = models.PositiveIntegerField(default=240)
    gap_min = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(gap_min__lte=240), name="planning_gap_fits")]

    def __str__(self) -> str:
        return f"planning of {self.workspace_id}"


class PlanLine(models.Model):
    """One task of a plan: who should do it when, or why nobody can. `fit` is 0 to 100.

    `before_worker` is who held it, and `before_starts_at`, `before_ends_at` when it would have been done then.
    `evidence` holds what was known about wishes and experience of the proposed worker; `reason` says why it moves.
    `told` is what `reason` and `fixes`, which are English, were made of.
    `outcome` says what became of the proposal when the plan was applied or undone.
    """

    class Kind(models.TextChoices):
        NEW = "new", later("New")
        MOVED = "moved", later("Goes to somebody else")
        SHIFTED = "shifted", later("At another time")
        SAME = "same", later("Unchanged")
        OPEN = "open", later("Left open")

    class Outcome(models.TextChoices):
        OPEN = "", later("Proposed")
        APPLIED = "applied", later("Assigned")
        LEFT_OUT = "left_out", later("Left out")
        TAKEN = "taken", later("Changed hands meanwhile")
        FULL = "full", later("Left out: too many tasks at once")
        UNDONE = "undone", later("Undone")
        KEPT = "kept", later("Kept, because somebody went on with it")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="lines")
    task = models.ForeignKey("work.Task", models.CASCADE)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.NEW)
    worker = models.ForeignKey("people.Worker", models.CASCADE, null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    before_worker = models.ForeignKey(
        "people.Worker", models.SET_NULL, null=True, blank=True, related_name="lines_before"
    )
    before_starts_at = models.DateTimeField(null=True, blank=True)
    before_ends_at = models.DateTimeField(null=True, blank=True)
    late_min = models.PositiveIntegerField(default=0)
    fit = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    fixes = models.JSONField(default=list)
    told = models.JSONField(default=dict, blank=True)
    evidence = models.JSONField(default=dict)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "task"], name="plan_line_once")]

    def __str__(self) -> str:
        return f"{self.task}: {self.worker or self.reason}"


class Assignment(models.Model):
    """A task given to a worker. At most one is active for each task; ended ones are its history."""

    class EndReason(models.TextChoices):
        REPLACED = "replaced", later("Given to somebody else")
        RELEASED = "released", later("Taken back")
        UNDONE = "undone", later("Undone")
        DONE = "done", later("Done")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey("work.Task", models.CASCADE, related_name="assignments")
    worker = models.ForeignKey("people.Worker", models.CASCADE, related_name="assignments")
    receipt = models.ForeignKey(Receipt, models.PROTECT)
    plan = models.ForeignKey(Plan, models.SET_NULL, null=True, blank=True, related_name="assignments")
    by_kind = models.CharField(max_length=10)
    by_user = models.ForeignKey("accounts.User", models.SET_NULL, null=True)
    reason = models.CharField(max_length=300, blank=True)
    fit = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=10, choices=EndReason, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(ended_at__isnull=True), name="assignment_one_active"),
        ]
        indexes = [
            models.Index(fields=["worker"], condition=Q(ended_at__isnull=True), name="assignment_active"),
            models.Index(fields=["workspace", "-created_at", "-id"], name="assignment_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.task} → {self.worker}"


class Pin(models.Model):
    """Somebody's decision that this worker does this task, not before `starts_at` where that is given: no plan undoes
    it. It holds while the worker has the task; one of an earlier holder means nothing."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey("work.Task", models.CASCADE, related_name="pins")
    worker = models.ForeignKey("people.Worker", models.CASCADE, related_name="pins")
    starts_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    by_user = models.ForeignKey("accounts.User", models.SET_NULL, null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(ended_at__isnull=True), name="pin_one_active"),
        ]

    def __str__(self) -> str:
        return f"{self.task} pinned to {self.worker}"


class Offering(models.Model):
    """A task that looks for somebody who accepts it: `at_once` workers are asked at the same time, then the next ones.

    Each may think for `answer_min` minutes of their own working time. Without `goes_on` only those named at the start
    are asked. When nobody is left it is exhausted, and the task is a manager's to decide, or its policy's where a
    `routing` made it.
    """

    class State(models.TextChoices):
        OPEN = "open", later("Being offered")
        FILLED = "filled", later("Accepted")
        EXHAUSTED = "exhausted", later("Nobody accepted")
        WITHDRAWN = "withdrawn", later("Withdrawn")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey("work.Task", models.CASCADE, related_name="offerings")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    at_once = models.PositiveSmallIntegerField(default=1)
    answer_min = models.PositiveIntegerField()
    goes_on = models.BooleanField(default=True)
    message = models.CharField(max_length=500, blank=True)
    by_user = models.ForeignKey("accounts.User", models.SET_NULL, null=True)
    routing = models.ForeignKey("allocation.Routing", models.SET_NULL, null=True, blank=True, related_name="offerings")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(state="open"), name="offering_one_open"),
            models.CheckConstraint(condition=Q(closed_at__isnull=True, state="open") | Q(closed_at__isnull=False)
                                   & ~Q(state="open"), name="offering_closed_when_over"),
            models.CheckConstraint(condition=Q(at_once__gte=1, answer_min__gte=1), name="offering_asks_somebody"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["workspace", "state"], name="offering_state")]

    def __str__(self) -> str:
        return f"offers of {self.task}"


class Offer(models.Model):
    """A task put to one worker, to be answered before `expires_at`. It ends in exactly one of four ways.

    `rank`, `fit` (0 to 100) and the times are those of the moment of asking; `receipt` says why this worker.
    `pay_cents` is what the work would bring them: their rate for `minutes`; 0 when nothing is agreed by the hour.
    """

    class State(models.TextChoices):
        OPEN = "open", later("Open")
        ACCEPTED = "accepted", later("Accepted")
        DECLINED = "declined", later("Declined")
        EXPIRED = "expired", later("Expired")
        WITHDRAWN = "withdrawn", later("Withdrawn")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    offering = models.ForeignKey(Offering, models.CASCADE, related_name="offers")
    task = models.ForeignKey("work.Task", models.CASCADE, related_name="offers")
    worker = models.ForeignKey("people.Worker", models.CASCADE, related_name="offers")
    receipt = models.ForeignKey(Receipt, models.PROTECT)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    rank = models.PositiveIntegerField()
    fit = models.PositiveSmallIntegerField()
    minutes = models.PositiveIntegerField()
    pay_cents = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offering", "worker"], name="offer_asks_once"),
            models.UniqueConstraint(fields=["offering"], condition=Q(state="accepted"), name="offer_one_accepted"),
            models.CheckConstraint(condition=Q(answered_at__isnull=True, state="open") | Q(answered_at__isnull=False)
                                   & ~Q(state="open"), name="offer_answered_when_over"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("sent_at")), name="offer_leaves_time"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["worker", "state"], name="offer_of_worker"),
            models.Index(fields=["workspace", "-sent_at"], name="offer_recent"),
            models.Index(fields=["workspace", "expires_at", "id"], condition=Q(state="open"), name="offer_pressing"),
        ]

    def __str__(self) -> str:
        return f"{self.task} to {self.worker}"


class Policy(models.Model):
    """How a stream of work is routed. Of those in use the first, by `position`, that takes a task routes it.

    `current` is what it says now. The catch-all comes last, takes what no other takes, and cannot be removed.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    is_catch_all = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    current = models.ForeignKey("allocation.PolicyVersion", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"], condition=Q(removed_at__isnull=True), name="policy_name_once"
            ),
            models.UniqueConstraint(fields=["workspace"], condition=Q(is_catch_all=True), name="policy_one_catch_all"),
            models.CheckConstraint(
                condition=Q(is_catch_all=False) | Q(removed_at__isnull=True, is_active=True),
                name="policy_catch_all_stays",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def latest(self) -> PolicyVersion:
        """What it says now; every policy has a version from its first moment on."""
        if self.current is None:
            raise PolicyVersion.DoesNotExist(f"{self.name} was never written")
        return self.current


class PolicyVersion(models.Model):
    """What a policy said from a moment on: `routing.definition.Definition` as plain data. Never changed."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    by_user = models.ForeignKey("accounts.User", models.SET_NULL, null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "number"], name="policy_version_once")]

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"


class Routing(models.Model):
    """The way of one waiting task through a policy. While it is open it says where the task stands and why it waits.

    `turn` counts its changes: a timer that was set for an earlier turn does nothing. `step` counts from 0. `worker` is
    who is proposed. `reason` is English; `told` keeps the same as a saying, for readers of other languages. `free_at`:
    when somebody who can do it is at work again. `told_at`: when managers were told.
    """

    class State(models.TextChoices):
        SUGGEST = "suggest", later("People decide")
        PROPOSED = "proposed", later("Waits for approval")
        ASKING = "asking", later("Being offered")
        QUEUED = "queued", later("To be claimed")
        WAITING = "waiting", later("Waits for somebody")
        UNROUTABLE = "unroutable", later("Nobody can do it now")
        MANAGER = "manager", later("With a manager")
        DONE = "done", later("Given")
        STOPPED = "stopped", later("Ended otherwise")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey("work.Task", models.CASCADE, related_name="routings")
    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="routings")
    state = models.CharField(max_length=10, choices=State)
    step = models.PositiveSmallIntegerField(default=0)
    step_ends_at = models.DateTimeField(null=True, blank=True)
    turn = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    told = models.JSONField(default=dict, blank=True)
    worker = models.ForeignKey("people.Worker", models.SET_NULL, null=True, blank=True, related_name="+")
    assignment = models.ForeignKey(Assignment, models.SET_NULL, null=True, blank=True, related_name="+")
    free_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(closed_at__isnull=True), name="routing_one_open"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) ^ Q(state__in=("done", "stopped")), name="routing_closed_when_over"
            ),
            models.CheckConstraint(condition=~Q(state="proposed") | Q(worker__isnull=False), name="routing_proposes"),
        ]
        indexes = [
            models.Index(fields=["workspace", "state", "-changed_at"], name="routing_state"),
        ]

    def __str__(self) -> str:
        return f"routing of {self.task}"
