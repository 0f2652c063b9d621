"""Reading XML that strangers send: no DOCTYPE, no entities, bounded, and valid BPMN 2.0 by its schema."""

from __future__ import annotations

from functools import cache

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator

from engine.bpmn.spiff import names, spelling
from engine.errors import Invalid, Problem

MOST_BYTES = 4_000_000
MOST_ELEMENTS = 40_000


def read(content: bytes, name: str) -> names.Xml:
    """Return the root of a BPMN file.

    Raises:
        Invalid: it is too large, no XML, or no BPMN; the problems say where.
    """
    if len(content) > MOST_BYTES:
        raise _refusal(name, Problem(f"The file is larger than {MOST_BYTES} bytes.", name, "file-too-large"))
    root = _parse(content, name)
    if root.getroottree().docinfo.doctype:
        raise _refusal(name, Problem("A BPMN file may have no DOCTYPE.", name, "doctype"))
    if root.tag != names.bpmn("definitions"):
        raise _refusal(name, Problem("The file is XML, but its root is no BPMN 2.0 definitions.", name, "not-bpmn"))
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise _refusal(name, Problem(f"The file has more than {MOST_ELEMENTS} XML elements.", name, "file-too-large"))
    spelling.order(root)
    problems = _against_schema(root, name)
    if problems:
        raise Invalid(f"Expected to read {name}, but it is not valid BPMN 2.0", problems)
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
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f"{name}:{line}" if line else name
        raise _refusal(name, Problem(f"The XML is malformed: {error}.", where, "malformed-xml")) from error


@cache
def _schema() -> etree.XMLSchema:
    return BpmnValidator().validator


def _against_schema(root: names.Xml, name: str) -> list[Problem]:
    schema = _schema()
    if schema.validate(root):
        return []
    return [
        Problem(
            entry.message.replace(f"{{{names.BPMN}}}", "bpmn:"), _place(root, entry) or f"{name}:{entry.line}", "schema"
        )
        for entry in schema.error_log
    ]


def _place(root: names.Xml, entry: etree._LogEntry) -> str:
    found = root.xpath(entry.path, namespaces=root.nsmap) if entry.path and None not in root.nsmap else []
    return names.place(found[0]) if found else ""


def _refusal(name: str, problem: Problem) -> Invalid:
    return Invalid(f"Expected to read {name} as BPMN 2.0, but it cannot be read", [problem])
