"""A world around the executor that keeps open what its effects open."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from diagrams import bpmn

from engine import feel
from engine.bpmn import spiff
from engine.bpmn.net import BudgetExceeded, Execution, Net
from engine.bpmn.net import effects as told
from engine.bpmn.net.migration import Moves
from engine.bpmn.net.modification import Activation
from engine.bpmn.net.plan import Plan

NOW = datetime(2026, 1, 31, 1, 0, tzinfo=UTC)


class World:
    """Plays one instance; in the mode `saved` it is written and read again between every two steps."""

    def __init__(
        self, file: bytes, *, saved: bool, variables: dict[str, object] | None = None, start: str | None = None
    ) -> None:
        net = spiff.compile_bpmn(file, "test.bpmn")[0]
        self.net = Net.from_json(net.to_json())
        assert self.net == net
        self.saved, self.trace = saved, []
        self.open: dict[tuple[int, str | None], told.Effect] = {}
        self.thrown: list[told.Effect] = []
        self.environment = feel.Environment(now=NOW, zone=ZoneInfo("Asia/Shanghai"))
        self.execution = Execution.start(self.net, variables or {}, self.environment, start)
        self._go()

    # ---- what can be asked

    @property
    def waiting(self) -> list[str]:
        """The elements that wait for work of their own."""
        return sorted(effect.element_id for (_, event), effect in self.open.items() if event is None)

    @property
    def listening(self) -> list[str]:
        return sorted(event for _, event in self.open if event is not None)

    @property
    def variables(self) -> dict[str, object]:
        return dict(self.execution.root_variables)

    @property
    def state(self) -> str:
        return self.execution.state.value

    def effect(self, element: str, **where: object) -> told.Effect:
        """The open wait of an element; `where` chooses by what is visible there."""
        found = [
            e for (_, event), e in self.open.items() if element in (event, e.element_id if event is None else None)
        ]
        chosen = [e for e in found if all(self.seen(e).get(name) == value for name, value in where.items())]
        assert chosen, f"{element} is not open; open are {self.waiting} and {self.listening}"
        return chosen[0]

    def seen(self, effect: told.Effect) -> dict[str, object]:
        return self.execution.variables(effect.token)

    def sees(self, element: str, **where: object) -> dict[str, object]:
        return self.seen(self.effect(element, **where))

    # ---- what can happen

    def do(self, element: str, where: dict[str, object] | None = None, /, **variables: object) -> None:
        self.execution.complete(self.effect(element, **(where or {})).token, variables)
        self._go()

    def happen(self, event: str, where: dict[str, object] | None = None, /, **variables: object) -> None:
        self.execution.trigger(self.effect(event, **(where or {})).token, event, variables)
        self._go()

    def fail(self, element: str, code: str, **variables: object) -> bool:
        caught = self.execution.throw_error(self.effect(element).token, code, variables)
        self._go()
        return caught

    def cancel(self) -> None:
        self.execution.cancel()
        self._go()

    def modify(self, *activate: Activation, end: tuple[int, ...] = ()) -> None:
        self.execution.modify(activate, end)
        self._go()

    def token(self, element: str) -> int:
        """The only token on an element."""
        (found,) = self.execution.find(element)
        return found

    def migrate(self, text: str, **mapping: str) -> list[str]:
        """Go over to another diagram; what forbids it is returned, and nothing is changed then."""
        target = spiff.compile_bpmn(bpmn(text), "target.bpmn")[0]
        plan = Plan(self.net, target, mapping)
        if obstacles := self.execution.obstacles(plan):
            self._save()
            return [problem.message for problem in obstacles]
        moves = self.execution.migrate(plan)
        self.net = target
        self._follow(moves)
        self._go()
        return []

    def _follow(self, moves: Moves) -> None:
        for closed in moves.closed:
            del self.open[closed.token, closed.event_id]
        there = {token: element for token, _, element in moves.elements}
        events = {(token, before): after for token, before, after in moves.kept}
        assert {wait for wait in self.open if wait[1] is not None} == set(events)
        self.open = {
            (token, events.get((token, event))): replace(effect, element_id=there.get(token, effect.element_id))
            for (token, event), effect in self.open.items()
        }

    def at(self, now: datetime) -> None:
        """Let time go on."""
        self._hear()
        self.environment = feel.Environment(now=now, zone=self.environment.zone)
        self.execution = Execution.load(self.net, self.execution.dump(), self.environment)

    def _go(self) -> None:
        self._save()
        if not self.saved:
            self.execution.run()
        while self.saved:
            try:
                self.execution.run(1)
                break
            except BudgetExceeded:
                self._hear()
                self._save()
        self._hear()
        self._save()
        if self.state != "active":
            assert not self.open

    def _save(self) -> None:
        self._hear()
        if self.saved:
            self.execution = Execution.load(self.net, self.execution.dump(), self.environment)

    def _hear(self) -> None:
        for effect in self.execution.take_effects():
            match effect:
                case told.ElementEntered() | told.ElementLeft():
                    sign = "+" if isinstance(effect, told.ElementEntered) else effect.outcome[0]
                    self.trace.append(f"{sign}{effect.element_id}")
                case told.WaitClosed():
                    del self.open[effect.token, effect.event_id]
                case told.TimerArmed() | told.MessageAwaited() | told.SignalAwaited():
                    assert self.open.setdefault((effect.token, effect.event_id), effect) is effect
                case told.TaskOpened() | told.JobOpened() | told.DecisionCalled() | told.ProcessCalled():
                    assert self.open.setdefault((effect.token, None), effect) is effect
                case _:
                    self.thrown.append(effect)


@pytest.fixture(params=["memory", "saved"])
def play(request: pytest.FixtureRequest) -> Callable[..., World]:
    """Start an instance of a diagram; every test runs in memory, and saved and loaded between every two steps."""

    def start(text: str, start: str | None = None, **variables: object) -> World:
        return World(bpmn(text), saved=request.param == "saved", variables=variables, start=start)

    return start


@pytest.fixture(params=["memory", "saved"])
def play_file(request: pytest.FixtureRequest) -> Callable[..., World]:
    """Start an instance of the first process of a BPMN file, as `play` does of a diagram in short text."""

    def start(file: str, start: str | None = None, **variables: object) -> World:
        return World(file.encode(), saved=request.param == "saved", variables=variables, start=start)

    return start
