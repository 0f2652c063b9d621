"""Tests of engine.reviews.rulebook.assignments: templates and weights by post, decided by the shipped tables."""

from fractions import Fraction
from pathlib import Path

import pytest

from engine.bpmn import deployments
from engine.bpmn.deployments import Resource
from engine.errors import Invalid, NotFound
from engine.identity import SYSTEM
from engine.reviews.cycle import cycles, families, reviews
from engine.reviews.cycle.families import Relations
from engine.reviews.models import Post
from engine.reviews.organisation import employments
from engine.reviews.rulebook import assignments, rulebooks, templates

PROCESSES = Path(__file__).parents[4] / "processes"
FAMILIES = {"财务主管": "administration", "客户经理": "sales", "产品经理": "technical"}
TABLES = ("dimension-weights.dmn", "template-by-post.dmn")


@pytest.fixture
def tables(session):
    """The shipped tables, deployed."""
    files = [Resource(name, (PROCESSES / "review" / name).read_bytes()) for name in TABLES]
    deployments.deploy(session, deployments.read(files, by=SYSTEM), by=SYSTEM)


@pytest.fixture
def by_post(session, tables, company, act):
    """The shipped template whose dimensions weigh by post, published."""
    book = rulebooks.load(PROCESSES / "presets" / "by-post-000.toml")
    row = templates.draft(session, book.template_id, book.rules, title=book.title, by=act("hui"))
    return templates.publish(session, row.key, by=act("hui"))


@pytest.fixture
def launched(session, cycle, company, act):
    """Launch the cycle with ann in a post, by a template or by the table of templates."""

    def launch(post, **how):
        held = Post(code=post, name=post, family=FAMILIES.get(post, ""))
        session.add(held)
        session.flush()
        employments.placement_of(session, company["ann"].key, cycle.starts_on).post_key = held.key
        if "template_key" in how:
            cycles.use_template(session, cycle, how["template_key"], by=act("hui"))
        else:
            families.relate(session, cycle, Relations(**how), by=act("hui"))
        (review,) = cycles.launch(session, cycle, by=act("hui"))
        return review

    return launch


@pytest.mark.parametrize(("post", "weights"), [("产品经理", (30, 50, 20)), ("财务主管", (20, 60, 20))])
def test_w07_the_table_weighs_the_dimensions_by_post_and_the_review_keeps_why(
    session, by_post, launched, post, weights
):
    review = launched(post, template_key=by_post.key)

    dimensions = reviews.template(session, review).dimensions
    assert tuple(one.weight for one in dimensions) == weights
    (record,) = assignments.records(review)
    assert (record["decision"], record["inputs"]) == ("dimension-weights", {"post": post})
    assert len(record["rules"]) == 1
    told = f"performance = {weights[0]}, behaviour = {weights[1]}, collaboration = {weights[2]}"
    assert assignments.told(review) == [f"dimension-weights v1: post = {post} → {told}"]


@pytest.mark.parametrize(
    ("post", "code"),
    [("司机", "weights-missing"), ("客户经理", "outside-constraint")],  # 70 % performance: marketing would weigh 35
)
def test_weights_that_the_table_does_not_list_or_that_break_a_bound_forbid_the_launch(by_post, launched, post, code):
    with pytest.raises(Invalid) as refused:
        launched(post, template_key=by_post.key)

    assert [(problem.where, problem.code) for problem in refused.value.problems] == [("E001", code)]


@pytest.mark.parametrize(("post", "template"), [("财务主管", "by-post-000"), ("总经理", "sales")])
def test_the_table_chooses_the_template_by_post_family_and_where_it_is_silent_the_cycles_own_holds(
    session, by_post, launched, post, template
):
    review = launched(post, template_decision="template-by-post")

    assert templates.found(session, reviews.template_key(session, review)).template_id == template


def test_a_table_that_names_a_template_which_is_not_published_forbids_the_launch(tables, launched):
    with pytest.raises(Invalid, match="by-post-000, which is no published template"):
        launched("财务主管", template_decision="template-by-post")


def test_a_cycle_cannot_name_a_table_that_is_not_deployed(launched):
    with pytest.raises(NotFound):
        launched("财务主管", template_decision="nowhere")


def test_a_template_published_after_the_launch_changes_nothing_for_reviews_that_run(session, by_post, launched, act):
    review = launched("财务主管", template_decision="template-by-post")

    later = templates.draft(session, "by-post-000", by_post.rules, title="下一版", by=act("hui"))
    templates.publish(session, later.key, by=act("hui"))

    assert reviews.template_key(session, review) == by_post.key
    assert reviews.template(session, review).dimensions[0].weight == Fraction(20)


@pytest.fixture
def technical(session, mended, act):
    """A template with an indicator for technical posts alone, published."""
    rules = rulebooks.write(mended)
    rules["sections"][0]["indicators"][-1]["families"] = ["technical"]
    row = templates.draft(session, "technical", rules, title="技术岗", by=act("hui"))
    return templates.publish(session, row.key, by=act("hui"))


@pytest.mark.parametrize("family", ["sales", "technical"])
def test_l000_29_proposals_taken_up_measure_a_technical_post_and_no_seller(session, cycle, company, technical, family):
    post = Post(code="P1", name="岗位", family=family)
    session.add(post)
    session.flush()
    employments.placement_of(session, company["ann"].key, cycle.starts_on).post_key = post.key
    cycle.template_key = technical.key

    found = [finding.problem.code for finding in cycles.check(session, cycle) if finding.blocks]

    assert found == ([] if family == "technical" else ["other-family"])
