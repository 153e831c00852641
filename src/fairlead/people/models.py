"""The directory: employees, freelancers and AI agents with their skills, hours and wishes."""

from __future__ import annotations

from typing import Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower

from fairlead.lib.speech import later, later_as, mark, tr

LEVELS = [MinValueValidator(1), MaxValueValidator(5)]


class Skill(models.Model):
    """An entry of the workspace's managed taxonomy. Having a skill also means having its parents, one level down.

    A merged skill stays as a row that stands for the one it went into, so that what still asks for it is understood.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    merged_into = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="merged")
    synonyms = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    description = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("name"), condition=Q(merged_into__isnull=True), name="skill_name_once"
            ),
            models.CheckConstraint(
                condition=~Q(id=F("parent_id")) & ~Q(id=F("merged_into_id")), name="skill_not_its_own"
            ),
        ]

    def __str__(self) -> str:
        return self.name


STATES: Final = frozenset({mark("Available"), mark("Focus"), mark("Away")})
"""What the database calls the three that every workspace begins with."""


def state_name(name: str) -> str:
    """How a presence is called for its reader: what nobody has named otherwise is said in their language."""
    return tr(name) if name in STATES else name


def state_named(typed: str, stored: str) -> str:
    """The name to keep after a form that showed the presence as its reader calls it."""
    return stored if typed.strip() == state_name(stored) else typed


class PresenceState(models.Model):
    """What people can say they are, such as Focus. `available`: whether whoever is in it is given new work.

    Every workspace begins with three (the database adds them) and always keeps one default, which is available.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    name = models.CharField(max_length=40)
    available = models.BooleanField(default=True)
    color = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="presence_name_once"),
            models.UniqueConstraint(fields=["workspace"], condition=Q(is_default=True), name="presence_one_default"),
            models.CheckConstraint(condition=Q(available=True) | Q(is_default=False), name="presence_default_works"),
            models.CheckConstraint(condition=Q(color__lte=7), name="presence_color_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> str:
        """Its name for its reader."""
        return state_name(self.name)


class Worker(models.Model):
    """Somebody or something that does tasks. Times of day are in the worker's own time zone.

    `max_tasks` is the most open tasks held at once; None means no limit. `presence` None is the default state;
    `presence_until` says when it ends by itself, `presence_text` is a word about it ("back at 14:00").
    Rest: at most `day_minutes` of work a day (None: what the hours allow), at least `rest_minutes` between two days,
    `buffer_minutes` kept free before and after whatever the calendars say, `gap_minutes` between two tasks (None: as
    the workspace plans).
    """

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", later("Employee")
        FREELANCER = "freelancer", later("Freelancer")
        AGENT = "agent", later("AI agent")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="workers")
    owner = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="agents_owned")
    headline = models.CharField(max_length=160, blank=True)
    about = models.TextField(blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    country = models.CharField(max_length=2, blank=True)
    week_minutes = models.PositiveIntegerField(default=2400)
    max_tasks = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    lanes = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    speed_percent = models.PositiveSmallIntegerField(default=100, validators=[MinValueValidator(10)])
    rate_cents = models.PositiveIntegerField(default=0)
    day_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    rest_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_minutes = models.PositiveSmallIntegerField(default=0)
    gap_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    presence = models.ForeignKey(PresenceState, models.SET_NULL, null=True, blank=True, related_name="workers")
    presence_since = models.DateTimeField(null=True, blank=True)
    presence_until = models.DateTimeField(null=True, blank=True)
    presence_text = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    deactivated_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "user"], condition=Q(user__isnull=False), name="worker_user_once"
            ),
            models.UniqueConstraint(
                fields=["workspace", "external_id"], condition=~Q(external_id=""), name="worker_external_once"
            ),
            models.CheckConstraint(condition=Q(week_minutes__lte=10080), name="worker_week_fits"),
            models.CheckConstraint(condition=Q(speed_percent__gte=10), name="worker_speed_positive"),
            models.CheckConstraint(
                condition=(Q(day_minutes__isnull=True) | Q(day_minutes__gte=30, day_minutes__lte=1440))
                & Q(rest_minutes__lte=1440, buffer_minutes__lte=240),
                name="worker_rests",
            ),
            models.CheckConstraint(
                condition=Q(gap_minutes__isnull=True) | Q(gap_minutes__lte=240), name="worker_gap_fits"
            ),
            models.CheckConstraint(
                condition=Q(lanes__gte=1) & (Q(max_tasks__isnull=True) | Q(max_tasks__gte=1)), name="worker_takes_tasks"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkerSkill(models.Model):
    """A worker's level in a skill (1 = beginner … 5 = expert), what shows it, and whether somebody confirmed it."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="workers")
    level = models.PositiveSmallIntegerField(validators=LEVELS)
    evidence = models.CharField(max_length=300, blank=True)
    evidence_url = models.URLField(blank=True)
    last_used_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    confirmed_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "skill"], name="worker_skill_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="worker_skill_level"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class Hours(models.Model):
    """A weekly working interval, in minutes after local midnight: weekday 0 = Monday, [from_min, to_min)."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    from_min = models.PositiveSmallIntegerField()
    to_min = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday", "from_min"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, to_min__lte=1440, from_min__lt=F("to_min")), name="hours_in_a_day"
            ),
            ExclusionConstraint(
                name="hours_no_overlap",
                expressions=[
                    (
                        Func(
                            F("worker_id") * 10080 + F("weekday") * 1440 + F("from_min"),
                            F("worker_id") * 10080 + F("weekday") * 1440 + F("to_min"),
                            function="int8range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.from_min}–{self.to_min}"


class TimeOff(models.Model):
    """Whole days away, in the worker's own calendar, both ends included. Counts once approved; `note` says why not."""

    class State(models.TextChoices):
        REQUESTED = "requested", later_as("time off", "Requested")
        APPROVED = "approved", later_as("time off", "Approved")
        DECLINED = "declined", later_as("time off", "Declined")
        CANCELLED = "cancelled", later_as("time off", "Cancelled")

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="time_off")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=160, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    decided_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="timeoff_in_order")]

    def __str__(self) -> str:
        return f"{self.worker} {self.starts_on}–{self.ends_on}"


class Preference(models.Model):
    """Work that a worker wants (+1) or would rather not do (−1): by skill or by label."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="preferences")
    skill = models.ForeignKey(Skill, models.CASCADE, null=True, blank=True)
    label = models.CharField(max_length=40, blank=True)
    stance = models.SmallIntegerField(choices=[(1, later("Wants")), (-1, later("Avoids"))])

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stance__in=(1, -1)), name="preference_stance"),
            models.CheckConstraint(condition=Q(skill__isnull=True) ^ Q(label=""), name="preference_skill_or_label"),
            models.UniqueConstraint(
                fields=["worker", "skill"], condition=Q(skill__isnull=False), name="preference_skill_once"
            ),
            models.UniqueConstraint(fields=["worker", "label"], condition=~Q(label=""), name="preference_label_once"),
        ]

    def __str__(self) -> str:
        return f"{self.stance:+d} {self.skill or self.label}"


class Calendar(models.Model):
    """Where somebody's busy times come from: a secret address that is read again and again, or a file, read once.

    Only when they are busy is kept; what it is called only where its owner asked for that. `etag` and `modified` are
    what the server said last; `fault` says why the last attempt failed and `advice` what to do, empty when it did not.
    """

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="calendars")
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=1000, blank=True)
    keeps_titles = models.BooleanField(default=False)
    etag = models.CharField(max_length=300, blank=True)
    modified = models.CharField(max_length=100, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_until = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=300, blank=True)
    advice = models.CharField(max_length=300, blank=True)
    faults = models.PositiveIntegerField(default=0)
    not_understood = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "address"], condition=~Q(address=""), name="calendar_once"),
        ]

    def __str__(self) -> str:
        return self.name


class BusyBlock(models.Model):
    """A stretch of time, [starts_at, ends_at), in which a calendar says that somebody is busy."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="busy")
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="blocks")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    title = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="busy_in_order")]
        indexes = [models.Index(fields=["worker", "starts_at"], name="busy_of_worker")]

    def __str__(self) -> str:
        return f"{self.starts_at:%d %b %H:%M}–{self.ends_at:%H:%M}"


class Feed(models.Model):
    """Somebody's own work as a calendar for other programs, at a secret address of which only the digest is kept."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    worker = models.OneToOneField(Worker, models.CASCADE, related_name="feed")
    digest = models.CharField(max_length=64, unique=True)
    shows_titles = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    wall_also = "digest = (SELECT fairlead_bearer())"

    def __str__(self) -> str:
        return f"feed of {self.worker_id}"


class Team(models.Model):
    """People who work together: a lead, and members, each of whom may be in several teams."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    name = models.CharField(max_length=80)
    lead = models.ForeignKey(Worker, models.SET_NULL, null=True, blank=True, related_name="teams_led")
    description = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("workspace", Lower("name"), name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """Somebody in a team."""

    workspace = models.ForeignKey("accounts.Workspace", models.CASCADE)
    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="teams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "worker"], name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.worker_id} in {self.team_id}"
