"""The only place where SpiffWorkflow is met: reads BPMN, checks it, compiles it into a net."""

from __future__ import annotations

from engine.bpmn.net.nodes import Net
from engine.bpmn.spiff import checks, compiler, document, extensions, graph, reader
from engine.bpmn.spiff.graph import certain_calls
from engine.errors import Invalid, Problem


def compile_bpmn(content: bytes, name: str) -> list[Net]:
    """Compile the executable processes of a BPMN file.

    Raises:
        Invalid: a process is not what we execute; the problems, all that could be found, name the elements.
    """
    root = document.read(content, name)
    problems: list[Problem] = []
    checks.check_ids(root, problems.append)
    extensions.check(root, problems.append)
    refused = checks.check(root, problems.append)
    if not any(problem.code in _UNREADABLE for problem in problems):
        processes = reader.read(root, name, refused, problems.append)
        nets = [compiler.compile_process(process, problems.append) for process in processes]
        if not problems:
            problems += [problem for net in nets for problem in graph.problems(net)]
    if problems:
        raise Invalid(f"Expected to compile {name}, but it cannot be executed as it is", list(dict.fromkeys(problems)))
    return nets


_UNREADABLE = {"duplicate-id", "reserved-id", "missing-id", "not-executable"}
"""What leaves nothing to read the rest by."""

__all__ = ["certain_calls", "compile_bpmn"]
