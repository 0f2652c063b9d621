"""The names of BPMN's and Zeebe's XML."""

from __future__ import annotations

from typing import TypeAlias

from lxml import etree

Xml: TypeAlias = etree._Element  # noqa: SLF001 - the name lxml gives its elements

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"


def bpmn(name: str) -> str:
    """Return the full tag of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def zeebe(name: str) -> str:
    """Return the full tag of a Zeebe element."""
    return f"{{{ZEEBE}}}{name}"


def local(element: Xml) -> str:
    """Return an element's name without its namespace."""
    return str(etree.QName(element).localname)


def namespace(element: Xml) -> str:
    """Return an element's namespace, empty where it has none."""
    return str(etree.QName(element).namespace or "")


def place(element: Xml | None) -> str:
    """Return the id of the element, or of the nearest around it that has one."""
    while element is not None:
        if element.get("id"):
            return str(element.get("id"))
        element = element.getparent()
    return ""
