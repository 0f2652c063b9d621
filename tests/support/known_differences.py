"""Where SpiffWorkflow's executor and ours differ, each difference once, with a diagram that shows it.

The standard decides who is right: a difference is ambiguous, an error of SpiffWorkflow, or one of ours, which is mended
and gets a row in the table of elements (`tests/conformance`). All that were found are errors of SpiffWorkflow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from blocks import Block, Fork, Loop, Sequence, Subprocess
from endings import Ended, Raised
from happenings import Eventful, First, Many
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.exceptions import TaskNotFoundException


@dataclass(frozen=True)
class Difference:
    """A difference between the two executors.

    Attributes:
        reason: what SpiffWorkflow does, and where.
        steps: what happens, one after the other; who does not wait for it is passed by.
        ours, theirs: the elements that wait then, or how SpiffWorkflow fails.
    """

    reason: str
    diagram: str
    steps: tuple[str, ...]
    ours: list[str]
    theirs: list[str] | type[Exception]


A_JOIN_IN_A_LOOP = """
    start s
    exclusive h
    {kind} f
    user a
    user b
    {kind} j
    user m
    exclusive g
    end e
    s > h > f > a{always} > j > m > g > h [true]
    f > b{always} > j
    g > e [else]
"""

JOINS_IN_LOOPS = (
    Difference(
        "A parallel join in a loop counts what finished in a round before (`parallel_gateway.py`).",
        A_JOIN_IN_A_LOOP.format(kind="parallel", always=""),
        ("a", "b", "m", "b"),
        ["a"],
        ["a", "m"],
    ),
    Difference(
        "An inclusive join in a loop takes a branch for done that was done in a round before (`inclusive_gateway.py`).",
        A_JOIN_IN_A_LOOP.format(kind="inclusive", always=" [true]"),
        ("a", "b", "m", "a"),
        ["b"],
        ["b", "m"],
    ),
)

CHOICES_BEFORE_JOINS = (
    Difference(
        "An inclusive join does not wait for a subprocess, a loop or a multi-instance activity with a choice between it"
        " and the join: it asks for tasks that are ready or wait, and these have started (`inclusive_gateway.py`).",
        """
        start s
        inclusive f
        user a
        sub q
          start qs
          user i
          end qe
          qs > i > qe
        exclusive x
        user w
        inclusive j
        user m
        end e
        s > f > a [true] > j > m > e
        f > q [true] > x > w > j
        """,
        ("a",),
        ["i"],
        ["i", "m"],
    ),
)

NOT_PLAYED = (
    Difference(
        "A thrown link ends its branch; what follows the link is never reached (`event_parsers.py` knows no links).",
        """
        start s
        throw t: link l
        catch c: link l
        user u
        end e
        s > t
        c > u > e
        """,
        (),
        ["u"],
        [],
    ),
    Difference(
        "An event that does not interrupt is caught once only (`event_types.py`: after it nothing waits any more).",
        """
        start s
        user u
        boundary b beside u: message m
        user v
        end e
        s > u > e
        b > v > e
        """,
        ("b", "b"),
        ["b", "u", "v", "v"],
        ["u", "v"],
    ),
    Difference(
        "An event subprocess that waits for an error begins with the process (`control.py` connects it to the start).",
        """
        start s
        user u
        end e
        s > u > e
        react r
          start rs: error x
          user v
          end re
          rs > v > re
        """,
        (),
        ["u"],
        ["u", "v"],
    ),
    Difference(
        "An event subprocess that waits for a time keeps its process from ending (`control.py` makes it a branch).",
        """
        start s
        user u
        end e
        s > u > e
        react r
          start rs: duration P1D
          user v
          end re
          rs > v > re
        """,
        ("u",),
        [],
        ["rs"],
    ),
    Difference(
        "An event subprocess never interrupts: `isInterrupting` is not read (`event_parsers.py`).",
        """
        start s
        user u
        end e
        s > u > e
        react r
          start rs: duration P1D
          user v
          end re
          rs > v > re
        """,
        ("rs",),
        ["v"],
        ["u", "v"],
    ),
    Difference(
        "A multi-instance subprocess that is interrupted goes on without the task that it belongs to (`task.py` drops"
        " the tasks of its instances without cancelling them).",
        """
        start s
        sub q: times 2
          start qs
          catch c: message m
          end qe
          qs > c > qe
        boundary b on q: duration P1D
        user v
        end e
        s > q > e
        b > v > e
        """,
        ("b",),
        ["v"],
        TaskNotFoundException,
    ),
    Difference(
        "The condition of the only flow out of a task is not read (`TaskParser.py`), nor may a task have two.",
        """
        start s
        user u
        user v
        user w
        end e
        s > u > v [false] > e
        u > w [else] > e
        """,
        (),
        ["u"],
        ValidationException,
    ),
    Difference(
        "Compensation is not known (`event_parsers.py`).",
        """
        start s
        user u
        user k: handler
        boundary b on u: compensate k
        end e: compensate
        s > u > e
        """,
        (),
        ["u"],
        ValidationException,
    ),
    Difference(
        "An ad hoc subprocess without a completion condition evaluates the condition that it has not"
        " (`bpmn_process_spec.py`).",
        """
        start s
        adhoc h: in local = 1
          user u
        end e
        s > h > e
        """,
        (),
        ["u"],
        TypeError,
    ),
)

DIFFERENCES = (*JOINS_IN_LOOPS, *CHOICES_BEFORE_JOINS, *NOT_PLAYED)


def explained(model: Block) -> bool:
    """Whether a diagram has what SpiffWorkflow plays, but may play otherwise than the standard says."""
    return any(_joins_in_a_loop(top) or _chooses_before_a_join(top) for top in _containers(model))


def _joins_in_a_loop(top: Block) -> bool:
    loops = (block for block in _level(top) if isinstance(block, Loop))
    return any(_is_fork(inner, "inclusive", "parallel") for loop in loops for inner in _level(loop))


def _chooses_before_a_join(top: Block) -> bool:
    forks = [block for block in _level(top) if _is_fork(block, "inclusive")]
    branches = [list(_level(branch)) for fork in forks for _, branch in fork.branches]
    return any(_starts(blocks) and _chooses(blocks) for blocks in branches)


def _starts(blocks: list[Block]) -> bool:
    return any(isinstance(block, Subprocess | Many) for block in blocks)


def _chooses(blocks: list[Block]) -> bool:
    return any(
        isinstance(block, Loop | First | Raised) or _is_fork(block, "exclusive", "inclusive") for block in blocks
    )


def _is_fork(block: Block, *kinds: str) -> bool:
    return isinstance(block, Fork) and block.kind in kinds


def _containers(model: Block) -> Iterator[Block]:
    """What the process and each of its subprocesses are made of."""
    yield model
    for block in _level(model):
        if isinstance(block, Subprocess):
            for inner in _inside(block):
                yield from _containers(inner)


def _level(block: Block) -> Iterator[Block]:
    """A block and those in it, but not what is inside subprocesses."""
    yield block
    if not isinstance(block, Subprocess):
        for inner in _inside(block):
            yield from _level(inner)


def _inside(block: Block) -> list[Block]:
    match block:
        case Sequence(blocks=blocks):
            return blocks
        case Fork(branches=branches) | First(branches=branches):
            return [branch for _, branch in branches]
        case Eventful(block=inner, follows=follows):
            return [inner, follows]
        case Ended(block=inner, rival=rival):
            return [inner, rival]
        case Loop(block=inner) | Subprocess(block=inner):
            return [inner]
    return []
