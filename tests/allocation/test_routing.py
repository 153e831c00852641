"""Routing: which policy takes a task, whom its steps ask, and that every waiting task is in somebody's hands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fairlead.allocation import actions, queries
from fairlead.allocation.actions.routing_steps import turn
from fairlead.allocation.models import Assignment, Offer, Offering, Policy, Receipt, Routing
from fairlead.allocation.routing import Definition, from_dict
from fairlead.events.models import Event
from fairlead.lib.errors import Conflict, Forbidden, Invalid, Refused
from fairlead.lib.prepared import counted
from fairlead.people import actions as people
from fairlead.people.models import PresenceState
from fairlead.people.queries import working_time
from fairlead.work import actions as work
from fairlead.work.drafts import TaskDraft
from fairlead.work.models import Task
from fairlead.work.queries.task_history import history

from .conftest import Team
from .queue_worker import work_off

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
EVERYBODY = {"name": "Everybody", "how": "assign"}


def policy(team: Team, *steps: dict[str, Any], name: str = "Web", **more: Any) -> Policy:
    """A policy in use with these steps; it decides by itself unless told otherwise."""
    given = {"autonomy": "auto", "steps": list(steps or (EVERYBODY,)), **more}
    made = actions.create_policy(name, from_dict(given), actor=team.alice, now=team.now)
    return actions.resume_policy(made, actor=team.alice, now=team.now)


def routed(team: Team, task: Task, now: datetime | None = None) -> Routing:
    """Where the task stands after the background worker had its turn."""
    work_off(now or team.now)
    return Routing.objects.filter(task=task).select_related("version__policy", "worker", "task").latest("id")


def test_without_policies_people_decide_and_the_task_is_in_the_hands_of_the_last_policy(team: Team) -> None:
    routing = routed(team, team.task(needs={team.python.pk: 3}))
    assert (routing.state, routing.version.policy.name) == ("suggest", "Everything else")
    assert team.fresh(routing.task).assignee is None
    assert sum(counted(*queries.decisions_wait(team.alice, now=team.now))) == 0


def test_the_first_policy_that_takes_a_task_routes_it(team: Team) -> None:
    policy(team, name="Urgent", takes="task.priority >= priority.high", autonomy="suggest")
    policy(team, name="Shop", takes="'shop' in task.labels", autonomy="suggest")
    urgent, both, shop = team.task(priority=4), team.task(priority=3, labels=["Shop"]), team.task(labels=["Shop"])
    names = [routed(team, task).version.policy.name for task in (urgent, both, shop, team.task())]
    assert names == ["Urgent", "Urgent", "Shop", "Everything else"]


def test_a_policy_that_rests_takes_nothing(team: Team) -> None:
    made = policy(team)
    actions.pause_policy(made, actor=team.alice, now=team.now)
    assert routed(team, team.task()).state == "suggest"


def test_a_new_policy_rests_until_somebody_uses_it(team: Team) -> None:
    made = actions.create_policy("New", Definition(), actor=team.alice, now=team.now)
    assert made.is_active is False


def test_an_automatic_policy_assigns_the_best_with_a_receipt_that_replays(team: Team) -> None:
    made = policy(team)
    task = team.task(needs={team.python.pk: 3})
    best = queries.recommend(task, actor=team.alice, now=team.now).best
    routing = routed(team, task)
    given = Assignment.objects.get(task=task)
    assert best is not None
    assert (given.worker.name, given.by_kind, given.by_user) == (best.worker.name, "rule", None)
    assert (routing.state, routing.assignment) == ("done", given)
    assert given.receipt.policy_version == made.latest
    assert given.receipt.evidence["strategy"] == "best"
    assert queries.replay_receipt(team.world.audrey.actor, given.receipt_id).is_same
    event = Event.objects.get(kind="task.assigned")
    assert (event.actor_kind, event.actor_name) == ("rule", "Policy Web")


def test_a_condition_limits_who_is_meant(team: Team) -> None:
    policy(team, {"name": "Freelancers", "how": "assign", "who": "worker.kind == 'freelancer' && worker.rate <= 65.0"})
    assert routed(team, team.task(needs={team.python.pk: 2})).worker == team.dana


def test_nobody_out_of_hours_is_assigned_and_the_task_waits_until_the_first_is_back(team: Team) -> None:
    policy(team, {**EVERYBODY, "who": "worker.kind != 'agent'"})
    night = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    task = team.task(needs={team.python.pk: 4})
    routing = routed(team, task, night)
    morning = people_at_work(team, night)
    assert (routing.state, routing.free_at) == ("unroutable", morning)
    assert routing.reason == "The only one who can do it is away or not at work at the moment."
    assert team.fresh(task).assignee is None
    routed(team, task, morning - timedelta(minutes=1))
    assert team.fresh(task).assignee is None
    routed(team, task, morning)
    assert team.fresh(task).assignee == team.bob


def people_at_work(team: Team, after: datetime) -> datetime:
    """When bob is next at work."""
    return working_time([team.bob.pk], after, after + timedelta(days=4))[team.bob.pk][0][0]


def test_nobody_who_is_away_is_assigned_until_they_say_that_they_are_back(team: Team) -> None:
    policy(team)
    states = {it.name: it for it in PresenceState.objects.filter(workspace=team.world.workspace)}
    people.set_presence(team.bob, states["Focus"], actor=team.alice, now=team.now)
    task = team.task(needs={team.python.pk: 4})
    routing = routed(team, task)
    assert (routing.state, routing.free_at, team.fresh(task).assignee) == ("unroutable", None, None)
    people.set_presence(team.bob, states["Available"], actor=team.alice, now=team.now)
    assert routed(team, task).worker == team.bob


def test_a_full_worker_gets_nothing_until_there_is_room_and_then_the_most_urgent_goes_first(team: Team) -> None:
    people.change_worker(team.bob, actor=team.alice, now=team.now, max_tasks=1)
    policy(team)
    first = team.task("First", needs={team.python.pk: 4})
    assert routed(team, first).worker == team.bob
    old = team.task("Old", needs={team.python.pk: 4})
    urgent = team.task("Urgent", needs={team.python.pk: 4}, priority=4)
    assert [routed(team, task).state for task in (old, urgent)] == ["unroutable", "unroutable"]
    work.complete_task(team.fresh(first), actor=team.alice, now=team.now + HOUR)
    work_off(team.now + HOUR)
    assert [team.fresh(task).assignee for task in (old, urgent)] == [None, team.bob]


def test_waiting_counts_as_priority_so_that_nothing_waits_for_ever(team: Team) -> None:
    people.change_worker(team.bob, actor=team.alice, now=team.now, max_tasks=1)
    policy(team, age_h=24)
    first = team.task("First", needs={team.python.pk: 4})
    old = team.task("Old", needs={team.python.pk: 4}, priority=1)
    routed(team, first)
    later = team.now + timedelta(days=7)  # the same hour on a working day
    urgent = work.create_task(team.project, draft("Urgent", team, priority=4), actor=team.alice, now=later)
    routed(team, urgent, later)
    work.complete_task(team.fresh(first), actor=team.alice, now=later)
    work_off(later)
    assert [team.fresh(task).assignee for task in (old, urgent)] == [team.bob, None]


def draft(title: str, team: Team, **more: Any) -> Any:
    return TaskDraft(title=title, needs={team.python.pk: 4}, **more)


def test_what_nobody_can_do_says_why_and_managers_are_told_once(team: Team) -> None:
    policy(team)
    task = team.task(needs={team.scala.pk: 5})
    routing = routed(team, task)
    assert (routing.state, routing.reason) == ("unroutable", "Needs Scala ≥ 5; the highest here is 3")
    people.set_skill(team.dana, team.scala, 2, actor=team.alice, now=team.now)
    work_off(team.now)
    assert Event.objects.filter(kind="task.unroutable").count() == 1
    people.set_skill(team.dana, team.scala, 5, actor=team.alice, now=team.now)
    assert routed(team, task).worker == team.dana


def test_where_people_decide_it_is_still_said_at_once_that_nobody_can(team: Team) -> None:
    task = team.task(needs={team.scala.pk: 5})
    assert routed(team, task).state == "unroutable"
    assert sum(counted(*queries.decisions_wait(team.alice, now=team.now))) == 1
    people.set_skill(team.dana, team.scala, 5, actor=team.alice, now=team.now)
    assert routed(team, task).state == "suggest"


def test_a_change_of_the_task_sends_it_to_the_policy_that_takes_it_now(team: Team) -> None:
    policy(team, takes="task.priority >= priority.urgent")
    task = team.task()
    assert routed(team, task).state == "suggest"
    work.change_task(task, priority=4, actor=team.alice, now=team.now)
    assert routed(team, task).state == "done"


def test_tasks_at_rest_are_routed_anew_when_a_policy_comes_into_use(team: Team) -> None:
    task = team.task()
    assert routed(team, task).state == "suggest"
    policy(team)
    assert routed(team, task).state == "done"


# offers in steps


STEPS = (
    {"name": "Freelancers", "who": "worker.kind == 'freelancer'", "answer_min": 30, "lasts_min": 60},
    {"name": "Everybody", "answer_min": 60, "lasts_min": 120},
)


def test_a_step_asks_those_whom_it_means_and_the_next_step_the_others(team: Team) -> None:
    policy(team, *STEPS)
    task = team.task(needs={team.python.pk: 3})
    assert routed(team, task).state == "asking"
    assert asked(task) == [("Dana", "open")]
    offer = Offer.objects.get(task=task)
    actions.decline_offer(offer, actor=team.world.dana.actor, now=team.now)
    routing = routed(team, task)
    assert (routing.state, routing.step) == ("asking", 1)
    assert asked(task) == [("Dana", "declined"), ("Bob", "open")]
    bobs = Offer.objects.get(task=task, worker=team.bob)
    given = actions.accept_offer(bobs, actor=team.world.bob.actor, now=team.now)
    assert routed(team, task).state == "done"
    assert given.receipt.evidence["step"] == "Everybody"
    assert queries.replay_receipt(team.world.audrey.actor, given.receipt_id).is_same


def asked(task: Task) -> list[tuple[str, str]]:
    """(worker, state of the offer) in the order of asking."""
    return list(Offer.objects.filter(task=task).order_by("id").values_list("worker__name", "state"))


def test_a_step_ends_when_its_time_is_over_and_the_open_offer_is_withdrawn(team: Team) -> None:
    policy(team, {**STEPS[0], "answer_min": 240}, STEPS[1])
    task = team.task(needs={team.python.pk: 3})
    routed(team, task)
    assert routed(team, task, team.now + timedelta(minutes=59)).step == 0
    assert routed(team, task, team.now + HOUR).step == 1
    assert asked(task) == [("Dana", "withdrawn"), ("Bob", "open")]


def test_when_nobody_accepts_the_task_is_a_managers(team: Team) -> None:
    policy(team, *STEPS)
    task = team.task(needs={team.python.pk: 3})
    routed(team, task)
    for person, worker in ((team.world.dana, team.dana), (team.world.bob, team.bob)):
        offer = Offer.objects.get(task=task, worker=worker)
        actions.decline_offer(offer, actor=person.actor, now=team.now)
        work_off(team.now)
    routing = routed(team, task)
    assert (routing.state, routing.reason) == ("manager", "Every step of its policy was tried.")
    assert [card.key for card in queries.desk(team.alice, now=team.now).manager] == [str(task)]


def test_a_step_for_which_nobody_is_there_is_skipped_or_waited_out(team: Team) -> None:
    leads = {"name": "Leads", "who": "worker.leads_project", "how": "assign"}
    policy(team, leads, EVERYBODY, name="Skips", takes="task.priority < priority.high")
    policy(team, {**leads, "waits": True, "lasts_min": 30}, EVERYBODY, name="Waits")
    assert routed(team, team.task()).state == "done"
    patient = team.task(priority=4)
    routing = routed(team, patient)
    assert (routing.state, routing.step, routing.step_ends_at) == ("waiting", 0, team.now + timedelta(minutes=30))
    people.set_skill(team.dana, team.scala, 1, actor=team.alice, now=team.now)  # it is tried again, and goes on waiting
    assert routed(team, patient, team.now + timedelta(minutes=20)).step_ends_at == team.now + timedelta(minutes=30)
    assert routed(team, patient, team.now + timedelta(minutes=30)).state == "done"


def test_a_task_between_two_steps_goes_on_with_the_next_whoever_looks_at_it_first(team: Team) -> None:
    queue = {"name": "First", "how": "queue", "lasts_min": 120}
    policy(team, queue, {**queue, "name": "Second"})
    task = team.task()
    routing = routed(team, task)
    turn(routing, Routing.State.WAITING, now=team.now + 2 * HOUR, step=0)  # a worker that ended the step, until now
    actions.reconsider(team.world.workspace.pk, now=team.now + 2 * HOUR)
    assert (fresh := routed(team, task)).state == "queued"
    assert (fresh.step, fresh.step_ends_at) == (1, team.now + 4 * HOUR)


def test_needs_are_lowered_by_the_step_and_the_receipt_still_replays(team: Team) -> None:
    policy(team, EVERYBODY, {"name": "Nearly", "how": "assign", "relax": 2})
    task = team.task(needs={team.scala.pk: 5})
    assert routed(team, task).worker == team.bob
    given = Assignment.objects.get(task=task)
    assert given.receipt.evidence["relax"] == 2
    assert queries.replay_receipt(team.world.audrey.actor, given.receipt_id).is_same


def test_offers_by_hand_take_a_task_out_of_its_policys_hands(team: Team) -> None:
    policy(team, autonomy="approve")
    task = team.task()
    routed(team, task)
    actions.offer_task(task, actor=team.alice, now=team.now)
    assert (routed(team, task).state, Offering.objects.get().routing) == ("manager", None)


def test_withdrawn_offers_of_a_policy_leave_the_task_with_a_manager(team: Team) -> None:
    policy(team, *STEPS)
    task = team.task(needs={team.python.pk: 3})
    routed(team, task)
    actions.withdraw_offers(Offering.objects.get(), actor=team.alice, now=team.now)
    assert routed(team, task).state == "manager"


def test_what_is_taken_back_is_not_given_away_again_until_a_manager_says_so(team: Team) -> None:
    policy(team)
    task = team.task()
    routed(team, task)
    actions.unassign_task(team.fresh(task), actor=team.alice, now=team.now)
    assert routed(team, task).state == "manager"
    with pytest.raises(Forbidden):
        actions.route_again(team.fresh(task), actor=team.world.bob.actor, now=team.now)
    actions.route_again(team.fresh(task), actor=team.alice, now=team.now)
    assert routed(team, task).state == "done"


def test_the_log_says_who_had_a_task_routed_again_and_how_it_stood(team: Team) -> None:
    task = team.task()
    asked = Event.objects.filter(kind="task.routed_again").order_by("seq")
    for nobody in (team.world.bob.actor, team.world.echo.actor, team.world.clara.actor):
        with pytest.raises(Forbidden):
            actions.route_again(task, actor=nobody, now=team.now)
    assert not asked.exists()
    actions.route_again(task, actor=team.alice, now=team.now)
    actions.route_again(task, actor=team.alice, now=team.now)
    assert [(it.actor_name, it.subject_id, it.payload) for it in asked] == [
        ("Alice", task.pk, {"was": ""}),
        ("Alice", task.pk, {"was": "suggest"}),
    ]
    told = [entry for entry in history(team.alice, task) if entry.kind == "task.routed_again"]
    assert [(entry.who, entry.text) for entry in told] == [("Alice", "had it routed again")] * 2
    assert [it for it in history(team.world.bob.actor, task) if it.kind == "task.routed_again"] == []


def test_what_somebody_held_who_leaves_goes_to_the_policies_again(team: Team) -> None:
    policy(team, {**EVERYBODY, "who": "worker.skills['Python'] >= 3"})
    task = team.task()
    former = routed(team, task).worker
    assert former is not None
    people.deactivate_worker(former, actor=team.alice, now=team.now)
    work_off(team.now)
    assert team.fresh(task).assignee not in (None, former)


# strategies


@pytest.mark.parametrize(("strategy", "expected"), [
    ("round_robin", ["Bob", "Dana", "Bob", "Dana"]),
    ("fewest_tasks", ["Bob", "Dana", "Bob", "Dana"]),
])  # fmt: skip
def test_turns_are_shared(team: Team, strategy: str, expected: list[str]) -> None:
    policy(team, {**EVERYBODY, "strategy": strategy, "who": "worker.kind != 'agent'"})
    got = []
    for number in range(4):
        at = team.now + timedelta(minutes=number)
        task = work.create_task(team.project, draft_of(team, 3), actor=team.alice, now=at)
        worker = routed(team, task, at).worker
        assert worker is not None
        got.append(worker.name)
    assert got == expected


def draft_of(team: Team, level: int) -> Any:
    return TaskDraft(title="Turn", needs={team.python.pk: level}, effort_min=60)


def test_turns_go_by_weekly_hours(team: Team) -> None:
    people.change_worker(team.dana, actor=team.alice, now=team.now, week_minutes=1200)
    policy(team, {**EVERYBODY, "strategy": "weighted", "who": "worker.kind != 'agent'"})
    got: dict[str, int] = {}
    for number in range(6):
        at = team.now + timedelta(minutes=number)
        worker = routed(team, work.create_task(team.project, draft_of(team, 3), actor=team.alice, now=at), at).worker
        assert worker is not None
        got[worker.name] = got.get(worker.name, 0) + 1
    assert got == {"Bob": 4, "Dana": 2}


# policies


def test_a_policy_is_written_by_managers_only(team: Team) -> None:
    for person in (team.world.bob, team.world.echo, team.world.clara, team.world.audrey):
        with pytest.raises(Forbidden):
            actions.create_policy("Mine", Definition(), actor=person.actor, now=team.now)


def test_versions_are_kept_and_an_earlier_one_comes_back(team: Team) -> None:
    made = policy(team)
    second = from_dict({"autonomy": "suggest"})
    actions.change_policy(made, second, actor=team.alice, now=team.now, version=1)
    with pytest.raises(Conflict):
        actions.change_policy(made, Definition(), actor=team.alice, now=team.now, version=1)
    assert routed(team, team.task()).state == "suggest"
    actions.restore_version(made, 1, actor=team.alice, now=team.now)
    task = team.task()
    assert routed(team, task).version.number == 1
    assert [v.number for v in made.versions.order_by("number")] == [1, 2]


def test_the_catch_all_stays_and_takes_everything(team: Team) -> None:
    routed(team, team.task())
    last = Policy.objects.get(is_catch_all=True)
    for verb in (actions.remove_policy, actions.pause_policy):
        with pytest.raises(Refused):
            verb(last, actor=team.alice, now=team.now)
    with pytest.raises(Invalid):
        actions.change_policy(last, Definition(takes="task.priority > 1"), actor=team.alice, now=team.now)


def test_policies_keep_their_order_with_the_catch_all_last(team: Team) -> None:
    names = ("One", "Two", "Three")
    one, _, three = (policy(team, name=name) for name in names)
    actions.move_policy(three, before=one, actor=team.alice, now=team.now)
    row = Policy.objects.order_by("position").values_list("name", flat=True)
    assert list(row) == ["Three", "One", "Two", "Everything else"]


def test_a_condition_that_fails_with_real_values_takes_nothing(team: Team) -> None:
    policy(team, takes="task.needs['No such skill'] > 0")
    assert routed(team, team.task()).version.policy.name == "Everything else"


def test_a_removed_policy_leaves_its_receipts_readable(team: Team) -> None:
    made = policy(team)
    task = team.task()
    routed(team, task)
    actions.remove_policy(made, actor=team.alice, now=team.now)
    receipt = Receipt.objects.get(policy_version__policy=made)
    assert queries.replay_receipt(team.world.audrey.actor, receipt.pk).is_same
    assert routed(team, team.task()).state == "suggest"


def test_routing_twice_at_once_puts_a_task_into_one_policys_hands(team: Team) -> None:
    task = team.task()
    for _ in range(3):
        actions.route_waiting(task.workspace_id, now=team.now)
    assert Routing.objects.filter(task=task, closed_at__isnull=True).count() == 1
