"""Files in forms: each named document must be one's own, be there, and fit the field."""

from typing import Any

import pytest

from engine.bpmn.forms import File
from engine.errors import Invalid

PDF, WORD = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCUMENTS = {
    "1": File({"documentId": "1", "contentHash": "of the report"}, "report.pdf", PDF, own=True),
    "2": File({"documentId": "2"}, "notes.docx", WORD, own=True),
    "3": File({"documentId": "3"}, "theirs.pdf", PDF, own=False),
    "4": File({"documentId": "4"}, "report.pdf.exe", "application/octet-stream", own=True),
    "5": File({"documentId": "5"}, "program.pdf", "application/octet-stream", own=True),
    "6": File({"documentId": "6"}, "drawing.svg", "image/svg+xml", own=True),
    "7": File({"documentId": "7"}, "photo.JPG", "image/jpeg", own=True),
}


def picked(*names: str) -> list[dict[str, Any]]:
    return [{"documentId": name} for name in names]


@pytest.fixture
def evidence(form):
    return lambda **rules: form({"type": "filepicker", "key": "evidence", "label": "Evidence", **rules})


@pytest.fixture
def problems(accept):
    """Send answers and return where and by which rule they are refused, if they are."""

    def send(schema, answers, **known):
        try:
            accept(schema, answers, **known)
        except Invalid as refusal:
            return [(problem.where, problem.code) for problem in refusal.problems]
        return []

    return send


def test_an_answer_keeps_the_servers_reference_whatever_was_sent_beside_the_id(accept, evidence):
    forged = [{"documentId": "1", "contentHash": "mine", "metadata": {"fileName": "another.pdf"}}]

    accepted = accept(evidence(), {"evidence": forged}, DOCUMENTS)

    assert accepted == {"evidence": [{"documentId": "1", "contentHash": "of the report"}]}


@pytest.mark.parametrize(
    ("rules", "names", "codes"),
    [
        ({}, ["1"], []),
        ({}, [], []),
        ({"validate": {"required": True}}, [], ["required"]),
        ({}, ["99"], ["unknown-file"]),
        ({}, [""], ["unknown-file"]),
        ({}, ["3"], ["unknown-file"]),
        ({}, ["1", "2"], ["one-file"]),
        ({"multiple": True}, ["1", "2"], []),
        ({"multiple": "=several"}, ["1", "2"], []),
        ({"multiple": "=not(several)"}, ["1", "2"], ["one-file"]),
        ({"multiple": True}, ["1", "1"], ["file-twice"]),
        ({"multiple": True}, ["1"] * 21, ["too-many-files", "file-twice"]),
        ({"accept": ".pdf"}, ["1"], []),
        ({"accept": ".pdf, .docx"}, ["2"], []),
        ({"accept": ".pdf"}, ["2"], ["file-type"]),
        ({"accept": ".pdf"}, ["4"], ["file-type"]),
        ({"accept": ".pdf"}, ["5"], ["file-type"]),
        ({"accept": "application/pdf"}, ["1"], []),
        ({"accept": "application/pdf"}, ["5"], ["file-type"]),
        ({"accept": "image/*"}, ["7"], []),
        ({"accept": ".jpg"}, ["7"], []),
        ({"accept": "image/png,image/jpeg"}, ["6"], ["file-type"]),
        ({"accept": '=if several then ".pdf" else ".docx"'}, ["2"], ["file-type"]),
    ],
)
def test_each_rule_of_a_file_picker_is_checked(problems, evidence, rules, names, codes):
    schema = evidence(**rules)

    found = problems(schema, {"evidence": picked(*names)}, documents=DOCUMENTS, several=True)

    assert found == [("evidence", code) for code in codes]


@pytest.mark.parametrize("value", ["files::abc", {"documentId": "1"}, ["1"], [{"id": "1"}], [{"documentId": 1}], 7])
def test_what_is_no_list_of_references_is_refused(refused, evidence, value):
    assert refused(evidence(), {"evidence": value}, documents=DOCUMENTS) == [("evidence", "wrong-type")]


def test_a_file_that_the_form_is_filled_with_may_stay_though_somebody_else_handed_it_in(accept, evidence):
    before = {"documentId": "3", "contentHash": "of theirs"}

    accepted = accept(evidence(accept=".png"), {"evidence": picked("3")}, DOCUMENTS, evidence=[before])

    assert accepted == {"evidence": [before]}


def test_a_file_can_be_taken_out_again(accept, evidence):
    accepted = accept(evidence(), {"evidence": []}, DOCUMENTS, evidence=picked("3"))

    assert accepted == {"evidence": None}


def test_a_read_only_picker_keeps_what_it_shows(accept, evidence):
    accepted = accept(evidence(readonly=True), {"evidence": picked("1")}, DOCUMENTS, evidence=picked("3"))

    assert accepted == {"evidence": picked("3")}


def test_a_picker_in_a_row_is_refused_at_its_place(refused, form):
    picker = {"type": "filepicker", "key": "proof", "label": "Proof"}
    schema = form({"type": "dynamiclist", "path": "cases", "components": [picker]})

    found = refused(schema, {"cases": [{"proof": picked("1")}, {"proof": picked("3")}]}, documents=DOCUMENTS)

    assert found == [("cases[1].proof", "unknown-file")]


def test_the_sentence_names_the_file_and_what_would_fit(accept, evidence):
    with pytest.raises(Invalid) as refusal:
        accept(evidence(accept=".pdf,.png"), {"evidence": picked("2")}, DOCUMENTS)

    assert str(refusal.value.problems[0]) == "evidence: Evidence does not take the file notes.docx, only .pdf,.png."


def test_what_is_accepted_is_no_template(form):
    with pytest.raises(Invalid) as refusal:
        form({"type": "filepicker", "key": "it", "accept": "{{kinds}}"})

    assert [problem.code for problem in refusal.value.problems] == ["bad-expression"]
