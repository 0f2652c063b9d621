"""Document 004's rules, values and ratings (W-01 to W-06), and a company that lives by them."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from databases import bound
from demonstration import Demonstration, bound_to

from engine import clock, db, identity, keys
from engine.bpmn import deployments
from engine.bpmn.deployments import Resource
from engine.identity import SYSTEM
from engine.reviews.cycle import cycles
from engine.reviews.models import Result, Review, ReviewState
from engine.reviews.organisation import lines, people
from engine.reviews.panels import draws, formations
from engine.reviews.rating import raters, ratings
from engine.reviews.rating.ratings import Given
from engine.reviews.release import results
from engine.reviews.rulebook import rulebooks, templates
from engine.reviews.rulebook.indicators import Indicator
from engine.reviews.rulebook.rules import Absent, Model, RaterGroup, Scale, Section, Template
from engine.reviews.scores import actuals
from engine.reviews.scores.completions import Measure
from engine.reviews.scores.quantities import Notation
from engine.reviews.signing import targets

WAITING = Path(__file__).parent / "waiting.bpmn"

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
        model=Model.RATERS_IN_ITEMS,
        scale=Scale(),
        rater_groups=GROUPS,
        sections=(QUANTITATIVE, QUALITATIVE),
        absent_raters=Absent.TO_OTHERS,
        absent_indicators=Absent.TO_OTHERS,
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


@pytest.fixture(name="ratings")
def _ratings():
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


@pytest.fixture(scope="session")
def waiting_template(sqlite_template, tmp_path_factory):
    """Prepare a database with processes that only wait for messages, once."""
    directory = tmp_path_factory.mktemp("waiting")
    path = directory / "waiting.sqlite"
    shutil.copyfile(sqlite_template, path)
    readings = deployments.read([Resource("waiting.bpmn", WAITING.read_bytes())], by=SYSTEM)
    with bound(f"sqlite:///{path}", directory), db.transaction() as opened:
        deployments.deploy(opened, readings, by=SYSTEM)
        clock.pin(opened, datetime(2025, 7, 1, 9, 0, tzinfo=UTC))
    return path


@pytest.fixture
def session(waiting_template, tmp_path):
    """A transaction on an empty database whose clock can be moved, with processes that only wait for messages."""
    path = tmp_path / "reviews.sqlite"
    shutil.copyfile(waiting_template, path)
    with bound(f"sqlite:///{path}", tmp_path), db.transaction() as opened:
        yield opened


@pytest.fixture
def act(session):
    """The identity behind an account."""
    return lambda username: identity.identity_of(session, username)


DEPARTMENTS = {"sales": "销售部", "product": "产品部", "service": "客服部", "office": "综合部"}
STAFF = {
    "ann": ("安然", "sales", "sun", ()),
    "sun": ("孙立", "sales", "dai", ()),
    "dai": ("戴维", "sales", None, ()),
    "pan": ("潘宁", "product", None, (people.Role.PANEL,)),
    "shi": ("石磊", "service", None, (people.Role.PANEL,)),
    "hui": ("惠敏", "office", None, (people.Role.HR,)),
    "fan": ("范青", "office", None, (people.Role.FINANCE,)),
    "ou": ("欧阳", "office", None, (people.Role.PANEL,)),
    "qin": ("秦岚", "product", None, (people.Role.PANEL,)),
    "wei": ("魏然", "service", None, (people.Role.PANEL,)),
}


@pytest.fixture
def company(session):
    """The people of the example, by account."""
    for code, name in DEPARTMENTS.items():
        people.found(session, code=code, name=name, by=SYSTEM)
    hired = date(2024, 1, 1)
    staff = {
        username: people.hire(
            session,
            employee_id=f"E{number:03}",
            username=username,
            name=name,
            department=department,
            employed_from=hired,
            roles=roles,
            by=SYSTEM,
        )
        for number, (username, (name, department, _, roles)) in enumerate(STAFF.items(), start=1)
    }
    for username, (_, _, superior, _) in STAFF.items():
        if superior:
            lines.assign(session, staff[username], staff[superior], valid_from=hired, by=SYSTEM)
    return staff


@pytest.fixture
def cycle(session, company, mended, act):
    """A drafted cycle of 2025 Q3 with ann in it and two raters from other departments."""
    template = templates.draft(session, "sales", rulebooks.write(mended), title="销售团队", by=act("hui"))
    templates.publish(session, template.key, by=act("hui"))
    row = cycles.draft(
        session,
        label="2025 Q3",
        starts_on=date(2025, 7, 1),
        ends_on=date(2025, 9, 30),
        template_key=template.key,
        by=act("hui"),
    )
    review = cycles.enrol(session, row, company["ann"], by=act("hui"))
    raters.nominate(session, review, company["pan"], group_id="cross", by=act("hui"))
    raters.nominate(session, review, company["shi"], group_id="cross", by=act("hui"))
    return row


@pytest.fixture
def review(session, cycle, act):
    """Ann's review in the launched cycle."""
    (launched,) = cycles.launch(session, cycle, by=act("hui"))
    return launched


TARGETS = {
    "sales_revenue": "500",
    "new_customers": "20",
    "renewal_rate": "85%",
    "timely_payment": "95%",
    "marketing_roi": "1:5",
    "lead_conversion": "100",
}
ACTUALS = """工号,指标,实际值,单位,数据来源
E001,销售额完成率,480,万元,CRM-2025Q3
E001,new_customers,18,家,CRM-2025Q3
E001,renewal_rate,88%,,CRM-2025Q3
E001,timely_payment,92%,,财务月报
E001,marketing_roi,1:4.2,,财务月报
E001,lead_conversion,50,条,CRM-2025Q3
"""


@pytest.fixture
def sign_targets(session, act):
    """Bring a review's targets from the draft to the signature."""

    def sign(review):
        targets.draft(session, review, TARGETS, by=act("ann"))
        targets.agree(session, review, by=act("sun"))
        targets.approve(session, review, by=act("dai"))
        targets.sign(session, review, by=act("ann"))

    return sign


@pytest.fixture
def signed(review, sign_targets):
    """The review with its targets signed."""
    sign_targets(review)
    return review


@pytest.fixture
def spreadsheet():
    """The actual values of the example as HR imports them."""
    return ACTUALS


@pytest.fixture
def measured(session, cycle, signed, spreadsheet, act):
    """The review with its actual values confirmed."""
    actuals.import_csv(session, cycle, spreadsheet.encode(), by=act("hui"))
    actuals.confirm(session, signed, by=act("fan"))
    return signed


@pytest.fixture
def measure(session, sign_targets, spreadsheet, act):
    """Bring a launched review to its signed targets and confirmed values."""

    def bring(review):
        sign_targets(review)
        actuals.import_csv(session, cycles.found(session, review.cycle_key), spreadsheet.encode(), by=act("hui"))
        actuals.confirm(session, review, by=act("fan"))

    return bring


@pytest.fixture
def given():
    """The ratings of issue 2 by account."""
    titles = ("customer_satisfaction", "collaboration", "strategy_execution", "innovation_adopted")
    own = dict(zip(titles, map(Given, ("2.5", "4.5", "3", "4.5")), strict=True))
    superior = dict(zip(titles, map(Given, ("4.5", "5", "5", "2.5")), strict=True))
    return {
        "ann": ("self", own),
        "sun": ("superior", superior),
        "pan": ("cross", {"collaboration": Given("2.5")}),
        "shi": ("cross", {"collaboration": Given("3.5")}),
    }


@pytest.fixture
def scored(session, measured, given, act):
    """The review with its result computed and graded."""
    for username, (group, answers) in given.items():
        ratings.submit(session, measured, group, answers, by=act(username))
    results.compute(session, measured, by=SYSTEM)
    results.grade(session, measured, "良好", total="87.68")
    return measured


@pytest.fixture
def released(session, cycle, scored, act):
    """The review with its result released."""
    results.release(session, cycle, by=act("hui"))
    return scored


@pytest.fixture
def seat(session, act):
    """Bring the panel of an admitted appeal to sit; return the accounts of its members, the chair's first."""

    def bring(appeal):
        draws.draw(session, appeal, size=3, by=act("hui"))
        names = [people.by_key(session, one.person_key).username for one in formations.fill(session, appeal)]
        for name in names:
            formations.declare(session, appeal, conflict=False, statement="", by=act(name))
        formations.seat(session, appeal)
        return names

    return bring


@pytest.fixture
def graded(session, company, cycle, act):
    """Let more people of a department be graded in the launched cycle: how many have which grade."""

    def grade(department, **grades):
        found = [_graded(session, cycle, act, department, name) for name, count in grades.items() for _ in range(count)]
        session.flush()
        return found

    return grade


def _graded(session, cycle, act, department, grade):
    number = keys.issue()
    person = people.hire(
        session,
        employee_id=f"N{number}",
        username=f"n{number}",
        name=f"新{number}",
        department=department,
        employed_from=date(2024, 1, 1),
        by=act("hui"),
    )
    review = Review(
        cycle_key=cycle.key,
        appraisee_key=person.key,
        department_key=people.department(session, department).key,
        state=ReviewState.RUNNING,
    )
    session.add(review)
    session.flush()
    result = Result(
        review_key=review.key,
        version=1,
        template_key=cycle.template_key,
        total="80.00",
        figures={},
        grade=grade,
        computed_by="hui",
        computed_at=clock.now(session),
    )
    session.add(result)
    return review


@pytest.fixture(scope="session")
def drafted(sqlite_template, tmp_path_factory):
    """A directory with a database in which the demo company has drafted its cycle."""
    directory = tmp_path_factory.mktemp("drafted")
    shutil.copyfile(sqlite_template, directory / "demo.sqlite")
    with bound_to(directory):
        Demonstration().prepare()
    return directory


@pytest.fixture(name="demonstration")
def _demonstration(drafted, tmp_path, memory):
    """The demo company with its drafted cycle, on a database of its own."""
    shutil.copytree(drafted, tmp_path, dirs_exist_ok=True)
    with bound_to(tmp_path):
        yield Demonstration(memory)
