"""The only place where SpiffWorkflow is met: reads BPMN, checks it, compiles it into a net."""

from __future__ import annotations

from engine import findings
from engine.bpmn.net.nodes import Net
from engine.bpmn.spiff import attributes, checks, compiler, document, extensions, graph, reader
from engine.bpmn.spiff.extensions import Report
from engine.bpmn.spiff.graph import certain_calls
from engine.errors import Invalid, Problem


def compile_bpmn(content: bytes, name: str, warn: Report = lambda _: None) -> list[Net]:
    """Compile the executable processes of a BPMN file; `warn` hears what is worth knowing and refuses nothing.

    Raises:
        Invalid: a process is not what we execute; the problems, all that could be found, name the elements.
    """
    root = document.read(content, name)
    problems: list[Problem] = []
    checks.check_ids(root, problems.append)
    extensions.check(root, problems.append)
    attributes.check_roots(root, problems.append)
    refused = checks.check(root, problems.append)
    nets: list[Net] = []
    if not any(problem.code in _UNREADABLE for problem in problems):
        processes = reader.read(root, name, refused, problems.append)
        nets = [compiler.compile_process(process, problems.append) for process in processes]
        if not any(map(findings.refuses, problems)):
            problems += [problem for net in nets for problem in graph.problems(net)]
    problems = list(dict.fromkeys(problems))
    if any(map(findings.refuses, problems)):
        raise Invalid("Expected to compile {name}, but it cannot be executed as it is", problems, name=name)
    for problem in problems:
        warn(problem)
    return nets


def recompile(content: bytes, name: str) -> list[Net]:
    """Compile processes that were deployed before, whatever is checked since then.

    Raises:
        Invalid: the file is none that was ever deployed.
    """
    root = document.read(content, name)
    refused = checks.check(root, _ignore)
    return [compiler.compile_process(process, _ignore) for process in reader.read(root, name, refused, _ignore)]


def _ignore(_problem: Problem) -> None:
    """Let it pass: it was judged when it was deployed."""


_UNREADABLE = {"duplicate-id", "reserved-id", "missing-id", "not-executable"}
"""What leaves nothing to read the rest by."""

__all__ = ["Report", "certain_calls", "compile_bpmn", "recompile"]
