"""Putting a refusal where the reader looks for it: beside the field that it is about."""

from __future__ import annotations

from django import forms

from fairlead.lib.errors import Forbidden, Missing, Refused


def blame(form: forms.Form, refusal: Refused) -> None:
    """Add the refusal's texts to the fields of the form; what belongs to no field of it goes to its top.

    What the reader may not do or see at all is no matter of the form: Forbidden and Missing are raised again.
    """
    if isinstance(refusal, Forbidden | Missing):
        raise refusal
    for name, text in refusal.fields.items():
        form.add_error(name if name in form.fields else None, text)
    if not refusal.fields:
        form.add_error(None, refusal.detail)
