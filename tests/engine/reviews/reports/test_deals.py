"""Deals by source, by how long they took and by what they are worth (L001-06, L001-07)."""

from datetime import date
from fractions import Fraction

import pytest

from engine.errors import Forbidden, Invalid
from engine.reviews.reports import deal_cells, deals, weekly_figures

HEAD = "工号,订单号,线索来源,线索日期,成交日期,金额,数据来源\n"
ROWS = """E001,HT-1,老客户转介,2025-07-01,2025-07-30,9999.99,CRM
E001,HT-2,老客户转介,2025-07-01,2025-07-31,10000,CRM
E001,HT-3,公共线索,2025-04-02,2025-07-01,250000,CRM
E002,HT-4,公共线索,2025-07-01,2025-07-01,"1,000.01",CRM
"""


@pytest.fixture
def imported(session, company, act):
    deals.import_csv(session, (HEAD + ROWS).encode(), by=act("fan"))


@pytest.mark.usefixtures("imported")
def test_l001_06_every_deal_is_in_one_cell_and_the_cells_add_up_to_the_whole_exactly(session, act):
    sales = deals.newest(session, by=act("hui"))

    channels = deal_cells.by_channel(sales, deal_cells.Bands())

    (public, referred) = channels
    assert [public.name, referred.name] == ["公共线索", "老客户转介"]  # the one that is worth most first
    # 29 days and 9,999.99 lie below their bounds; 30 days and 10,000 are the bounds, which belong to the bands above
    assert [[cell.deals for cell in row] for row in referred.rows] == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]
    # 90 days and 250,000; the same day and 1,000.01
    assert [[cell.deals for cell in row] for row in public.rows] == [[1, 0, 0], [0, 0, 0], [0, 0, 1]]
    cells = [cell for channel in channels for row in channel.rows for cell in row]
    assert sum(cell.value for cell in cells) == deal_cells.whole(sales).value == Fraction("271000")
    assert (referred.whole.mean_days, referred.whole.mean_value) == (Fraction(59, 2), Fraction("9999.995"))


@pytest.mark.usefixtures("imported")
def test_l001_06_what_people_did_stands_beside_what_they_closed(session, act):
    week = "工号,周,层级,项目,数值,来源\nE001,2025-07-07,,拜访,7,CRM\nE001,2025-07-14,,拜访,8,CRM\n"
    weekly_figures.import_csv(session, week.encode(), by=act("fan"))

    (effort,) = deal_cells.efforts(deals.newest(session, by=act("hui")), weekly_figures.newest(session, by=act("hui")))

    assert (effort.measure, effort.done, effort.deals, effort.per_deal) == ("拜访", 15, 3, 5)


@pytest.mark.usefixtures("imported")
def test_a_deal_that_is_entered_again_is_a_new_version_and_counts_once(session, act):
    (again,) = deals.import_csv(
        session, (HEAD + "E001,HT-3,公共线索,2025-04-02,2025-07-01,240000,财务\n").encode(), by=act("fan")
    )

    assert again.version == 2
    assert deal_cells.whole(deals.newest(session, by=act("hui"))).value == Fraction("261000")


@pytest.mark.usefixtures("imported")
def test_everybody_sees_the_own_deals_and_those_below_and_of_the_days_asked_for(session, act):
    def seen(who, **days):
        return [sale.closed_on.isoformat() for sale in deals.newest(session, by=act(who), **days)]

    assert (len(seen("ann")), len(seen("sun")), len(seen("pan"))) == (3, 4, 0)
    assert seen("ann", first=date(2025, 7, 2), last=date(2025, 7, 30)) == ["2025-07-30"]


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ("X9,HT-9,展会,2025-07-01,2025-07-02,1,CRM", {"unknown-employee"}),
        ("E001,,展会,2025-07-01,2025-07-02,1,CRM", {"missing"}),
        ("E001,HT-9,展会,2025-07-03,2025-07-02,1,CRM", {"period-backwards"}),
        ("E001,HT-9,展会,七月一日,2025-07-02,-1,CRM", {"bad-date", "negative"}),
        ("E001,HT-9,展会,2025-07-01,2025-07-02,12 万,CRM", {"bad-quantity"}),
        ("E001,HT-1,展会,2025-07-01,2025-07-02,1,CRM", {"repeated-row"}),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_imported(session, company, act, row, codes):
    with pytest.raises(Invalid) as refused:
        deals.import_csv(session, (HEAD + ROWS + row).encode(), by=act("fan"))

    assert {problem.code for problem in refused.value.problems} == codes
    assert deals.newest(session, by=act("hui")) == []


def test_nobody_enters_the_own_deals(session, company, act):
    with pytest.raises(Forbidden):
        deals.import_csv(session, (HEAD + ROWS).encode(), by=act("ann"))
    with pytest.raises(Forbidden):
        deals.import_csv(session, (HEAD + ROWS.replace("E002", "E007")).encode(), by=act("fan"))


@pytest.mark.parametrize(("days", "values"), [("90, 30", ""), ("", "many"), ("1,2,3,4,5,6,7", ""), ("30,30", "")])
def test_bounds_that_do_not_rise_are_refused(days, values):
    with pytest.raises(Invalid):
        deal_cells.bands(days, values)
