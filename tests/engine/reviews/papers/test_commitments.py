"""Tests of engine.reviews.papers.commitments."""

import io

import pytest
from pypdf import PdfReader

from engine.errors import NotFound
from engine.reviews.models import TargetState
from engine.reviews.papers import commitments, signatures
from engine.reviews.signing import targets


def read(paper):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages).replace("\n", "")


def test_l003_11_the_letter_names_targets_weights_and_who_signed_what_when(session, signed, act):
    paper = commitments.of_review(session, signed, by=act("ann"))
    text = read(paper)

    assert "绩效承诺书" in text
    for written in ("销售额完成率", "500", "万元", "85%", "1:5", "越高越好 Higher is better"):
        assert written in text
    for name, said in (("安然", "起草"), ("孙立", "同意"), ("戴维", "批准"), ("安然", "签署")):
        assert f"{name}{said}" in text.replace(" ", "")
    assert targets.of_review(session, signed).digest in text
    assert "2025-07-01 17:00+08:00" in text
    assert commitments.of_review(session, signed, by=act("hui")) == paper
    assert len(paper) < 200_000


def test_a_reservation_is_printed_with_the_signature(session, review, act):
    targets.draft(session, review, {**TARGETS}, by=act("ann"), note="含渠道")
    targets.agree(session, review, by=act("sun"))
    targets.approve(session, review, by=act("dai"))
    targets.sign(session, review, by=act("ann"), reserved=True, reservation="第四季度政策未定")

    text = read(commitments.of_review(session, review, by=act("sun")))

    assert "第四季度政策未定" in text
    assert "含渠道" in text


def test_targets_that_are_not_signed_are_printed_as_such(session, review, act):
    targets.draft(session, review, {**TARGETS}, by=act("ann"))

    text = read(commitments.of_review(session, review, by=act("sun")))

    assert "本承诺书尚未签署" in text


def test_only_who_may_see_the_targets_prints_them(session, signed, act):
    for username in ("pan", "shi"):
        with pytest.raises(NotFound):
            commitments.of_review(session, signed, by=act(username))
    assert commitments.of_review(session, signed, by=act("fan"))


def test_every_decision_has_its_words():
    assert set(signatures.DECISIONS) == set(TargetState) - {TargetState.DRAFTED}


TARGETS = {
    "sales_revenue": "500",
    "new_customers": "20",
    "renewal_rate": "85%",
    "timely_payment": "95%",
    "marketing_roi": "1:5",
    "lead_conversion": "100",
}
