"""Tests of engine.reviews.papers.result_sheets: document 004's form to the digit, whoever wrote whatever in it."""

import hashlib
import io
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from engine.errors import Forbidden, Invalid, NotFound
from engine.identity import SYSTEM
from engine.reviews.models import Answer, Means, ReviewState
from engine.reviews.papers import result_sheets
from engine.reviews.rating import raters, ratings
from engine.reviews.release import results
from engine.reviews.signing import deliveries, interviews
from engine.reviews.signing.interviews import Minutes

MINUTES = Minutes(strengths="客户续约", gaps="协作", evidence="续约率 88%", plan="每周例会")
HOSTILE = '<b>=1+1</b> #eval("x") $x$ \\ *粗* مرحبا 😀 \u202eabc ' + "长" * 250 + "w" * 250


def read(paper):
    """Return a PDF's text without line ends and the breaks that were put into long words."""
    return (
        "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
        .replace("\n", "")
        .replace("\u200b", "")
    )


@pytest.fixture
def paper(session, act):
    """Print the result of a review for somebody."""
    return lambda review, username="hui", **how: result_sheets.of_review(session, review, by=act(username), **how)


def test_l004_27_the_sheet_holds_document_004s_tables_to_the_digit(paper, released):
    text = read(paper(released, "ann"))

    for figure in ("480", "96.00%", "28.80", "103.53%", "15.53", "1:4.2", "84.00%", "63.18", "24.50", "87.68", "良好"):
        assert figure in text
    for heading in (
        "（一）定量指标 70%",
        "（二）定性指标 30%",
        "（三）综合结果",
        "绩效考核结果表",
        "Performance result sheet",
    ):
        assert heading in text
    assert "未舍入的总分" in text
    assert "= 87.679009" in text or "≈ 87.679009" in text


def test_every_figure_is_printed_with_its_formula_in_words_and_numbers(paper, released):
    text = read(paper(released))

    assert "权重 × 完成率 = 15 × 1.035294" in text
    assert "实际值 ÷ 目标值 = 88% ÷ 85%" in text
    assert "平均 (评价人 1, 评价人 2) = 平均 (2.5, 3.5)" in text
    assert "四舍五入 (未舍入的总分, 2) = 四舍五入 (87.679009, 2) = 87.68" in text


def test_the_same_result_gives_the_same_bytes_and_a_small_tagged_file(paper, released):
    first, second = paper(released), paper(released)
    reader = PdfReader(io.BytesIO(first))

    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()
    assert len(first) < 200_000
    assert reader.metadata.title == "绩效考核结果表 Performance result sheet · 安然 E001 · 2025 Q3"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert str(reader.trailer["/Root"]["/Lang"]).startswith("zh")
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert {"NotoSansCJKsc" in font["/BaseFont"] for font in fonts} == {True}
    assert all(
        "/FontFile3" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts
    )


def test_long_tables_go_on_under_their_heads_and_pages_are_numbered(paper, released):
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(paper(released))).pages]

    assert len(pages) > 1
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert "项目 Figure" in pages[-1]


def test_e25_an_absent_group_is_printed_with_the_shares_of_the_others(session, measured, given, act, paper):
    for username in ("ann", "sun"):
        group, answers = given[username]
        ratings.submit(session, measured, group, answers, by=act(username))
    for rater in raters.of_review(session, measured, "cross"):
        raters.excuse(session, rater, reason="项目已结束", by=act("hui"))
    results.compute(session, measured, by=SYSTEM)

    text = read(paper(measured))

    assert "25/75 在 跨部门 缺评时" in text
    assert "跨部门 缺评 absent" in text
    assert "项目已结束" in text


def test_l004_17_signatures_say_what_was_said_by_whom_and_of_which_kind_they_are(session, released, paper, act):
    unsigned = read(paper(released))
    interviews.record(session, released, MINUTES, held_on=date(2025, 7, 1), by=act("sun"))
    interviews.sign(session, released, Answer.OBJECTED, by=act("ann"), comment="协作评分偏低")

    text = read(paper(released))

    assert "被考核人" not in unsigned.split("签署方式")[0].split("签署 Signatures")[1]
    assert "已收到，有异议 Received with objection：协作评分偏低" in text
    assert "不是《电子签名法》第十三条所称的可靠电子签名" in text
    assert interviews.answer_to(session, results.newest(session, released)).digest in text


def test_who_merely_does_not_answer_is_not_recorded_as_refusing(session, released, paper, act):
    interviews.record(session, released, MINUTES, held_on=date(2025, 7, 1), by=act("sun"))
    with pytest.raises(Invalid, match="that is no answer"):
        interviews.sign(session, released, Answer.UNANSWERED, by=act("ann"))
    with pytest.raises(Forbidden):
        interviews.record_silence(session, released, comment="三次通知", by=act("sun"))
    recorded = interviews.record_silence(session, released, comment="三次通知均未答复", by=act("hui"))

    text = read(paper(released))

    assert recorded.witness_key is None
    assert "逾期未答复 No answer in time：三次通知均未答复" in text
    assert "拒绝签署" not in text


def test_e58_a_refusal_names_its_witness_and_is_nobodys_signature(session, company, released, paper, act):
    interviews.record(session, released, MINUTES, held_on=date(2025, 7, 1), by=act("sun"))
    interviews.record_refusal(session, released, witness=company["pan"], comment="当场拒绝", by=act("sun"))

    text = read(paper(released))

    assert "拒绝签署 Refused to sign：当场拒绝 (见证人 Witness: 潘宁)" in text
    assert "被考核人 Appraisee" not in text


def test_e59_an_administrative_close_is_printed_as_one_and_never_as_a_signature(released, paper):
    released.state, released.closing_reason = ReviewState.CLOSED, "本人长期未答复"

    text = read(paper(released))

    assert "行政关闭 Administratively closed：本人长期未答复" in text
    assert "未经本人签署，不视为同意" in text


class TestWithReasons:
    """An actual value came with a reason."""

    @pytest.fixture
    def spreadsheet(self, spreadsheet):
        headed = spreadsheet.replace("数据来源", "数据来源,说明")
        return headed.replace("CRM-2025Q3\nE001,new", "CRM-2025Q3,渠道政策变化\nE001,new")

    def test_l004_20_a_reason_why_a_target_was_missed_stands_beside_it(self, scored, paper):
        assert "渠道政策变化" in read(paper(scored))


class TestWithHostileTexts:
    """A name and the superior's cases are anything but text."""

    @pytest.fixture
    def given(self, given):
        group, answers = given["sun"]
        return {**given, "sun": (group, {name: replace(one, comment=HOSTILE) for name, one in answers.items()})}

    def test_what_people_wrote_is_text_and_nothing_else(self, company, scored, paper):
        company["ann"].name = HOSTILE

        text = read(paper(scored))

        assert text.count('<b>=1+1</b> #eval("x") $x$ \\ *粗*') >= 5
        assert text.count("w" * 250) >= 5
        assert "87.68" in text


def test_nobody_prints_what_nobody_may_see(scored, paper):
    with pytest.raises(NotFound):
        paper(scored, "ann")
    with pytest.raises(NotFound):
        paper(scored, "pan")
    with pytest.raises(NotFound):
        paper(scored, version=2)


def test_every_answer_has_its_words():
    assert set(result_sheets.signatures.ANSWERS) == set(Answer)


def test_e49_the_sheet_says_when_it_was_sent_delivered_opened_and_served_again(session, released, paper, act):
    delivery = deliveries.of_result(session, results.newest(session, released))
    deliveries.note_opened(session, delivery, by=act("ann"))
    delivery.served_at, delivery.means, delivery.reference = delivery.sent_at, Means.MAIL, "RX123456789CN"

    text = read(paper(released))

    assert text.split("送达 Delivery")[1].count("2025-07-01 17:00+08:00") >= 5
    assert "挂号邮寄 registered mail RX123456789CN" in text
