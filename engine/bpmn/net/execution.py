"""A process instance in play: start it, tell it what happened, let it run, and read what the world must do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from engine import feel
from engine.bpmn.net import (
    activities,
    beginning,
    behaviours,
    codec,
    events,
    gateways,
    lifecycle,
    listening,
    migration,
    modification,
    obstacles,
    reopening,
    scopes,
    throwing,
)
from engine.bpmn.net.activities import TaskDates
from engine.bpmn.net.effects import OUTWARD, Effect
from engine.bpmn.net.failures import BudgetExceeded, ElementFailed
from engine.bpmn.net.migration import Moves
from engine.bpmn.net.modification import Activation
from engine.bpmn.net.nodes import Net, Node
from engine.bpmn.net.plan import Plan
from engine.bpmn.net.reopening import BorderTimer
from engine.bpmn.net.scopes import Variables
from engine.bpmn.net.timers import Schedule
from engine.bpmn.net.tokens import State, Status, Token
from engine.bpmn.net.work import Call, Catch, Error, Escalation, Timer, UserTask
from engine.errors import Conflict, NotFound, Problem

BUDGET = 10_000


class Execution:
    """A process instance in play.

    Nothing happens by itself: each call takes the tokens as far as it says, `run` carries them on to the next wait, and
    `take_effects` tells what the world must do. After an element has failed the object is void; the state it was loaded
    from still stands.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    @classmethod
    def start(
        cls,
        net: Net,
        variables: Variables,
        environment: feel.Environment,
        start_event: str | None = None,
    ) -> Execution:
        """Begin an instance by hand, or with the start event that is named, which brings the variables.

        Raises:
            Invalid: it cannot begin so.
        """
        state = State(net, environment)
        if start_event is None or start_event in {node.id for node in net.by_hand}:
            beginning.by_hand(state, variables, start_event)
        else:
            beginning.by_event(state, start_event, variables)
        return cls(state)

    @classmethod
    def load(cls, net: Net, blob: bytes, environment: feel.Environment) -> Execution:
        """Go on from what `dump` wrote."""
        return cls(codec.load(net, blob, environment))

    def dump(self) -> bytes:
        """Return the state as it is now."""
        return codec.dump(self._state)

    # ---- running

    def run(self, budget: int = BUDGET, *, until_heard: bool = False) -> bool:
        """Play to the next wait, or until something is thrown that is to be heard before anything else happens.

        Returns:
            Whether it stopped before the next wait.

        Raises:
            ElementFailed: an element cannot be played, or waits for what cannot come.
            BudgetExceeded: more elements were entered than one step may.
        """
        told = len(self._state.effects)
        for _ in range(budget):
            if not self._step():
                break
            if until_heard:
                if any(isinstance(effect, OUTWARD) for effect in self._state.effects[told:]):
                    return True
                told = len(self._state.effects)
        else:
            if token := self._next():
                raise BudgetExceeded(token.node.id, budget)
        if stuck := gateways.stuck_join(self._state):
            raise ElementFailed(stuck.id, "it waits for a token that can never come")
        return False

    def _step(self) -> bool:
        """Let one token have its turn; say whether there was one."""
        token = self._next()
        if token is None:
            return False
        self._state.ready.popleft()
        behaviours.take_turn(self._state, token)
        return True

    def _next(self) -> Token | None:
        """Return the token whose turn it is: what conditions or joins that need wait no longer set free included."""
        ready = self._state.ready
        while True:
            if found := listening.became_true(self._state):
                events.trigger(self._state, *found, {})
            elif ready and ready[0].id in self._state.tokens:
                return ready[0]
            elif ready:
                ready.popleft()
            elif scope := gateways.join_awaiting(self._state):
                lifecycle.settle(self._state, scope)
            else:
                return None

    @property
    def state(self) -> Status:
        """How far the instance is."""
        return self._state.status

    @property
    def effects(self) -> list[Effect]:
        """What the world must do, in order, and has not taken yet."""
        return self._state.effects

    def take_effects(self) -> list[Effect]:
        """Return what the world must do, once."""
        taken, self._state.effects = self._state.effects, []
        return taken

    # ---- what the world tells

    def complete(self, token: int, variables: Variables) -> None:
        """Say that the task, job, decision or call of a token is done, and what came of it.

        Raises:
            NotFound, Conflict: the token waits for no such thing.
        """
        found = self._waiting(token, "complete")
        if isinstance(found.node.work, Catch) or found.node.index not in found.waits:
            raise Conflict("Expected to complete {id}, but it waits for no work", id=found.node.id)
        self._state.close_wait(found, found.node)
        if not isinstance(found.node.work, Call) or found.node.work.receive_all or found.node.outputs:
            scopes.receive(self._state, found, variables)
        lifecycle.complete(self._state, found)

    def trigger(self, token: int, event: str, variables: Variables) -> None:
        """Say that an event a token listens for has happened: a timer, a message, a signal.

        Raises:
            NotFound, Conflict: the token does not listen for it.
        """
        found, node = self._listening(token, event)
        events.trigger(self._state, found, node, variables)

    def throw_error(self, token: int, code: str, variables: Variables) -> bool:
        """Let a BPMN error happen at a token; say whether an event catches it. If none does, nothing changes.

        Raises:
            NotFound: the token is gone.
        """
        return throwing.throw_code(self._state, self._waiting(token, "throw an error at"), Error(code), variables)

    def fail(self, token: int, code: str, variables: Variables) -> None:
        """Let a BPMN error happen at a token; one that no event catches ends the instance, as an error end event does.

        Raises:
            NotFound: the token is gone.
        """
        throwing.throw_error(self._state, self._waiting(token, "throw an error at"), Error(code), variables)

    def throw_escalation(self, token: int, code: str, variables: Variables) -> bool:
        """Let a BPMN escalation happen at a token, as a called process does; say whether an event catches it.

        Raises:
            NotFound: the token is gone.
        """
        return throwing.throw_escalation(self._state, self._waiting(token, "escalate at"), Escalation(code), variables)

    def cancel(self) -> None:
        """End everything that still runs."""
        if self._state.status is Status.ACTIVE:
            lifecycle.finish(self._state, Status.TERMINATED)

    # ---- deadlines

    def task_dates(self, token: int) -> TaskDates:
        """Tell the dates that the user task of a token would have if it were opened now.

        Raises:
            NotFound: the token is gone.
            ElementFailed: they cannot be told.
        """
        found = self._waiting(token, "tell the dates of")
        work = found.node.work
        return activities.task_dates(self._state, found, work) if isinstance(work, UserTask) else TaskDates(None, None)

    def timer_due(self, token: int, event: str) -> datetime | None:
        """Tell when a timer a token listens for would fire if it were armed now; None for one that repeats.

        Raises:
            NotFound, Conflict: the token does not listen for it.
            ElementFailed: it cannot be told.
        """
        found, node = self._listening(token, event)
        timer = getattr(node.work, "event", None)
        if not isinstance(timer, Timer) or timer.kind == "cycle":
            return None
        return listening.timer_schedule(timer, self._state, found, node).due

    def rearm(self, token: int, event: str, due: datetime) -> None:
        """Let a timer that a token listens for fire at another time.

        Raises:
            NotFound, Conflict: the token does not listen for it.
        """
        found, node = self._listening(token, event)
        self._state.close_wait(found, node)
        listening.arm_timer(self._state, found, node, Schedule(due))

    def border_timers(self, token: int) -> list[BorderTimer]:
        """Tell when the timers on the border of a token's activity would fire if it were begun now, fired or not.

        Raises:
            NotFound: the token is gone.
            ElementFailed: it cannot be told.
        """
        return reopening.border_timers(self._state, self._waiting(token, "tell the timers of"))

    def arm(self, token: int, event: str, due: datetime) -> None:
        """Let a timer on the border of a token's activity fire at a time, be it awaited or have it fired before."""
        reopening.arm(self._state, self._waiting(token, "arm a timer at"), self._state.net.by_id[event], due)

    def reopen(self, element_id: str, scope: int) -> int:
        """Begin an activity again, in the scope of a token, that the event on its border ended; return its token.

        Raises:
            Conflict: nothing closes it, or the process has gone on.
        """
        return reopening.reopen(self._state, element_id, scope).id

    # ---- going over to another net

    def obstacles(self, plan: Plan) -> list[Problem]:
        """Name what forbids the instance to go over to the target of a plan."""
        return obstacles.find(self._state, plan)

    def migrate(self, plan: Plan) -> Moves:
        """Go over to the target of a plan, to which there is no obstacle.

        Raises:
            ElementFailed: an event that is new there cannot be awaited.
        """
        self._state, moves = migration.migrate(self._state, plan)
        return moves

    # ---- what is done to it from outside

    def modify(self, activations: Iterable[Activation], terminations: Iterable[int]) -> None:
        """Put tokens on elements and take others off theirs; what then has nothing left in it is terminated.

        Raises:
            Invalid: a token cannot be put where it is wanted.
            Conflict: a token to be taken off is not there, or a join would wait for ever.
            ElementFailed: what is around an element cannot be opened.
        """
        modification.modify(self._state, activations, terminations)

    def find(self, element_id: str) -> list[int]:
        """Return the tokens on an element; of one that is done several times that which holds all its instances."""
        self._state.open_shelves()
        return [t.id for t in self._state.tokens.values() if t.node.id == element_id and not t.loop_counter]

    @property
    def places(self) -> list[str]:
        """The elements under way, the joins that have been reached, and the events that are awaited."""
        self._state.open_shelves()
        found = [
            index
            for token in self._state.tokens.values()
            for index in (token.node.index, *token.arrivals, *token.waits)
            if index != self._state.root.node.index
        ]
        nodes = (self._state.net.nodes[index] for index in dict.fromkeys(found))
        return [node.id for node in nodes if node.stands_for is None]

    def around(self, token: int) -> Iterator[tuple[int, str]]:
        """Go through the tokens around one, the nearest first, each with its element.

        Raises:
            NotFound: the token is gone.
        """
        current = self._waiting(token, "look around").parent
        while current is not None:
            yield current.id, current.node.id
            current = current.parent

    # ---- variables

    @property
    def start_token(self) -> int:
        """The token on the start event of an instance that has not run yet."""
        return self._state.ready[-1].id

    @property
    def root_variables(self) -> Mapping[str, object]:
        """The variables of the process instance itself, also after its end."""
        return scopes.own(self._state.root)

    def scopes(self) -> dict[int, dict[str, object]]:
        """Return the variables of each scope that has some, by its token; after the end those of the instance alone."""
        self._state.open_shelves()
        tokens = [*self._state.tokens.values()] or [self._state.root]
        return {token.id: scopes.own(token) for token in tokens if token.variables}

    @property
    def results(self) -> Mapping[str, object]:
        """Those of the instance's variables that were set after its start: what a call activity takes over."""
        return {name: value for name, value in self.root_variables.items() if name in self._state.written}

    def variables(self, token: int) -> dict[str, object]:
        """Return what is visible at a token, the nearest scope first.

        Raises:
            NotFound: the token is gone.
        """
        return dict(scopes.visible(self._waiting(token, "read variables at")))

    def form_id(self, token: int) -> str | None:
        """Return the id of the form of a user task, as its element says it now.

        Raises:
            NotFound: the token is gone.
            ElementFailed: the form cannot be told.
        """
        found = self._waiting(token, "read the form at")
        work = found.node.work
        return activities.form_id(self._state, found, work) if isinstance(work, UserTask) else None

    def set_variables(self, token: int | None, variables: Variables, *, local: bool = False) -> None:
        """Set variables where they are defined, seen from a token or from the process instance, or at the token itself.

        Raises:
            NotFound: the token is gone.
        """
        found = self._state.root if token is None else self._waiting(token, "set variables at")
        if local:
            scopes.assign_locally(self._state, found, variables)
        else:
            scopes.assign(self._state, found, variables)

    def _listening(self, token: int, event: str) -> tuple[Token, Node]:
        found = self._waiting(token, "find an event at")
        node = self._state.net.by_id.get(event)
        if node is None or node.index not in found.waits:
            raise Conflict(
                "Expected to find event {event} at {id}, but it is not awaited there", event=event, id=found.node.id
            )
        return found, node

    def _waiting(self, token: int, verb: str) -> Token:
        found = self._state.find(token)
        if found is None:
            raise NotFound("Expected to {verb} token {token}, but it is no longer there", verb=verb, token=token)
        return found
