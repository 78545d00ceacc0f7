"""Rules of moves between regions, pure."""

from __future__ import annotations

from typing import Literal, get_args

from service_kit.region import contains

State = Literal["pending", "accepted", "declined", "withdrawn"]
STATES: tuple[State, ...] = get_args(State)


def must_be_declared(actor_region: str, from_county: str, to_region: str) -> bool:
    """A move out of the actor's region or out of the county has a receiver of its own, who must accept it."""
    return not contains(actor_region, to_region) or to_region[:6] != from_county
