"""Files on tasks with their versions, what people pin on them, and what hangs on a comment."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.lib.speech import later


class Attachment(models.Model):
    """A file on a task, or on one of its comments. `revision` is the number of its current version."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    task = models.ForeignKey("work.Task", models.CASCADE, related_name="attachments")
    comment = models.ForeignKey("work.Comment", models.SET_NULL, null=True, blank=True, related_name="attachments")
    name = models.CharField(max_length=120)
    for_client = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="attachment_has_name")]
        indexes = [models.Index(fields=["task", "created_at"], name="attachment_of_task")]

    def __str__(self) -> str:
        return self.name


class AttachmentVersion(models.Model):
    """One content of an attachment. `size` in bytes; `mime` is told by the content; the drawings are WebP images.
    Of a PDF `pages` of `page_total` are drawn, each a FilePage; the version's own drawing is that of the first one."""

    class Preview(models.TextChoices):
        WAITING = "waiting", later("Is being drawn")
        READY = "ready", later("There")
        NONE = "none", later("None")

    class Unshown(models.TextChoices):
        LOCKED = "locked", later("It needs a password")
        BROKEN = "broken", later("It is damaged")
        HEAVY = "heavy", later("It takes too long to draw")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=100)
    preview = models.CharField(max_length=10, choices=Preview, default=Preview.NONE)
    large_sha256 = models.CharField(max_length=64, blank=True)
    small_sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveSmallIntegerField(default=0)
    page_total = models.PositiveIntegerField(default=0)
    unshown = models.CharField(max_length=10, blank=True, choices=Unshown)
    pin_count = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attachment", "number"], name="attachment_version_once"),
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_version_size"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="attachment_version_digest"),
        ]
        indexes = [models.Index(fields=["workspace", "sha256"], name="attachment_content")]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"


class FilePage(models.Model):
    """The drawing of one page of a version, from page 1 on; sizes in pixels."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    version = models.ForeignKey(AttachmentVersion, models.CASCADE, related_name="sheets")
    number = models.PositiveSmallIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    large_sha256 = models.CharField(max_length=64)
    small_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="file_page_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="file_page_from_one"),
        ]

    def __str__(self) -> str:
        return f"page {self.number}"


class ProofPin(models.Model):
    """A point on one version with a thread of notes. `x` and `y`: from the left and the top, 0 to 1, of the
    page `page`; an image has one page."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    version = models.ForeignKey(AttachmentVersion, models.CASCADE, related_name="pins")
    number = models.PositiveIntegerField()
    x = models.FloatField()
    y = models.FloatField()
    page = models.PositiveSmallIntegerField(default=1)
    internal = models.BooleanField(default=True)
    author = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="proof_pins")
    task = models.ForeignKey("work.Task", models.SET_NULL, null=True, blank=True, related_name="proof_pins")
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="proof_pin_number_once"),
            models.CheckConstraint(condition=Q(x__gte=0, x__lte=1, y__gte=0, y__lte=1), name="proof_pin_inside"),
            models.CheckConstraint(condition=Q(page__gte=1), name="proof_pin_page_from_one"),
        ]

    def __str__(self) -> str:
        return f"pin {self.number}"


class ProofNote(models.Model):
    """What somebody said at a pin; the first one is why the pin was set."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    pin = models.ForeignKey(ProofPin, models.CASCADE, related_name="notes")
    author = models.ForeignKey("accounts.User", models.SET_NULL, null=True)
    body = models.TextField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"note at {self.pin}"


class CommentRevision(models.Model):
    """What a comment said before it was changed; `internal`: whether clients could not see it while it said so."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    comment = models.ForeignKey("work.Comment", models.CASCADE, related_name="revisions")
    body = models.TextField()
    internal = models.BooleanField()
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"earlier text of {self.comment}"


class Reaction(models.Model):
    """Somebody's sign under a comment, out of a small set."""

    class Sign(models.TextChoices):
        AGREE = "agree", "👍"
        LOVE = "love", "❤️"
        PARTY = "party", "🎉"
        LOOK = "look", "👀"
        DONE = "done", "✅"
        UNSURE = "unsure", "🤔"

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    comment = models.ForeignKey("work.Comment", models.CASCADE, related_name="reactions")
    user = models.ForeignKey("accounts.User", models.CASCADE)
    sign = models.CharField(max_length=10, choices=Sign)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "user", "sign"], name="reaction_once"),
            models.CheckConstraint(
                condition=Q(sign__in=["agree", "love", "party", "look", "done", "unsure"]), name="reaction_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign} of {self.user}"
