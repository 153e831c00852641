"""Projects and tasks: what is to be done, when it is needed, what it asks for, and where it stands."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from fairlead.lib.speech import later, mark
from fairlead.work.fields.models import Field, FieldOption, FieldValue, ProjectField  # noqa: F401  found here too
from fairlead.work.portal_models import FormEntry, Handover, LastLook, RequestDraft, RequestForm, Reviewer
from fairlead.work.states import State, column
from fairlead.work.types.models import (  # noqa: F401  found here too
    Approval,
    Approver,
    TaskType,
    TypeColumn,
    TypeField,
    TypeNeed,
)

__all__ = [
    "Attachment", "AttachmentVersion", "Batch", "BatchLine", "BoardLook", "ChecklistItem", "Comment",
    "CommentRevision", "Criterion", "Dependency", "FilePage", "FormEntry", "Handover", "LastLook", "Need", "Project",
    "ProjectClient", "ProofNote", "ProofPin", "Reaction", "RequestDraft", "RequestForm", "Reviewer", "StartView",
    "Status", "Task", "View",
]  # fmt: skip


class Project(models.Model):
    """A body of work with a short key and statuses of its own. Private: only its members see anything of it."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    key = models.CharField(max_length=8, validators=[RegexValidator(r"^[A-Z][A-Z0-9]{1,7}\Z")])
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    client = models.CharField(max_length=120, blank=True)
    color = models.PositiveSmallIntegerField(default=0)
    lead = models.ForeignKey("people.Worker", models.SET_NULL, null=True, blank=True, related_name="leads")
    next_number = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    private = models.BooleanField(default=False)
    revision_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="project_key_once"),
            models.CheckConstraint(condition=Q(key__regex=r"^[A-Z][A-Z0-9]{1,7}$"), name="project_key_shape"),
        ]
        indexes = [models.Index(fields=["workspace"], name="project_private", condition=Q(private=True))]

    def __str__(self) -> str:
        return self.name


class ProjectClient(models.Model):
    """A user with the role client sees the projects that were shared with them, and no other."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    project = models.ForeignKey(Project, models.CASCADE, related_name="clients")
    user = models.ForeignKey("accounts.User", models.CASCADE)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="project_client_once")]

    def __str__(self) -> str:
        return f"{self.user} sees {self.project}"


class Status(models.Model):
    """A column of a project's board; its state says what it means. A hard limit refuses what would be too much."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    project = models.ForeignKey(Project, models.CASCADE, related_name="statuses")
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State)
    position = models.PositiveSmallIntegerField()
    wip_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    wip_hard = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="status_name_once"),
            models.UniqueConstraint(fields=["id", "project", "state"], name="status_state_key"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="status_state_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> str:
        """Its name for its reader."""
        return column(self.name)


class Task(models.Model):
    """A piece of work. `state` repeats the status's state; the database keeps the two equal.

    Efforts are minutes at ordinary speed; `rank` orders tasks inside a column (smaller first).
    `type` None is a plain task.
    `assignee` is who holds the task now; why is told by allocation.Assignment and its receipt.
    """

    class Priority(models.IntegerChoices):
        NONE = 0, later("No priority")
        LOW = 1, later("Low")
        MEDIUM = 2, later("Medium")
        HIGH = 3, later("High")
        URGENT = 4, later("Urgent")

        @property
        def word(self) -> str:
            """What is typed for it, and what stands in the log, in every language."""
            return mark("No priority") if self == Task.Priority.NONE else self.name.capitalize()

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    project = models.ForeignKey(Project, models.CASCADE, related_name="tasks")
    number = models.PositiveIntegerField()
    type = models.ForeignKey(TaskType, models.PROTECT, null=True, blank=True, related_name="tasks")
    title = models.CharField(max_length=240)
    description = models.TextField(blank=True)
    status = models.ForeignKey(Status, models.PROTECT, related_name="tasks")
    state = models.CharField(max_length=10, choices=State)
    rank = models.FloatField(default=0)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NONE)
    effort_low_min = models.PositiveIntegerField(null=True, blank=True)
    effort_min = models.PositiveIntegerField(null=True, blank=True)
    effort_high_min = models.PositiveIntegerField(null=True, blank=True)
    release_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    labels = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="subtasks")
    assignee = models.ForeignKey("people.Worker", models.SET_NULL, null=True, blank=True, related_name="tasks")
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="task_number_once"),
            models.UniqueConstraint(
                fields=["project", "external_id"], condition=~Q(external_id=""), name="task_external_once"
            ),
            models.CheckConstraint(
                condition=Q(effort_low_min__lte=F("effort_min")) & Q(effort_min__lte=F("effort_high_min")),
                name="task_effort_in_order",
            ),
            models.CheckConstraint(condition=Q(priority__lte=4), name="task_priority_known"),
            models.CheckConstraint(condition=~Q(title=""), name="task_has_title"),
            models.CheckConstraint(condition=~Q(id=F("parent_id")), name="task_not_its_own_parent"),
        ]
        indexes = [
            models.Index(
                fields=["project", "status", "rank"], name="task_column", condition=Q(deleted_at__isnull=True)
            ),
            models.Index(fields=["workspace", "state", "due_at"], name="task_open"),
            models.Index(fields=["assignee", "state"], name="task_holder"),
            models.Index(fields=["workspace", "-updated_at", "id"], name="task_recent"),
            # Everything that is counted, so that counting reads no task: in all, by project, by who has them.
            models.Index(
                fields=["workspace", "project", "state", "due_at"], include=["assignee", "updated_at", "id"],
                name="task_counted", condition=Q(deleted_at__isnull=True),
            ),
            models.Index(
                fields=["workspace", "due_at", "-priority", "-id"], include=["state", "release_at", "done_at"],
                name="task_due", condition=Q(deleted_at__isnull=True),
            ),
            models.Index(
                fields=["workspace", "-updated_at", "-id"], name="task_trash", condition=Q(deleted_at__isnull=False)
            ),
            GinIndex(fields=["labels"], name="task_labels"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.project.key}-{self.number}"

    @property
    def key(self) -> str:
        """The name that people use: WEB-42."""
        return str(self)


class Need(models.Model):
    """A skill that a task asks for, at least at this level."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey(Task, models.CASCADE, related_name="needs")
    skill = models.ForeignKey("people.Skill", models.PROTECT, related_name="needs")
    level = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "skill"], name="need_skill_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="need_level"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} ≥ {self.level}"


class Criterion(models.Model):
    """One acceptance criterion; a task is done only when each of its criteria is checked."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey(Task, models.CASCADE, related_name="criteria")
    text = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField()
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text


class ChecklistItem(models.Model):
    """A small step of a task: for whom and until when, if somebody said so. Unlike criteria it holds nothing up."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey(Task, models.CASCADE, related_name="checklist")
    text = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField()
    assignee = models.ForeignKey("people.Worker", models.SET_NULL, null=True, blank=True, related_name="checklist")
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        indexes = [
            models.Index(fields=["assignee"], name="checklist_open", condition=Q(done_at__isnull=True)),
        ]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="checklist_has_text")]

    def __str__(self) -> str:
        return self.text


class Dependency(models.Model):
    """`task` comes after `after`, in the way that `kind` says; `lag_min` minutes of the calendar later (or, where it
    may begin before the other ends, earlier: a negative lag)."""

    class Kind(models.TextChoices):
        FINISH_START = "fs", later("starts after it ends")
        START_START = "ss", later("starts after it starts")
        FINISH_FINISH = "ff", later("ends after it ends")
        START_FINISH = "sf", later("ends after it starts")

    MOST_LAG_MIN = 525_600

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey(Task, models.CASCADE, related_name="waits_for")
    after = models.ForeignKey(Task, models.CASCADE, related_name="holds_up")
    kind = models.CharField(max_length=2, choices=Kind, default=Kind.FINISH_START)
    lag_min = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "after"], name="dependency_once"),
            models.CheckConstraint(condition=~Q(task=F("after")), name="dependency_not_itself"),
            models.CheckConstraint(condition=Q(kind__in=("fs", "ss", "ff", "sf")), name="dependency_kind_known"),
            models.CheckConstraint(
                condition=Q(lag_min__lte=525_600) & (Q(lag_min__gte=0) | Q(kind="fs", lag_min__gte=-525_600)),
                name="dependency_lag_fits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} after {self.after}"


class Comment(models.Model):
    """What somebody said about a task. Clients never see internal comments; a question waits for their word."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey(Task, models.CASCADE, related_name="comments")
    author = models.ForeignKey("accounts.User", models.SET_NULL, null=True)
    body = models.TextField()
    internal = models.BooleanField(default=True)
    question = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(internal=False) | Q(question=False), name="comment_question_is_shown")
        ]
        indexes = [models.Index(fields=["task", "created_at"], name="comment_thread")]

    def __str__(self) -> str:
        return f"comment on {self.task}"

    @property
    def project_id(self) -> int:
        """The project that the task belongs to."""
        return self.task.project_id


class View(models.Model):
    """A way to look at the list of tasks: `query` is what its address would hold. Shared: for the whole team."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    owner = models.ForeignKey("accounts.User", models.CASCADE)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "owner", "name"], name="view_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="view_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class StartView(models.Model):
    """The view with which the list of all tasks opens for somebody."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    user = models.ForeignKey("accounts.User", models.CASCADE)
    view = models.ForeignKey(View, models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="start_view_once")]

    def __str__(self) -> str:
        return f"{self.user} starts with {self.view}"


class BoardLook(models.Model):
    """How somebody looks at a board: its swimlanes, and the columns that they folded away."""

    class Lanes(models.TextChoices):
        NONE = "", later("No lanes")
        ASSIGNEE = "assignee", later("By assignee")
        PRIORITY = "priority", later("By priority")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    user = models.ForeignKey("accounts.User", models.CASCADE)
    project = models.ForeignKey(Project, models.CASCADE)
    lanes = models.CharField(max_length=10, choices=Lanes, default=Lanes.NONE, blank=True)
    folded = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="board_look_once")]

    def __str__(self) -> str:
        return f"{self.user} looks at {self.project}"


class Batch(models.Model):
    """One or many tasks changed in one go by somebody, with what they were before, so that it can be taken back."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    by_user = models.ForeignKey("accounts.User", models.CASCADE)
    created_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"batch {self.pk}"


class BatchLine(models.Model):
    """One task of a batch: `before` are its former values, `version` is the one that the batch left it at."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="lines")
    task = models.ForeignKey(Task, models.CASCADE)
    before = models.JSONField()
    version = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "task"], name="batch_line_once")]

    def __str__(self) -> str:
        return f"{self.task} in {self.batch}"


from fairlead.work.former_keys import FormerKey  # noqa: E402, F401  and here
from fairlead.work.membership import ProjectMember, ProjectRole  # noqa: E402, F401  Django finds models here
from fairlead.work.models_files import (  # noqa: E402  they point to the models above
    Attachment,
    AttachmentVersion,
    CommentRevision,
    FilePage,
    ProofNote,
    ProofPin,
    Reaction,
)
from fairlead.work.placement import TaskPlacement  # noqa: E402, F401  and here
from fairlead.work.planner import Capture, OwnBlock  # noqa: E402, F401  and here
from fairlead.work.time.models import TimeEntry, TimeWeek  # noqa: E402, F401  and here
from fairlead.work.triage import Triage  # noqa: E402, F401  and here
from fairlead.work.vocabulary import Word  # noqa: E402, F401  and here
