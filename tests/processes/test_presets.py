"""The rules that are shipped as files: each publishes, or is refused for what the document it follows prints."""

import re
from pathlib import Path

import pytest

from engine import db
from engine.errors import Invalid
from engine.identity import SYSTEM
from engine.reviews.rulebook import library, rulebooks, systems, templates
from engine.reviews.rulebook.indicators import Direction
from engine.reviews.rulebook.publishing import publishing_problems

PROCESSES = Path(__file__).parents[2] / "processes"
FILES = {path.name: path for path in [*PROCESSES.glob("presets/*.toml"), *PROCESSES.glob("review/*.toml")]}
SHORT_OF = {
    "traffic-003.toml": "75",
    "conversion-003.toml": "65",
    "brand-003.toml": "40",
    "cycle.toml": "90",
    "mature-market-002.toml": "65",
}


@pytest.fixture
def shipped():
    """The shipped library, as `read_file` gives it."""
    return library.read_file("library.toml", (PROCESSES / "library.toml").read_bytes())


@pytest.fixture
def session(sqlite_database, shipped):
    """A session on a database that has the shipped library."""
    with db.transaction() as session:
        library.take_over(session, shipped, by=SYSTEM)
        yield session


@pytest.fixture
def drafted(session):
    """Draft a shipped file as a template."""

    def draft(name):
        return templates.draft_file(session, name, FILES[name].read_bytes(), by=SYSTEM)

    return draft


@pytest.mark.parametrize("name", sorted(FILES))
def test_w02_w09_x18_a_file_publishes_unless_its_document_prints_weights_that_do_not_total_100(drafted, name):
    row = drafted(name)

    problems = publishing_problems(rulebooks.read(row.rules))

    found = [problem.message.values.get("total", str(problem)) for problem in problems]
    assert found == ([SHORT_OF[name]] if name in SHORT_OF else [])


@pytest.mark.parametrize(
    ("name", "group", "share"),
    [
        ("by-post-000.toml", "marketing", 15),
        ("horizon-003.toml", "long", 40),
        ("sales-000.toml", "long", 30.5),
        ("new-team-004.toml", "process", 49),
        ("mature-team-004.toml", "result", 70),
    ],
)
def test_x11_x17_l004_30_the_bounds_of_the_documents_hold_for_the_presets(drafted, name, group, share):
    template = rulebooks.read(drafted(name).rules)

    total = sum(
        template.share(section, one)
        for section in template.sections
        for one in section.indicators
        if group in one.groups
    )

    assert total == share


def test_x25_the_file_that_a_template_was_read_from_is_kept_as_it_was_written(drafted):
    row = drafted("b2b-001.toml")

    assert row.original == FILES["b2b-001.toml"].read_bytes()
    assert row.rules["sections"][0]["indicators"][0]["library"] == "new_contract_value/1"


def test_taking_the_shipped_library_over_again_defines_nothing(session, shipped):
    changed = {**shipped, "cac": {**shipped["cac"], "target": "180"}}

    again, other = library.take_over(session, shipped, by=SYSTEM), library.take_over(session, changed, by=SYSTEM)

    assert again == []
    assert [(entry.entry_id, entry.version) for entry in other] == [("cac", 2)]


def test_l000_07_x22_what_is_better_when_lower_is_measured_so(shipped):
    lower = {name for name, rules in shipped.items() if rules.get("direction", "").startswith("lower")}

    assert lower == {
        "complaint_rate",
        "cost_per_lead",
        "cac",
        "marketing_cost_ratio",
        "contract_error_rate",
        "response_time",
    }
    assert shipped["expense_compliance"]["direction"] == Direction.MATCH


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        # L000-01, L000-05, L000-06, L000-08, L000-10
        (
            "customer_referrals",
            {"name": "客户推荐数", "tags": ["marketing"], "families": ["technical", "administration"]},
        ),
        ("brand_participation", {"name": "品牌宣传参与度", "tags": ["marketing"]}),
        ("lead_value", {"target": "50", "unit": "万元", "cadence": "quarter"}),
        ("new_customer_rate", {"name": "新客户开发率", "notation": "percent", "source": "CRM:新客户数 ÷ 接触客户数"}),
        ("repurchase_rate", {"name": "老客户复购率", "notation": "percent", "source": "CRM:复购客户数 ÷ 老客户数"}),
        ("nps", {"target": "70", "measured_in": "survey"}),
        ("livestreams", {"target": "6", "cadence": "month", "collected": "sum"}),
        ("proposals_adopted", {"families": ["technical"]}),
        # L001-04, L001-38, L002-03
        ("response_time", {"direction": "lower-ratio", "tags": ["collaboration"]}),
        ("mentoring_hours", {"unit": "小时", "tags": ["collaboration"]}),
        ("salons", {"notation": "count", "cadence": "quarter", "families": ["marketing"]}),
        ("cac", {"direction": "lower-ratio", "measured_in": "finance"}),
        ("new_terminals", {"notation": "count", "families": ["sales"]}),
        ("display_compliance", {"target": "100%"}),
        # L002-08, L002-12, L002-18, L002-19, L002-31, L002-32
        ("customer_visits", {"notation": "count", "cadence": "month", "collected": "sum"}),
        ("content_output", {"notation": "count", "cadence": "month", "collected": "sum"}),
        ("project_support", {"name": "跨部门项目支持度", "rated_by": ["superior", "cross"]}),
        ("complaint_rate", {"direction": "lower-linear"}),
        ("expense_compliance", {"notation": "yes-no", "direction": "match"}),
        ("goal_attainment", {"name": "目标达成度", "rated_by": ["self", "superior"]}),
        ("ability_growth", {"name": "能力成长", "rated_by": ["self", "superior"]}),
        ("collaboration_efficiency", {"name": "协作效率", "rated_by": ["cross"]}),
        ("resource_support", {"name": "资源支持度", "rated_by": ["cross"]}),
        ("livestream_gmv_share", {"name": "直播GMV占比", "notation": "percent"}),
        ("order_value", {"target": "15%"}),
        ("white_papers", {"target": "4", "cadence": "quarter"}),
        # L003-09, L003-12
        ("customer_retention", {"notation": "percent", "source": "CRM:当期活跃 ÷ 上期总用户"}),
        ("win_rate", {"target": "30%"}),
    ],
)
def test_the_library_says_what_the_documents_print(shipped, name, rules):
    assert {field: shipped[name].get(field) for field in rules} == rules


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("indicators = 3", "indicators"),
        ("[[indicators]]\nname = '没有编号'", "indicators/1"),
        ("[[indicators]]\nid = 'Big'\nname = 'x'", "indicators/1"),
        ("[[indicators]]\nid = 'a'\nname = 'x'\n[[indicators]]\nid = 'a'\nname = 'y'", "indicators/2"),
        ("[[indicators]]\nid = 'a'\nname = 'x'\ndirection = 'up'", "a/direction"),
        ("[[indicators]]\nid = 'a'\nname = 'x'\nsource = 'Tita'\nmeasured_in = 'crm'", "source"),
        ("[[indicators]]\nid =", "bad.toml"),
    ],
)
def test_a_file_of_indicators_that_is_wrong_is_refused_with_the_place(text, where):
    with pytest.raises(Invalid) as refused:
        library.read_file("bad.toml", text.encode())

    assert [problem.where for problem in refused.value.problems] == [where]


def test_l000_19_every_named_system_has_what_it_is_for():
    capabilities = {system.name: system.capabilities for system in systems.catalogue()}

    assert "crm" not in capabilities["Tita"]
    assert {
        "飞书OKR",
        "Salesforce",
        "Tableau",
        "企业微信",
        "钉钉",
        "Zoho CRM",
        "Adjust",
        "径硕科技",
        "简道云HRM",
    } <= set(capabilities)


def test_l000_12_the_year_is_rated_by_figures_and_by_behaviour_and_composed_of_shorter_periods(drafted):
    year = rulebooks.read(drafted("year-002.toml").rules)

    figures, behaviour = year.sections
    assert all(not one.is_rated for one in figures.indicators)
    assert all({"self", "superior"} <= set(one.rated_by) for one in behaviour.indicators)
    assert {share.id: share.weight for share in year.periods} == {"month": 30, "quarter": 40, "year": 30}


def test_l001_03_behaviour_is_measured_by_errors_and_complaints_and_rated_by_what_was_proposed(drafted, shipped):
    rules = rulebooks.read(drafted("b2b-001.toml").rules)

    (conduct,) = [section for section in rules.sections if section.dimension == "behaviour"]
    errors, proposals = conduct.indicators
    assert (errors.name, errors.direction, errors.is_rated) == ("合同审批失误率", Direction.LOWER_LINEAR, False)
    assert (proposals.id, proposals.is_rated) == ("proposal_innovation", True)
    assert shipped["complaint_rate"]["direction"] == "lower-linear"


@pytest.mark.parametrize("name", ["cycle.toml", "cycle-corrected.toml"])
def test_l004_07_l004_08_l004_12_l004_13_the_weights_of_document_004_are_those_that_are_shipped(drafted, name):
    template = rulebooks.read(drafted(name).rules)

    assert {section.id: section.weight for section in template.sections} == {"quantitative": 70, "qualitative": 30}
    assert {group.id: group.weight for group in template.rater_groups} == {"self": 20, "superior": 60, "cross": 20}
    assert [group.id for group in template.rater_groups if group.mandatory] == ["superior"]
    assert {one.id for one in template.sections[1].indicators if "cross" in one.rated_by} == {"collaboration"}


@pytest.mark.parametrize(
    ("name", "section", "weights"),
    [
        # L000-03, L000-33
        ("sales-000.toml", "results", "sales_revenue 35, new_customers 25, payment_collection 15, nps 15, *"),
        ("shared-000.toml", "shared", "sales_revenue 50, response_time 25, delivery_on_time 25"),
        # L001-01, L001-02, L001-15
        ("b2b-001.toml", "results", "new_contract_value 60, customer_lifetime_value 40"),
        ("retail-001.toml", "results", "repurchase_rate 50, gmv 50"),
        ("telesales-001.toml", "results", "call_efficiency 40, win_rate 60"),
        ("key-accounts-001.toml", "results", "customer_lifetime_value 60, strategic_projects 40"),
        # L002-13, L002-33
        ("new-market-002.toml", "quantitative", "new_customers 40, *"),
        ("mature-market-002.toml", "quantitative", "customer_retention 30, profit_contribution 35"),
        ("year-002.toml", "quantitative", "sales_revenue 40, customer_retention 20, lead_conversion 10"),
        ("year-002.toml", "qualitative", "proposal_innovation 15, team_collaboration 15"),
        # L003-04, L003-05, L003-06, each with how often the document looks at it
        ("traffic-003.toml", "figures", "uv_growth 15 month, lead_conversion 20 month, qualified_leads 25 month, *"),
        ("conversion-003.toml", "figures", "sql_conversion 20 month, win_rate 25 quarter, average_price 10 quarter, *"),
        ("brand-003.toml", "figures", "interaction_rate 15 month, customer_retention 15 quarter, nps 10 half"),
    ],
)
def test_the_presets_weigh_what_the_documents_print(drafted, name, section, weights):
    template = rulebooks.read(drafted(name).rules)

    (found,) = [one for one in template.sections if one.id == section]
    written = {f"{one.id} {one.weight}": one.cadence.value if one.cadence else "" for one in found.indicators}
    expected = dict(re.fullmatch(r"(\w+ \d+) ?(\w*)", part).groups() for part in weights.split(", ") if part != "*")
    assert {
        line: often if expected.get(line) else "" for line, often in written.items() if line in expected
    } == expected
    assert "*" in weights or len(expected) == len(written)


@pytest.mark.parametrize("name", ["b2b-001.toml", "retail-001.toml", "sales-000.toml"])
def test_l001_01_l004_06_a_form_has_results_conduct_and_collaboration(drafted, name):
    template = rulebooks.read(drafted(name).rules)

    assert [one.id for one in template.dimensions] == ["performance", "behaviour", "collaboration"]
    assert [one.dimension for one in template.sections] == ["performance", "behaviour", "collaboration"]
