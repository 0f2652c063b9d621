"""The pages of a settlement: HR and finance settle a cycle, each person reads the own lines, superiors see no pay."""

import io
import re
from pathlib import Path

import pytest

from engine import db

SCHEME = Path(__file__).parents[2] / "processes" / "settlements" / "sales-quarter.toml"
AMOUNTS = """工号,项目,金额,来源
S003,monthly_salary,10000,工资表
S003,sales,1300000,财务月报
S003,sales_target,1000000,目标书
S003,leads,3,CRM
S003,excess_profit,200000,财务月报
S003,pool_share,12.5,财务
"""


@pytest.fixture
def released(company):
    """Zhang Wei's result is released."""
    company.launch()
    company.agree_on_targets()
    company.import_actuals()
    company.rate()
    company.release()
    return company


@pytest.fixture
def address(released):
    with db.reading() as session:
        return f"/cycles/{released.cycle(session).key}/settlement"


@pytest.fixture
def review(released):
    with db.reading() as session:
        return f"/reviews/{released.review(session).key}"


@pytest.fixture
def settled(address, at):
    """The scheme is set, the amounts are entered and the lines computed."""
    finance = at("sun.lei")
    answers = [
        finance.sends(f"{address}/scheme", file=(io.BytesIO(SCHEME.read_bytes()), SCHEME.name), reason="第三季度"),
        finance.sends(f"{address}/amounts", file=(io.BytesIO(AMOUNTS.encode()), "amounts.csv")),
        finance.sends(f"{address}/lines"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200], answers[-1].get_data(as_text=True)
    return finance


def test_finance_settles_a_cycle_and_hands_it_to_payroll(settled, address):
    before = settled.reads(address)

    settled.sends(f"{address}/payrolls")

    assert "Zhang Wei Commission 16200.00" in before
    assert "Undisputed" in before
    assert "Nothing is payable" in settled.reads(address)
    (file,) = set(re.findall(r"/payrolls/\d+", settled.client.get(address).get_data(as_text=True)))
    assert "S003,张伟,commission,16200.00," in settled.client.get(file).get_data(as_text=True)


def test_each_person_reads_the_own_lines_with_their_formulas(settled, review, at):
    page = at("zhang.wei").reads(f"{review}/settlement")

    assert "What the result is worth" in at("zhang.wei").reads(f"{review}/result")
    assert "Commission" in page
    assert "16200.00" in page
    assert "successful leads × each" in page


def test_superiors_and_strangers_see_no_pay(settled, review, address, at):
    assert at("li.na").reads(f"{review}/settlement", 404)
    assert "What the result is worth" not in at("li.na").reads(f"{review}/result")
    assert at("li.na").reads(address, 403)


def test_what_is_missing_is_named_and_nothing_typed_is_lost(address, at):
    finance = at("sun.lei")
    finance.sends(f"{address}/scheme", file=(io.BytesIO(SCHEME.read_bytes()), SCHEME.name), reason="第三季度")

    answer = finance.sends(f"{address}/lines")

    assert answer.status_code == 422
    assert "S003, base_award" in answer.get_data(as_text=True)
