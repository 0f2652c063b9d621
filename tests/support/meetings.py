"""Two transactions forced to wait for each other: each holds what it has locked until the other holds its own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

from company import deploy, start, state, variables

from engine import db
from engine.bpmn import history, operations
from engine.bpmn.store import Instance

LETTERS = """
    start s
    parallel f
    {wait}
    job meet: type reviewflow.test-meet
    throw t: message {to}; in sender = me
    catch c: message {own}; out got = sender
    end e
    end d
    s > f > w > meet > t > e
    f > c > d
"""
"""A process that waits at w, then sends one of the other kind a message, while it waits for that one's."""


class Meeting:
    """Where two transactions wait for each other once; the one that is done again passes."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._together = Barrier(2)
        _MEETINGS[:] = [self]

    def join(self, name: str) -> None:
        """Come here, and the first time wait for the other."""
        self.seen.append(name)
        if self.seen.count(name) == 1:
            self._together.wait(timeout=10)

    @property
    def done_again(self) -> bool:
        """Whether exactly one of the two was done again."""
        return sorted(self.seen) in (["p", "p", "q"], ["p", "q", "q"])


_MEETINGS: list[Meeting] = []


def meet(name: str) -> None:
    """Come to where the two of the running test meet."""
    _MEETINGS[0].join(name)


@operations.operation("reviewflow.test-meet")
def _meet(call: operations.Call) -> dict[str, object]:
    meet(str(call.variables["me"]))
    return {}


def correspondents(p: str, q: str) -> tuple[Instance, Instance]:
    """Start two instances, p and q, whose node w is told; each will send the other a message."""
    deploy(p=LETTERS.format(wait=p, own="p", to="q"), q=LETTERS.format(wait=q, own="q", to="p"))
    return start("p", me="p"), start("q", me="q")


def at_once(*acts: Callable[[], object]) -> None:
    """Do acts at the same time, each in a thread of its own."""
    threads = [Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def heard(instances: tuple[Instance, Instance]) -> list[object]:
    """Return what each got from the other, once both have ended and their history is proven."""
    assert [state(instance) for instance in instances] == ["COMPLETED", "COMPLETED"]
    with db.reading() as session:
        assert list(history.verify(session)) == []
    return [variables(instance).get("got") for instance in instances]
