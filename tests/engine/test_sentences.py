"""Sentences remember what they were made from, so that a reader gets them in another language."""

from __future__ import annotations

import hostile
import pytest

from engine import exact_json, sentences
from engine.bpmn.files import Resource, read
from engine.sentences import Sentence


def test_a_sentence_survives_being_written_and_read_with_the_sentences_in_it():
    what = Sentence("The binding {binding!r}", binding="latest}")
    sentence = Sentence("{what} is not supported at a {element}.", what=what, element="callActivity")

    found = sentences.from_json(exact_json.loads(exact_json.dumps(sentences.to_json(sentence))))

    assert found == "The binding 'latest}' is not supported at a callActivity."
    assert isinstance(found, Sentence)
    assert (found.template, found.values) == (sentence.template, sentence.values)
    assert isinstance(found.values["what"], Sentence)


def test_text_that_remembers_nothing_stays_text():
    assert sentences.from_json(sentences.to_json("as {it} is")) == "as {it} is"


@pytest.mark.parametrize("group", ["graphs", "references", "extensions", "expressions"])
def test_what_the_check_of_a_diagram_finds_is_said_in_sentences_that_a_catalogue_holds(group):
    found = [problem for _, name, content in hostile.files(group) for problem in read(Resource(name, content)).problems]

    assert found
    assert [
        problem for problem in found if not isinstance(problem.message, Sentence) and problem.code != "schema"
    ] == []
