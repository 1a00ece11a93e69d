"""Imported by Python itself in every app that a test starts: its folder is on their PYTHONPATH."""

from __future__ import annotations

from tests import without_stubs

without_stubs.install()
