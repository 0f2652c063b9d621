"""What it means to throw an event, by its kind; `throwing` says it."""

from __future__ import annotations

from functools import singledispatch

from engine.bpmn.net.tokens import State, Token
from engine.bpmn.net.work import Event


@singledispatch
def throw_event(event: Event, _state: State, _token: Token) -> None:
    """Do what throwing an event means."""
    raise TypeError(f"{event!r} cannot be thrown")
