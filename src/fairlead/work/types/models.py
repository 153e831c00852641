"""Types of work, and who approves an approval."""

from __future__ import annotations

from typing import Final

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from fairlead.lib.speech import later, later_as, mark, tr
from fairlead.work.fields.models import KEY

TASK, REQUEST, BUG, APPROVAL, MILESTONE = "task", "request", "bug", "approval", "milestone"
BUILT_IN: Final = (TASK, REQUEST, BUG, APPROVAL, MILESTONE)
NAMES: Final = frozenset({mark("Task"), mark("Request"), mark("Bug"), mark("Approval"), mark("Milestone")})
"""What the database calls the built-in types."""
_TEMPLATES: Final = frozenset({
    mark("**What happens**\n\n**What should happen**\n\n**How to see it**"),
    mark("It no longer happens the way it is described"),
})  # fmt: skip
NOBODYS: Final = (APPROVAL, MILESTONE)
"""Built-in types that nobody is looked for: they are decided or reached, not worked on."""
ICONS: Final = (
    "circle-dot", "message-square", "bug", "stamp", "diamond", "file-text", "lightbulb", "wrench", "flask-conical",
    "megaphone", "palette", "scale", "shield", "truck", "video", "zap",
)  # fmt: skip


def type_name(name: str | None) -> str:
    """How a type is called for its reader: what nobody has named otherwise is said in the language that is spoken.
    A task without a type is a plain one."""
    called = name or mark("Task")
    return tr(called) if called in NAMES else called


def type_named(typed: str, stored: str) -> str:
    """The name to keep after a form that showed the type as its reader calls it."""
    return stored if typed.strip() == type_name(stored) else typed


def template_said(text: str) -> str:
    """What a built-in type puts into a new task, in the language that is spoken; another template as it was written."""
    return tr(text) if text in _TEMPLATES else text


def template_typed(typed: str, stored: str) -> str:
    """The template to keep after a form that showed it as its reader reads it."""
    return stored if typed.split() == template_said(stored).split() else typed


class TaskType(models.Model):
    """A type of work. `base` is what is built in about it: an approval is decided by approvers, a milestone takes no
    effort. The templates fill what a new task leaves empty; `criteria` is one acceptance criterion a line."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    key = models.CharField(max_length=40, validators=[RegexValidator(KEY)])
    name = models.CharField(max_length=40)
    base = models.CharField(max_length=10, blank=True, choices=[(name, name) for name in BUILT_IN])
    icon = models.CharField(max_length=20, default=ICONS[0])
    color = models.PositiveSmallIntegerField(default=0)
    description = models.TextField(blank=True)
    criteria = models.TextField(blank=True)
    effort_min = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="type_key_once"),
            models.UniqueConstraint(fields=["workspace", "base"], condition=~Q(base=""), name="type_base_once"),
            models.CheckConstraint(condition=Q(key__regex=KEY), name="type_key_shape"),
            models.CheckConstraint(condition=~Q(name=""), name="type_has_name"),
            models.CheckConstraint(condition=Q(color__lte=11), name="type_color_known"),
            models.CheckConstraint(
                condition=~Q(base="milestone") | Q(effort_min__isnull=True), name="type_milestone_takes_nothing"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> str:
        """Its name for its reader."""
        return type_name(self.name)


class TypeNeed(models.Model):
    """A skill that tasks of the type ask for unless they say otherwise."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    type = models.ForeignKey(TaskType, models.CASCADE, related_name="needs")
    skill = models.ForeignKey("people.Skill", models.CASCADE)
    level = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["type", "skill"], name="type_need_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="type_need_level"),
        ]

    def __str__(self) -> str:
        return f"{self.type} needs {self.skill}"


class TypeColumn(models.Model):
    """A column in which tasks of the type may be. A project of which none is named takes them everywhere."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    type = models.ForeignKey(TaskType, models.CASCADE, related_name="columns")
    status = models.ForeignKey("work.Status", models.CASCADE, related_name="types")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "status"], name="type_column_once")]

    def __str__(self) -> str:
        return f"{self.type} in {self.status}"


class TypeField(models.Model):
    """A custom field that tasks of the type show. A type of which none is named shows all."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    type = models.ForeignKey(TaskType, models.CASCADE, related_name="fields")
    field = models.ForeignKey("work.Field", models.CASCADE, related_name="types")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "field"], name="type_field_once")]

    def __str__(self) -> str:
        return f"{self.field} of {self.type}"


class Approval(models.Model):
    """How many of its approvers must say yes before a task is approved."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.OneToOneField("work.Task", models.CASCADE, related_name="approval")
    quorum = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quorum__gte=1), name="approval_quorum")]

    def __str__(self) -> str:
        return f"approval of {self.task}"


class Approver(models.Model):
    """Somebody who decides about an approval, and what they said last; nothing yet, or not since it was changed."""

    class Verdict(models.TextChoices):
        NONE = "", later("Not yet")
        YES = "approved", later_as("approval", "Approved")
        NO = "rejected", later("Rejected")
        CHANGES = "changes", later("Asked for changes")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey("work.Task", models.CASCADE, related_name="approvers")
    user = models.ForeignKey("accounts.User", models.CASCADE)
    verdict = models.CharField(max_length=10, blank=True, choices=Verdict, default=Verdict.NONE)
    comment = models.CharField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "user"], name="approver_once"),
            models.CheckConstraint(
                condition=Q(verdict="", decided_at__isnull=True) | (~Q(verdict="") & Q(decided_at__isnull=False)),
                name="approver_verdict_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} decides about {self.task}"
