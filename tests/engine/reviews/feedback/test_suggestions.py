"""Tests of engine.reviews.feedback.suggestions: the box, the code, the answers."""

from datetime import date

import pytest
from sqlalchemy import select

from engine.errors import Conflict, Forbidden, Invalid, NotFound
from engine.reviews.feedback import suggestions
from engine.reviews.models import Suggestion, SuggestionEntry, SuggestionSlip, Voice


@pytest.fixture
def code(session):
    """The code of a suggestion that HR has."""
    found = suggestions.post(session, "提成规则希望按季公布")
    session.flush()
    suggestions.collect(session)
    return found


@pytest.fixture
def suggestion(session, code):
    return session.scalars(select(Suggestion)).one()


def test_l001_36_the_author_reads_the_answer_with_the_code_and_replies(session, company, code, suggestion, act):
    suggestions.answer(session, suggestion, "十月起按季公布", voice=Voice.HR, by=act("hui"))
    suggestions.reply(session, code.lower(), "谢谢")
    session.flush()
    in_the_box = suggestions.read(session, code).waiting
    suggestions.collect(session)

    ticket = suggestions.read(session, code)

    assert in_the_box == ["谢谢"]
    assert [(one.voice, one.text) for one in ticket.entries] == [
        (Voice.AUTHOR, "提成规则希望按季公布"),
        (Voice.HR, "十月起按季公布"),
        (Voice.AUTHOR, "谢谢"),
    ]
    assert ticket.waiting == []


def test_before_the_box_is_emptied_only_the_code_opens_a_suggestion(session):
    code = suggestions.post(session, "午休时间太短")
    session.flush()

    assert suggestions.read(session, code).waiting == ["午休时间太短"]
    assert session.scalars(select(Suggestion)).all() == []


def test_the_code_is_kept_only_as_a_salted_hash(session, code, suggestion):
    plain = code.replace("-", "")

    kept = [getattr(suggestion, column.key) for column in Suggestion.__table__.columns]

    assert len(plain) == 24
    assert plain[8:] not in repr(kept)
    assert len(suggestion.salt) == 16
    for wrong in (code[:-1] + ("A" if code[-1] != "A" else "B"), plain[:8], "", "????"):
        with pytest.raises(NotFound, match="none with this code"):
            suggestions.read(session, wrong)


def test_a_slip_has_no_time_and_its_key_tells_none(session):
    for text in "一二三四五六七八":
        suggestions.post(session, text)
        session.flush()
    slips = session.scalars(select(SuggestionSlip).order_by(SuggestionSlip.key)).all()

    suggestions.collect(session)

    assert {column.key for column in SuggestionSlip.__table__.columns} == {"key", "text", "locator", "salt", "digest"}
    assert [one.text for one in slips] != list("一二三四五六七八")
    assert {entry.said_on for entry in session.scalars(select(SuggestionEntry))} == {date(2025, 7, 1)}


def test_what_is_said_to_a_closed_suggestion_while_it_closed_opens_it_again(session, code, suggestion):
    suggestions.reply(session, code, "还有一点")
    suggestions.close(session, suggestion)
    with pytest.raises(Conflict, match="closed"):
        suggestions.reply(session, code, "再说一点")

    suggestions.collect(session)

    assert suggestion.closed_on is None


def test_only_hr_speaks_as_hr_and_nobody_says_nothing(session, company, suggestion, act):
    with pytest.raises(Forbidden):
        suggestions.answer(session, suggestion, "x", voice=Voice.HR, by=act("sun"))
    with pytest.raises(Invalid):
        suggestions.answer(session, suggestion, " ", voice=Voice.HR, by=act("hui"))
    with pytest.raises(Invalid):
        suggestions.post(session, "很" * (suggestions.LONGEST + 1))


def test_a_flood_fills_the_box_and_nothing_else(session):
    for _ in range(suggestions.FULL):
        suggestions.post(session, "x")

    with pytest.raises(Conflict, match="the box is full"):
        suggestions.post(session, "x")

    suggestions.collect(session)
    assert suggestions.post(session, "x")
