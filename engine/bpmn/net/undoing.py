"""Compensation (BPMN 2.0, section 13.5.5): what is done is remembered where it can be undone, and undone backwards.

The token that throws plays what undoes: handlers and undone subprocesses are its children, one at a time.
"""

from __future__ import annotations

from engine.bpmn.net.nodes import Node
from engine.bpmn.net.tokens import Done, State, Token
from engine.bpmn.net.work import Subprocess


def remember(state: State, token: Token) -> None:
    """Remember an activity that is about to be left as done, if it can be undone."""
    index, around = token.node.index, token.parent
    if index not in state.net.undoable or around is None:
        return
    if index in state.net.handlers and not token.loop_counter:
        around.done.append(Done(index))
    elif token.instances is not None and token.node.loop is not None and not token.loop_counter:
        around.done += token.done
    elif isinstance(token.node.work, Subprocess):
        around.done.append(Done(index, token.variables, tuple(token.done)))


def scope_of(state: State, token: Token, activity: int | None) -> Token:
    """Return the process or subprocess whose activities a throwing token means.

    That is the one around event subprocesses, but for an activity that is named and stands beside the thrower.
    """
    beside = token.parent
    if activity is not None and beside is not None and state.net.nodes[activity].parent == beside.node.index:
        return beside
    scope = token
    while scope.parent is not None and (scope is token or _is_reaction(scope.node)):
        scope = scope.parent
    return scope


def begin(state: State, token: Token, scope: Token, activity: int | None) -> None:
    """Let a token undo what is done in a scope: one activity, however often it was done, or everything."""
    token.undo = [done for done in scope.done if activity in (None, done.node)]
    scope.done = [done for done in scope.done if activity not in (None, done.node)]
    state.resume(token)


def undo_next(state: State, token: Token) -> bool:
    """Undo the last of what a token has still to undo; say whether there was something."""
    if not token.undo:
        return False
    done = token.undo.pop()
    handler = state.net.handlers.get(done.node)
    if handler is not None:
        state.start(state.net.nodes[handler], token)
    else:
        _reopen(state, token, done)
    return True


def _reopen(state: State, token: Token, done: Done) -> None:
    """Open a subprocess again, with its variables as they were, to undo what was done inside."""
    scope = state.create(state.net.nodes[done.node], token, variables=dict(done.variables or {}))
    reaction = state.net.undoing.get(done.node)
    if reaction is None:
        scope.undo = list(done.inside)
        state.resume(scope)
        return
    scope.undo, scope.done = [], list(done.inside)
    inside = state.create(reaction, scope, variables={})
    for start in state.net.starts[reaction.index]:
        state.start(start, inside)


def _is_reaction(node: Node) -> bool:
    return isinstance(node.work, Subprocess) and node.work.reaction
