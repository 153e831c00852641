"""Imports only go down, and so do foreign keys."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from django.apps import apps
from django.db import models

from architecture.sources import ROOT

LAYERS = [
    "events",
    "accounts",
    "people",
    "work",
    "marketplace",
    "allocation",
    "integrations",
    "notices",
    "insight",
    "automation",
]


def test_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_foreign_key_points_to_a_higher_layer() -> None:
    upward = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in apps.get_models()
        if model._meta.app_label in LAYERS
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model._meta.app_label in LAYERS
        if LAYERS.index(field.related_model._meta.app_label) > LAYERS.index(model._meta.app_label)
    ]
    assert upward == []
