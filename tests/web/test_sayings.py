"""What the code says to people: gathered from its source, and known in Chinese."""

from __future__ import annotations

from engine.reviews.sentences import Sentence
from web import catalogues, sayings, sentences, vocabulary


def test_a_refusal_is_translated_by_its_intent_and_its_reason():
    parts = sayings.parts("Expected to find appeal {key}, but there is none that {username} may know of")

    assert parts == ("find appeal {key}", "there is none that {username} may know of")


def test_a_refusal_of_the_engine_is_gathered_with_what_fills_it():
    gathered = {saying.template: saying for saying in sayings.gathered() if saying.template}

    found = gathered["It is missing"]

    assert found.place.startswith("engine/reviews/")
    assert found.values == found.holes == frozenset()


def test_what_only_the_command_line_says_is_left_out():
    assert not [saying for saying in sayings.gathered() if saying.place.startswith("engine/cli.py")]


def test_no_refusal_is_filled_before_it_can_be_said_in_another_language():
    assert not [saying for saying in sayings.gathered() if saying.template is None]


def test_every_template_is_filled_with_what_it_names():
    unlike = [one for one in sayings.gathered() if one.values is not None and one.template and one.holes != one.values]

    assert not unlike


def test_every_member_of_an_enumeration_has_a_chinese_word():
    catalogue = catalogues.read("messages")

    missing = [word for word in vocabulary.words() if not catalogue.get(word, vocabulary.CONTEXT).string]

    assert not missing


def test_a_translation_is_filled_with_what_its_template_is():
    catalogue = catalogues.read("messages")

    unlike = [text for text in sayings.texts() if sayings.holes(catalogue.get(text).string) != sayings.holes(text)]

    assert not unlike


def test_the_superior_who_rates_is_not_taken_for_a_change_of_superior(app):
    rates = Sentence("rate review {key} as {group_id}", key=1, group_id="superior")
    changes = Sentence("enter a change of {kind} in cycle {label}", kind="superior", label="2025 Q3")

    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        said = [sentences.told(rates), sentences.told(changes)]

    assert "直接上级" in said[0]
    assert "更换上级" in said[1]
