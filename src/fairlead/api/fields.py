"""The types of fields in bodies and replies: what fits into the database and into a client's number type."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from django.db.models import TextChoices
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from fairlead.allocation.models import Offer, Plan
from fairlead.api.wording import DAY, MOMENT
from fairlead.lib.speech import tr
from fairlead.people.models import TimeOff
from fairlead.work.states import State

BIGGEST = 2**63 - 1


class Body(BaseModel):
    """What a client sends; an unknown field is refused, so that a typing mistake never passes for success."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """Only the fields that were sent, as Python values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Shown(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(from_attributes=True)


def _text_of_time(value: Any) -> Any:
    if isinstance(value, str) and len(value) >= 10 and value[4:5] == "-":
        return value
    if isinstance(value, date):
        return value
    raise ValueError(str(MOMENT))


def _text_of_day(value: Any) -> Any:
    if isinstance(value, str) and len(value) == 10:
        return value
    if isinstance(value, date):
        return value
    raise ValueError(str(DAY))


def _one_of(choices: type[TextChoices]) -> AfterValidator:
    """The value must be one of the choices."""

    def check(value: str) -> str:
        if value not in choices.values:
            raise ValueError(tr("Choose one of: %(choices)s.", choices=", ".join(choices.values)))
        return value

    return AfterValidator(check)


def _enum(choices: type[TextChoices]) -> WithJsonSchema:
    """The choices in the field's own place: components are named by class, and several classes are called State."""
    return WithJsonSchema({"type": "string", "enum": list(choices.values)})


TaskState = Annotated[str, _one_of(State), _enum(State)]
TimeOffState = Annotated[str, _one_of(TimeOff.State), _enum(TimeOff.State)]
PlanState = Annotated[str, _one_of(Plan.State), _enum(Plan.State)]
OfferState = Annotated[str, _one_of(Offer.State), _enum(Offer.State)]
Id = Annotated[int, Field(strict=True, ge=1, le=BIGGEST)]
PathId = Annotated[int, Field(ge=1, le=BIGGEST)]
Whole = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
Level = Annotated[int, Field(strict=True, ge=1, le=5, description="1 beginner … 5 expert")]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_text_of_time),
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC)),
]
Day = Annotated[date, BeforeValidator(_text_of_day), Field(ge=date(1970, 1, 1), le=date(2200, 1, 1))]
Line = Annotated[str, StringConstraints(max_length=300)]
Text = Annotated[str, StringConstraints(max_length=50_000)]
ProjectKey = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]
TaskKey = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,7}-[0-9]{1,9}$")]
