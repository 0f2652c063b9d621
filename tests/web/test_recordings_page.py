"""The page on which an appellant hands a recording in."""

import io

import pytest

from engine import db
from engine.reviews.models import Appeal, Evidence


@pytest.fixture
def appeal(company, at):
    """The key of Zhang Wei's appeal."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    company.release()
    with db.reading() as session:
        review = company.review(session).key
    fields = {"grounds": "主管承认漏算", "items": "collaboration", "remedy": "重新评价"}
    at("zhang.wei").sends(f"/reviews/{review}/appeal", **fields)
    with db.reading() as session:
        return session.query(Appeal).one().key


def test_e96_a_recording_is_handed_in_with_what_must_be_said(appeal, at):
    appellant = at("zhang.wei")
    said = {"purpose": "证明承认漏算", "heard": "李娜", "notice": "开始时当面告知", "kept_until": "2026-06-30"}

    refused = appellant.sends(
        f"/appeals/{appeal}/recordings", file=(io.BytesIO(b"ID3voice"), "谈话.mp3"), **{**said, "notice": ""}
    )
    appellant.sends(f"/appeals/{appeal}/recordings", file=(io.BytesIO(b"ID3voice"), "谈话.mp3"), **said)

    assert refused.status_code == 422
    assert "谈话.mp3" in appellant.reads(f"/appeals/{appeal}")
    assert at("zhao.min").client.get(f"/appeals/{appeal}/recordings").status_code == 404


@pytest.fixture
def review(company):
    """The key of Zhang Wei's review, in which nobody has rated yet."""
    company.launch()
    company.agree_on_targets()
    with db.reading() as session:
        return company.review(session).key


def test_l001_03_appraisee_and_superior_hand_recordings_in_as_evidence_of_the_review(review, at):
    said = {"purpose": "客户访谈", "heard": "客户王总", "notice": "开始时口头告知", "kept_until": "2026-06-30"}
    address = f"/reviews/{review}/recordings"

    silent = at("zhang.wei").sends(address, file=(io.BytesIO(b"ID3voice"), "访谈.mp3"), **{**said, "heard": ""})
    own = at("zhang.wei").sends(address, file=(io.BytesIO(b"ID3voice"), "访谈.mp3"), **said)
    leading = at("li.na").sends(address, file=(io.BytesIO(b"ID3other"), "复盘.mp3"), **said)
    finance = at("sun.lei").sends(address, file=(io.BytesIO(b"ID3third"), "外人.mp3"), **said)

    assert silent.status_code == 422
    assert [answer.status_code < 400 for answer in (own, leading)] == [True, True]
    assert finance.status_code in (403, 404)
    with db.reading() as session:
        kept = session.query(Evidence).where(Evidence.review_key == review).all()
    assert [one.kind for one in kept] == ["录音 Recording"] * 2
