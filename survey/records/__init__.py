"""Counts from records: typed or pasted, looked over, kept, and released by the worker past the same gate as answers."""

from __future__ import annotations

from survey.records import entering
from survey.records.places import blueprint

__all__ = ["blueprint", "entering"]
