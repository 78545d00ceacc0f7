"""The one error of this package that people see."""

from __future__ import annotations


class LaunchError(Exception):
    """Something the person at the keyboard can put right, said in one sentence."""


def problem(chinese: str, english: str) -> LaunchError:
    """The error with both languages on one line, Chinese first."""
    return LaunchError(f"{chinese}（{english}）")
