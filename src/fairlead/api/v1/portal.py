"""What clients see and do, and the team's side of it: handing over, and the forms through which clients ask."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from fairlead.accounts.brand import brand_in
from fairlead.accounts.models import Role
from fairlead.accounts.permissions import MANAGERS
from fairlead.api.calls import Call
from fairlead.api.fields import Body, Id, Level, Moment, PathId, ProjectKey, Shown, TaskKey
from fairlead.api.routes import Routes
from fairlead.lib.errors import Missing, require
from fairlead.lib.speech import tr
from fairlead.work import actions, queries
from fairlead.work.forms import Question
from fairlead.work.models import Handover, Project, RequestForm
from fairlead.work.queries.handovers import find_handover
from fairlead.work.queries.portal import RequestRow, find_request, find_round, request_page, requests
from fairlead.work.queries.request_forms import find_form

routes = Routes(tags=["Client portal"])
Words = Annotated[str, StringConstraints(max_length=5_000)]
Short = Annotated[str, StringConstraints(max_length=300)]


class RequestOut(Shown):
    """A request as its client sees it: nothing of the team's inside."""

    key: str = Field(examples=["WEB-42"])
    title: str
    project: str = Field(examples=["WEB"])
    status: str = Field(description="In the workspace's words for clients.", examples=["In progress"])
    group: str = Field(description="`approve`, `answer`, `current` or `over`.", examples=["current"])
    due_at: datetime | None
    over_at: datetime | None
    contact: str = Field(description="As far as clients may know.", examples=["Acme team"])


class RequestList(Shown):
    items: list[RequestOut] = Field(description="First what waits for the client; at most 300.")


class RoundOut(Shown):
    """One time that the work was put to the client."""

    id: int
    number: int
    state: str = Field(description="`open`, `approved` or `changes`.", examples=["open"])
    message: str
    asked_at: datetime
    answered_at: datetime | None
    words: str
    rating: int | None
    client_rating: int | None = Field(
        description="The team's of working with the client: once that has rated, or two weeks after the approval."
    )
    client_rating_words: str


class SaidOut(Shown):
    """A comment that clients may read."""

    id: int
    who: str
    body: str = Field(description="Markdown.")
    at: datetime
    is_question: bool


class AgreedOut(Shown):
    text: str
    met: bool


class RequestDetails(RequestOut):
    """A request with what was agreed, said and answered."""

    description: str = Field(description="Markdown.")
    criteria: list[AgreedOut]
    comments: list[SaidOut]
    rounds: list[RoundOut]
    revisions: int
    revision_limit: int | None


class NewRequest(Body):
    project: ProjectKey
    title: Annotated[str, StringConstraints(max_length=240)]
    why: Annotated[str, StringConstraints(max_length=10_000)] = ""
    links: Annotated[str, StringConstraints(max_length=10_000)] = ""
    due_at: Moment | None = None


class Message(Body):
    body: Annotated[str, StringConstraints(max_length=20_000)]


class Approval(Body):
    words: Words = ""


class Changes(Body):
    words: Words


class Rating(Body):
    rating: int = Field(strict=True, ge=1, le=5, description="1 poor to 5 great.")
    words: Annotated[str, StringConstraints(max_length=500)] = ""


class NewHandover(Body):
    clients: list[Id] = Field(max_length=50, description="Ids of users who are clients of the project.")
    message: Words = ""
    remind_days: int = Field(3, strict=True, ge=0, le=30, description="0: no reminders.")


class HandoverOut(Shown):
    id: int
    round: int
    state: str = Field(examples=["open"])
    asked_at: datetime
    client_rating: int | None


class QuestionShape(Body):
    id: Annotated[str, StringConstraints(max_length=12)] = Field(examples=["q1"])
    kind: str = Field(description="`short`, `long`, `choice`, `multi`, `date` or `number`.", examples=["short"])
    label: Annotated[str, StringConstraints(max_length=200)] = Field(examples=["What do you need?"])
    hint: Short = ""
    required: bool = Field(False, strict=True)
    options: list[Annotated[str, StringConstraints(max_length=100)]] = Field([], max_length=30)
    target: str = Field("", description="Empty, `title`, `labels`, `due` or `priority`.", examples=["title"])
    when: str = Field("", description="The id of an earlier question …", examples=[""])
    equals: str = Field("", description="… and the answer that makes this one appear.", examples=[""])

    def question(self) -> Question:
        return Question(**{**self.model_dump(), "options": tuple(self.options)})


class FormNeed(Body):
    skill_id: Id
    level: Level


class NewForm(Body):
    name: Annotated[str, StringConstraints(max_length=80)]
    intro: Annotated[str, StringConstraints(max_length=500)] = ""
    questions: list[QuestionShape] = Field(max_length=40)
    labels: list[Annotated[str, StringConstraints(max_length=40)]] = Field([], max_length=20)
    priority: int = Field(0, strict=True, ge=0, le=4)
    needs: list[FormNeed] = Field([], max_length=50)


class FormChange(Body):
    name: Annotated[str, StringConstraints(max_length=80)] = ""
    intro: Annotated[str, StringConstraints(max_length=500)] = ""
    questions: list[QuestionShape] = Field([], max_length=40)
    labels: list[Annotated[str, StringConstraints(max_length=40)]] = Field([], max_length=20)
    priority: int = Field(0, strict=True, ge=0, le=4)
    needs: list[FormNeed] = Field([], max_length=50)


class FormOut(Shown):
    """A request form."""

    id: int
    name: str
    intro: str
    questions: list[dict[str, Any]]
    labels: list[str]
    priority: int
    needs: dict[str, int] = Field(description="Level by id of the skill.", examples=[{"7": 3}])
    published_at: datetime | None
    public_at: datetime | None
    version: int


class FormList(Shown):
    items: list[FormOut]


class Answers(Body):
    answers: dict[str, list[Annotated[str, StringConstraints(max_length=10_000)]]] = Field(
        description="By the id of the question.", examples=[{"q1": ["The basket is empty"]}], max_length=40
    )


@routes.on("GET", "/portal/requests", scope="work:read", gives=RequestList)
def list_requests(request: Call) -> dict[str, Any]:
    """List one's requests

    For clients; everybody else has none.
    """
    if request.actor.role != Role.CLIENT:
        return {"items": []}
    return {"items": [_row(row) for row in requests(request.actor, brand_in(request.actor.workspace_id))]}


@routes.on("POST", "/portal/requests", scope="work:write", gives=RequestDetails, status=201)
def create_request(request: Call, body: NewRequest) -> dict[str, Any]:
    """Ask for something"""
    project = queries.find_project(request.actor, body.project)
    values = body.given()
    del values["project"]
    return _shown(request, str(actions.request_work(project, actor=request.actor, now=request.now, **values)))


@routes.on("GET", "/portal/requests/{key}", scope="work:read", gives=RequestDetails)
def show_request(request: Call, key: TaskKey) -> dict[str, Any]:
    """Show a request"""
    return _shown(request, key)


@routes.on("POST", "/portal/requests/{key}/messages", scope="work:write", gives=RequestDetails, status=201)
def send_message(request: Call, key: TaskKey, body: Message) -> dict[str, Any]:
    """Write to the team"""
    task = _find(request, key)
    actions.add_comment(task, body.body, internal=False, actor=request.actor, now=request.now)
    return _shown(request, key)


@routes.on("POST", "/portal/requests/{key}/rounds/{round_id}/approve", scope="work:write", gives=RequestDetails)
def approve_request(request: Call, key: TaskKey, round_id: PathId, body: Approval) -> dict[str, Any]:
    """Approve the work"""
    handover = find_round(request.actor, _find(request, key), round_id)
    actions.approve(handover, actor=request.actor, now=request.now, words=body.words)
    return _shown(request, key)


@routes.on("POST", "/portal/requests/{key}/rounds/{round_id}/changes", scope="work:write", gives=RequestDetails)
def ask_for_changes(request: Call, key: TaskKey, round_id: PathId, body: Changes) -> dict[str, Any]:
    """Ask for changes

    Beyond the agreed revisions it is refused, and what was written goes to the manager all the same.
    """
    handover = find_round(request.actor, _find(request, key), round_id)
    actions.ask_for_changes(handover, body.words, actor=request.actor, now=request.now)
    return _shown(request, key)


@routes.on("POST", "/portal/requests/{key}/rounds/{round_id}/rate", scope="work:write", gives=RequestDetails)
def rate_request(request: Call, key: TaskKey, round_id: PathId, body: Rating) -> dict[str, Any]:
    """Rate what was approved

    Once.
    """
    handover = find_round(request.actor, _find(request, key), round_id)
    actions.rate(handover, body.rating, actor=request.actor, now=request.now, words=body.words)
    return _shown(request, key)


@routes.on("POST", "/portal/forms/{form_id}", scope="work:write", gives=RequestDetails, status=201)
def submit_form(request: Call, form_id: PathId, body: Answers) -> dict[str, Any]:
    """Ask through a form"""
    form = find_form(request.actor, form_id)
    task = actions.submit_form(form, body.answers, actor=request.actor, now=request.now)
    return _shown(request, str(task))


def _find(request: Call, key: str) -> Any:
    """The task, for clients only: the team has the tasks themselves."""
    if request.actor.role != Role.CLIENT:
        raise Missing(tr("Only clients have requests. Tasks are under /tasks."))
    return find_request(request.actor, key)


def _shown(request: Call, key: str) -> dict[str, Any]:
    found = request_page(request.actor, brand_in(request.actor.workspace_id), _find(request, key), now=request.now)
    return {
        **_row(found.row), "description": found.description,
        "criteria": [{"text": text, "met": met} for text, met in found.criteria],
        "comments": [{n: getattr(c, n) for n in SaidOut.model_fields} for c in found.comments],
        "rounds": [{n: getattr(r, n) for n in RoundOut.model_fields} for r in found.rounds],
        "revisions": found.revisions, "revision_limit": found.revision_limit,
    }  # fmt: skip


def _row(row: RequestRow) -> dict[str, Any]:
    names = ("key", "title", "group", "due_at", "over_at", "contact")
    return {**{name: getattr(row, name) for name in names}, "project": row.project_key, "status": row.word}


@routes.on("POST", "/tasks/{key}/handovers", scope="work:write", gives=HandoverOut, status=201)
def ask_client(request: Call, key: TaskKey, body: NewHandover) -> Handover:
    """Put work in review to clients"""
    task = queries.find_task(request.actor, key)
    values = {"message": body.message, "remind_days": body.remind_days}
    return actions.ask_client(task, body.clients, actor=request.actor, now=request.now, **values)  # type: ignore[arg-type]


@routes.on("DELETE", "/tasks/{key}/handovers/{round_id}", scope="work:write", gives=None, status=204)
def take_back(request: Call, key: TaskKey, round_id: PathId) -> None:
    """Take work back from clients"""
    task = queries.find_task(request.actor, key)
    actions.take_back(find_handover(task, round_id), actor=request.actor, now=request.now)


@routes.on("GET", "/projects/{key}/forms", scope="work:read", gives=FormList)
def list_forms(request: Call, key: ProjectKey) -> dict[str, Any]:
    """List the request forms of a project

    For its managers.
    """
    project = _managed(request, key)
    found = RequestForm.objects.filter(project=project, removed_at__isnull=True).order_by("name", "id")
    return {"items": [dict(row) for row in found.values(*FormOut.model_fields)]}


@routes.on("POST", "/projects/{key}/forms", scope="work:write", gives=FormOut, status=201)
def create_form(request: Call, key: ProjectKey, body: NewForm) -> RequestForm:
    """Write a request form"""
    project = queries.find_project(request.actor, key)
    return actions.create_form(project, actor=request.actor, now=request.now, **_values(body))


@routes.on("PATCH", "/projects/{key}/forms/{form_id}", scope="work:write", gives=FormOut)
def change_form(request: Call, key: ProjectKey, form_id: PathId, body: FormChange) -> RequestForm:
    """Change a request form

    Fields that are not sent stay as they are.
    """
    return actions.change_form(_form(request, key, form_id), actor=request.actor, now=request.now, **_values(body))


@routes.on("POST", "/projects/{key}/forms/{form_id}/publish", scope="work:write", gives=FormOut)
def publish_form(request: Call, key: ProjectKey, form_id: PathId) -> RequestForm:
    """Show a form in the portal"""
    return actions.publish_form(_form(request, key, form_id), actor=request.actor, now=request.now)


@routes.on("POST", "/projects/{key}/forms/{form_id}/unpublish", scope="work:write", gives=FormOut)
def unpublish_form(request: Call, key: ProjectKey, form_id: PathId) -> RequestForm:
    """Take a form out of the portal"""
    return actions.unpublish_form(_form(request, key, form_id), actor=request.actor, now=request.now)


@routes.on("DELETE", "/projects/{key}/forms/{form_id}", scope="work:write", gives=None, status=204)
def remove_form(request: Call, key: ProjectKey, form_id: PathId) -> None:
    """Remove a request form

    What was asked through it stays.
    """
    actions.remove_form(_form(request, key, form_id), actor=request.actor, now=request.now)


def _managed(request: Call, key: str) -> Project:
    project = queries.find_project(request.actor, key)
    require(request.actor.role in MANAGERS, tr("Only managers read and change the forms of a project."))
    return project


def _form(request: Call, key: str, form_id: int) -> RequestForm:
    project = queries.find_project(request.actor, key)
    found = RequestForm.objects.filter(project=project, pk=form_id, removed_at__isnull=True).first()
    if found is None:
        raise Missing(tr("There is no such form; it may have been removed."))
    found.project = project
    return found


def _values(body: NewForm | FormChange) -> dict[str, Any]:
    values = body.given()
    if "questions" in values:
        values["questions"] = tuple(shape.question() for shape in body.questions)
    if "needs" in values:
        values["needs"] = {need.skill_id: need.level for need in body.needs}
    return values


@routes.on("POST", "/tasks/{key}/handovers/{round_id}/client-rating", scope="work:write", gives=HandoverOut)
def rate_client(request: Call, key: TaskKey, round_id: PathId, body: Rating) -> Handover:
    """Rate working with the client

    Once, after the approval, by whoever did the work. Neither side reads the other's rating before it has given its
    own, or two weeks have passed.
    """
    handover = find_handover(queries.find_task(request.actor, key), round_id)
    return actions.rate_client(handover, body.rating, actor=request.actor, now=request.now, words=body.words)
