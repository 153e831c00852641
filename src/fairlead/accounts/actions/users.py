"""Users: a new account, its profile and its password. A user belongs to no workspace, so none of this is an event."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from fairlead.accounts.models import User
from fairlead.lib.errors import Invalid
from fairlead.lib.languages import LANGUAGES
from fairlead.lib.speech import tr

LONGEST_PASSWORD = 256


def create_user(
    email: str,
    name: str,
    password: str | None,
    *,
    now: datetime,
    time_zone: str = "UTC",
    kind: str = User.Kind.PERSON,
    language: str = "",
) -> User:
    """A new person, or an AI agent's account (with `password` None it signs in by link only).

    Raises Invalid for a bad address, an empty name, a weak password or an unknown time zone.
    """
    user = User(
        email=email.strip().lower(), name=_one_line(name), kind=kind, time_zone=time_zone, created_at=now,
        language=language,
    )  # fmt: skip
    _check(user, password)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid({"email": tr("There is already an account with this address: sign in instead.")}) from error
    return user


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _check(user: User, password: str | None) -> None:
    wrong: dict[str, str] = {}
    try:
        validate_email(user.email)
    except ValidationError:
        wrong["email"] = tr("This is not an e-mail address.")
    if not user.name:
        wrong["name"] = tr("Please say what we may call you.")
    elif len(user.name) > 120:
        wrong["name"] = tr("A name has at most 120 characters.")
    if user.time_zone not in available_timezones():
        wrong["time_zone"] = tr(
            "%(time_zone)s is not a time zone; one looks like Europe/Berlin.", time_zone=repr(user.time_zone)
        )
    if user.language and user.language not in LANGUAGES:
        wrong["language"] = tr("Choose a language of the list.")
    if password is not None and (text := _wrong_password(user, password)):
        wrong["password"] = text
    if wrong:
        raise Invalid(wrong)


def _wrong_password(user: User, password: str) -> str:
    if len(password) > LONGEST_PASSWORD:
        return tr("A password has at most %(longest_password)s characters.", longest_password=LONGEST_PASSWORD)
    try:
        validate_password(password, user)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def change_profile(user: User, *, name: str, time_zone: str, language: str = "") -> User:
    """Change one's own name, time zone and language. `user` itself changes only when all are right."""
    _check(User(email=user.email, name=_one_line(name), time_zone=time_zone, language=language), None)
    user.name, user.time_zone, user.language = _one_line(name), time_zone, language
    user.save(update_fields=["name", "time_zone", "language"])
    return user


def change_theme(user: User, theme: str) -> None:
    """Light, dark, or like the device."""
    if theme not in User.Theme.values:
        raise Invalid({"theme": tr("Choose light, dark or like the device.")})
    user.theme = theme
    user.save(update_fields=["theme"])


def change_password(user: User, password: str, *, current: str) -> None:
    """Replace the password by somebody who knows the present one; other sessions end with it."""
    if not user.check_password(current):
        raise Invalid({"current": tr("This is not your present password.")})
    set_password(user, password)


def set_password(user: User, password: str) -> None:
    """Set a password for somebody who has just proven to own the address; other sessions end, as they hang on it."""
    if text := _wrong_password(user, password):
        raise Invalid({"password": text})
    user.set_password(password)
    user.save(update_fields=["password"])


def confirm_email(user: User, *, now: datetime) -> None:
    """Note that this user receives mail at the address of the account."""
    User.objects.filter(pk=user.pk, email_confirmed_at__isnull=True).update(email_confirmed_at=now)
    user.refresh_from_db()


def distrust_password(user: User) -> bool:
    """Drop a password that was chosen before the address was confirmed; True if there was one. Sessions end with it,
    also those of an account that has none.

    Anybody could have made the account in somebody else's name and waited for the owner of the address to come.
    """
    if user.email_confirmed_at is not None:
        return False
    had_one = user.has_usable_password()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    return had_one
