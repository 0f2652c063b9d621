"""Document 004's rules, values and ratings (W-01 to W-06)."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.reviews.completions import Measure
from engine.reviews.quantities import Notation
from engine.reviews.rules import Indicator, Model, RaterGroup, Scale, Section, Template

GROUPS = (
    RaterGroup(id="self", name="自评", name_en="Self", weight=Fraction(20)),
    RaterGroup(id="superior", name="上级", name_en="Superior", weight=Fraction(60), mandatory=True),
    RaterGroup(id="cross", name="跨部门", name_en="Cross-department", weight=Fraction(20)),
)
ALONE = ("self", "superior")
ALL = ("self", "superior", "cross")


def _measured(name, title, weight, target, *, notation=Notation.NUMBER, unit=""):
    return Indicator(id=name, name=title, weight=Fraction(weight), target=target, notation=notation, unit=unit)


def _rated(name, title, weight, groups):
    return Indicator(id=name, name=title, weight=Fraction(weight), rated_by=groups)


QUANTITATIVE = Section(
    id="quantitative",
    name="定量指标",
    weight=Fraction(70),
    indicators=(
        _measured("sales_revenue", "销售额完成率", 30, "500", unit="万元"),
        _measured("new_customers", "新客户开发数", 20, "20", unit="家"),
        _measured("renewal_rate", "客户续约率", 15, "85%", notation=Notation.PERCENT),
        _measured("timely_payment", "回款及时率", 15, "95%", notation=Notation.PERCENT),
        _measured("marketing_roi", "营销活动ROI", 10, "1:5", notation=Notation.RATIO),
    ),
)
QUALITATIVE = Section(
    id="qualitative",
    name="定性指标",
    weight=Fraction(30),
    whole=Fraction(30),
    indicators=(
        _rated("customer_satisfaction", "客户满意度", 10, ALONE),
        _rated("collaboration", "跨部门协作效率", 10, ALL),
        _rated("strategy_execution", "市场策略执行度", 5, ALONE),
        _rated("innovation_adopted", "创新建议采纳", 5, ALONE),
    ),
)


@pytest.fixture
def document_004():
    """The template as document 004 prints it: its quantitative weights total 90."""
    return Template(
        model=Model.RATERS_IN_ITEMS, scale=Scale(), rater_groups=GROUPS, sections=(QUANTITATIVE, QUALITATIVE)
    )


@pytest.fixture
def mended(document_004):
    """The same with the sixth indicator that HR must add."""
    sixth = _measured("lead_conversion", "线索转化数", 10, "100", unit="条")
    quantitative = replace(QUANTITATIVE, indicators=(*QUANTITATIVE.indicators, sixth))
    return replace(document_004, sections=(quantitative, QUALITATIVE))


@pytest.fixture
def measures():
    """Targets and actual values of W-01."""
    return {
        "sales_revenue": Measure("500", "480"),
        "new_customers": Measure("20", "18"),
        "renewal_rate": Measure("85%", "88%"),
        "timely_payment": Measure("95%", "92%"),
        "marketing_roi": Measure("1:5", "1:4.2"),
    }


@pytest.fixture
def ratings():
    """The ratings of issue 2, which blend to the printed ones of W-03."""

    def given(own, superior, *cross):
        by_group = {"self": [Fraction(own)], "superior": [Fraction(superior)]}
        return {**by_group, "cross": [Fraction(rating) for rating in cross]} if cross else by_group

    return {
        "customer_satisfaction": given("2.5", "4.5"),
        "collaboration": given("4.5", "5", "2.5", "3.5"),
        "strategy_execution": given("3", "5"),
        "innovation_adopted": given("4.5", "2.5"),
    }
