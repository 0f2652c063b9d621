"""Reading XML that strangers send: no DOCTYPE, no entities, bounded, and valid BPMN 2.0 by its schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import islice

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator

from engine.bpmn.spiff import names, ordering, spelling
from engine.errors import Invalid, Problem
from engine.sentences import Sentence

MOST_BYTES = 4_000_000
MOST_ELEMENTS = 40_000
MOST_NODES = 2_100
"""Activities, events and gateways of a file."""
MOST_COMPLAINTS = 100
MOST_LEVELS = 50
"""Of BPMN elements inside each other; a subprocess in a subprocess adds one."""

_TAKEN = "is not a valid value of the atomic type 'xs:ID'"


def read(content: bytes, name: str) -> names.Xml:
    """Return the root of a BPMN file.

    Raises:
        Invalid: it is too large, no XML, or no BPMN; the problems say where.
    """
    if len(content) > MOST_BYTES:
        raise _refusal(
            name,
            Problem(
                Sentence("The file is larger than {most_bytes} bytes.", most_bytes=MOST_BYTES), name, "file-too-large"
            ),
        )
    root = _parse(content, name)
    if root.getroottree().docinfo.doctype:
        raise _refusal(name, Problem(Sentence("A BPMN file may have no DOCTYPE."), name, "doctype"))
    if root.tag != names.bpmn("definitions"):
        raise _refusal(
            name, Problem(Sentence("The file is XML, but its root is no BPMN 2.0 definitions."), name, "not-bpmn")
        )
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise _refusal(
            name,
            Problem(
                Sentence("The file has more than {most_elements} XML elements.", most_elements=MOST_ELEMENTS),
                name,
                "file-too-large",
            ),
        )
    ordering.order(root)
    problems = [*_too_much(root), *_against_schema(root, name)]
    if problems:
        raise Invalid("Expected to read {name}, but it is not valid BPMN 2.0", problems, name=name)
    spelling.unify(root)
    return root


def executable(root: names.Xml) -> list[names.Xml]:
    """Return the executable processes of a file."""
    return [process for process in root.iterfind(names.bpmn("process")) if process.get("isExecutable") == "true"]


def _parse(content: bytes, name: str) -> names.Xml:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None)
        where = f"{name}:{line}" if line else name
        raise _refusal(
            name, Problem(Sentence("The XML is malformed: {error}.", error=str(error)), where, "malformed-xml")
        ) from error


@cache
def _schema() -> etree.XMLSchema:
    return BpmnValidator().validator


def _against_schema(root: names.Xml, name: str) -> Iterator[Problem]:
    schema = _schema()
    if schema.validate(root):
        return
    ids = Counter(root.xpath("//@id"))
    for entry in islice(schema.error_log, MOST_COMPLAINTS):
        found = _found(root, entry)
        where = names.place(found) or f"{name}:{entry.line}"
        if found is not None and _TAKEN in entry.message and ids[found.get("id")] > 1:
            yield Problem(Sentence("{count} elements have this id.", count=ids[found.get("id")]), where, "duplicate-id")
        else:
            facts = {"line": entry.line, "column": entry.column}
            yield Problem(entry.message.replace(f"{{{names.BPMN}}}", "bpmn:"), where, "schema", facts)


def _too_much(root: names.Xml) -> Iterator[Problem]:
    """Go through the processes that are too long or too deep to be checked, compiled and drawn."""
    for process in root.iterfind(names.bpmn("process")):
        count = sum(1 for element in names.everything(process) if names.local(element) in names.NODES)
        if count > MOST_NODES:
            message = Sentence(
                "It has {count} activities, events and gateways; {most_nodes} is the most.",
                count=count,
                most_nodes=MOST_NODES,
            )
            yield Problem(message, names.place(process), "file-too-large")
    for deep in root.xpath("//*[count(ancestor::*) = $levels]", levels=MOST_LEVELS):
        yield Problem(
            Sentence("It stands more than {most_levels} levels deep.", most_levels=MOST_LEVELS),
            names.place(deep),
            "too-deep",
        )
        return


def _found(root: names.Xml, entry: etree._LogEntry) -> names.Xml | None:
    """Return the element that the schema complains of; a path names elements without prefix by their place alone."""
    spaces = {prefix: space for prefix, space in root.nsmap.items() if prefix}
    try:
        found = root.xpath(entry.path, namespaces=spaces) if entry.path else []
    except etree.XPathEvalError:
        return None
    return found[0] if found else None


def _refusal(name: str, problem: Problem) -> Invalid:
    return Invalid("Expected to read {name} as BPMN 2.0, but it cannot be read", [problem], name=name)
