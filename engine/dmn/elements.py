"""Read the XML of a decision model, whichever version of DMN's namespace it has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.errors import Invalid, Problem
from engine.sentences import Sentence

MAXIMUM_BYTES = 5_000_000
MAXIMUM_DEPTH = 100
Element = Any  # lxml's elements have no types

_NAMESPACES = ("http://www.omg.org/spec/dmn/", "https://www.omg.org/spec/dmn/")


def read(xml: bytes, name: str) -> Element:
    """Parse a decision model and return its root.

    Raises:
        Invalid: the file is too large, no XML, no DMN, or has a DOCTYPE.
    """
    if len(xml) > MAXIMUM_BYTES:
        raise _refused(
            name, Sentence("it is larger than {maximum_bytes} bytes", maximum_bytes=MAXIMUM_BYTES), "file-too-large"
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise _refused(name, Sentence("it is no XML: {error}", error=str(error)), "malformed-xml") from None
    if root.getroottree().docinfo.doctype:
        raise _refused(name, Sentence("it has a DOCTYPE"), "doctype")
    space = etree.QName(root).namespace or ""
    if local(root) != "definitions" or not space.lower().startswith(_NAMESPACES):
        raise _refused(name, Sentence("its root is no definitions element of DMN"), "no-dmn")
    if _depth(root) > MAXIMUM_DEPTH:
        raise _refused(
            name,
            Sentence("its elements are more than {maximum_depth} levels deep", maximum_depth=MAXIMUM_DEPTH),
            "too-deep",
        )
    return root


def _refused(name: str, reason: str, code: str) -> Invalid:
    message = Sentence("Expected to read decision model {name}, but {reason}", name=name, reason=reason)
    return Invalid(message, [Problem(f"The file cannot be read: {reason}.", name, code)])


def _depth(root: Element) -> int:
    depth = deepest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(etree.QName(element).localname)


def children(element: Element, *names: str) -> Iterator[Element]:
    """Go through the children with one of these names, or through all of them."""
    for below in element:
        if isinstance(below.tag, str) and (not names or local(below) in names):
            yield below


def child(element: Element, *names: str) -> Element | None:
    """Return the first child with one of these names."""
    return next(children(element, *names), None)


def text_of(element: Element | None, name: str = "text") -> str:
    """Return the text of a child, stripped; empty where there is none."""
    found = None if element is None else child(element, name)
    return "" if found is None else "".join(found.itertext()).strip()


def name_of(element: Element) -> str:
    """Return an element's name, each gap one blank."""
    return " ".join(str(element.get("name", "")).split())


def type_reference(element: Element | None) -> str:
    """Return the type that an element refers to, by attribute or, in item definitions, by child."""
    if element is None:
        return ""
    return str(element.get("typeRef") or text_of(element, "typeRef")).strip()


def identity(element: Element) -> str:
    """Return an element's id, or that of the closest element around it that has one."""
    while element is not None and not element.get("id"):
        element = element.getparent()
    return "" if element is None else str(element.get("id"))
