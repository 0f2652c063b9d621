"""Data associations of the standard fill an element's inputs and are filled by its outputs."""

import pytest

FILE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
<signal id="g" name="told"/><process id="p" isExecutable="true">
<dataObject id="o1" name="order"/><dataObjectReference id="r1" dataObjectRef="o1"/>
<dataObject id="o2"/><dataObjectReference id="r2" name="bill" dataObjectRef="o2"/>
<startEvent id="s"/>{}<userTask id="after"/><sequenceFlow id="f1" sourceRef="s" targetRef="x"/>
<sequenceFlow id="f2" sourceRef="x" targetRef="after"/></process></definitions>"""
SPECIFIED = """<ioSpecification><dataInput id="i" name="amount"/><dataOutput id="o" name="total"/>
<inputSet><dataInputRefs>i</dataInputRefs></inputSet><outputSet><dataOutputRefs>o</dataOutputRefs></outputSet>
</ioSpecification>"""
IN = "<dataInputAssociation><sourceRef>r1</sourceRef><targetRef>i</targetRef>{}</dataInputAssociation>"
OUT = "<dataOutputAssociation><sourceRef>o</sourceRef><targetRef>r2</targetRef>{}</dataOutputAssociation>"
ASSIGNED = "<assignment><from>{}</from><to>{}</to></assignment>"


@pytest.mark.parametrize(
    ("into", "out", "bill"),
    [
        ("", "", 30),
        ("<transformation>order + 1</transformation>", "", 33),
        (ASSIGNED.format("=order * 2", "amount"), "", 60),
        ("", ASSIGNED.format("total + 1", "bill"), 31),
    ],
)
def test_a_task_works_on_its_own_inputs_and_gives_its_outputs(play_file, into, out, bill):
    inside = SPECIFIED + IN.format(into) + OUT.format(out)
    task = f'<scriptTask id="x">{inside}<script>total = amount * 3</script></scriptTask>'

    world = play_file(FILE.format(task), order=10)

    assert world.variables == {"order": 10, "bill": bill}


def test_what_is_thrown_carries_its_inputs(play_file):
    inputs = (
        '<dataInput id="i" name="amount"/>' + IN.format("") + "<inputSet><dataInputRefs>i</dataInputRefs></inputSet>"
    )
    event = f'<intermediateThrowEvent id="x">{inputs}<signalEventDefinition signalRef="g"/></intermediateThrowEvent>'

    world = play_file(FILE.format(event), order=10)

    assert [effect.variables for effect in world.thrown] == [{"amount": 10}]


def test_what_is_caught_fills_what_its_outputs_are_for(play_file):
    outputs = '<dataOutput id="o" name="total"/>' + OUT.format("")
    inside = outputs + "<outputSet><dataOutputRefs>o</dataOutputRefs></outputSet>"
    event = f'<intermediateCatchEvent id="x">{inside}<signalEventDefinition signalRef="g"/></intermediateCatchEvent>'
    world = play_file(FILE.format(event))

    world.happen("x", total=7, more=8)

    assert world.variables == {"bill": 7}


def test_what_modelers_draw_to_a_data_object_does_nothing(play_file):
    drawn = '<property id="pr" name="placeholder"/>' + IN.format("").replace(">i<", ">pr<")
    outward = "<dataOutputAssociation><targetRef>r2</targetRef></dataOutputAssociation>"
    world = play_file(FILE.format(f'<userTask id="x">{drawn}{outward}</userTask>'), order=1)

    world.do("x", order=2)

    assert world.variables == {"order": 2}


def test_what_a_subprocess_declares_is_its_own_and_ends_with_it(play_file):
    start = '<startEvent id="bs"/><sequenceFlow id="b1" sourceRef="bs" targetRef="k"/>'
    script = '<scriptTask id="k"><script>found = 5; more = found + 1; bill = found + more</script></scriptTask>'
    declared = '<property id="pr" name="found"/>', '<dataObject id="o3" name="more"/>'
    inside = declared[0] + start + script + declared[1]

    world = play_file(FILE.format(f'<subProcess id="x">{inside}</subProcess>'), found=1)

    assert world.variables == {"found": 1, "bill": 11}
