"""The order of what stands inside an element, which BPMN's schema demands and which says nothing."""

from __future__ import annotations

from engine.bpmn.spiff import names

_ORDER = (
    ("documentation",),
    ("extensionElements",),
    ("auditing",),
    ("monitoring",),
    ("categoryValueRef",),
    ("incoming",),
    ("outgoing",),
    ("ioSpecification",),
    ("property",),
    ("dataInput",),
    ("dataOutput",),
    ("dataInputAssociation",),
    ("dataOutputAssociation",),
    ("inputSet", "outputSet"),
    ("resourceRole", "performer", "humanPerformer", "potentialOwner"),
    ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"),
    ("laneSet",),
    (),
    ("association", "group", "textAnnotation", "eventDefinitionRef"),
    ("completionCondition",),
)
"""What comes after what in an activity, event or gateway; all that is not named stands at the empty place."""
_RANKS = {name: rank for rank, kinds in enumerate(_ORDER) for name in kinds}
_OTHERS = _ORDER.index(())
_ARTIFACTS = frozenset({"association", "group", "textAnnotation"})
_FLOW_ELEMENTS = names.NODES | {"sequenceFlow", "dataObject", "dataObjectReference", "dataStoreReference"}


def order(root: names.Xml) -> None:
    """Put what stands inside the elements of a file where the schema wants it."""
    for process in list(root.iter(names.bpmn("process"))):
        _move_artifacts(process)
    for element in list(root.iter(*map(names.bpmn, names.NODES))):
        _order(element)


def _move_artifacts(process: names.Xml) -> None:
    """Put notes, groups and associations after the elements they are about."""
    drawn = [child for child in process if names.local(child) in _ARTIFACTS]
    flows = [child for child in process if names.local(child) in _FLOW_ELEMENTS]
    if drawn and flows and process.index(drawn[0]) < process.index(flows[-1]):
        for artifact in reversed(drawn):
            flows[-1].addnext(artifact)


def _order(element: names.Xml) -> None:
    children = list(element)
    ordered = sorted(children, key=_rank)
    if ordered != children:
        element[:] = ordered


def _rank(child: names.Xml) -> int:
    return _RANKS.get(names.local(child), _OTHERS)
