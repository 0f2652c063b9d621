"""Charts as SVG, drawn by pygal: the browser sets the texts in its own fonts, so that Chinese shows everywhere."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pygal
from markupsafe import Markup
from pygal.style import Style

from simulation.company import DEPARTMENTS
from simulation.report.facts import GRADES, Facts

# pygal's import hook, for maps of which we draw none, is asked in a way that Python warns of since 3.10
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

FONT = "'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
INK, PALE = "#1f2937", "#e5e7eb"
COLOURS = ("#2563eb", "#d97706", "#059669", "#7c3aed", "#dc2626", "#0891b2")
GRADED = ("#15803d", "#65a30d", "#d97706", "#dc2626")
WIDTH, HEIGHT = 520, 320
WIDE = 44
"""What Chinese labels need beside what pygal leaves for as many Latin letters."""

PHASES = {
    "target-signoff": "目标 Targets",
    "evaluation": "评价 Evaluation",
    "calibration-release": "校准 Calibration",
    "feedback-interview": "面谈 Interview",
}
MOST_KINDS = 20
"""Of how many kinds of tasks the chart tells: those that were done most often."""

APPEALS = {
    "upheld": "维持 upheld",
    "corrected": "更正 corrected",
    "reevaluated": "另行评价 rated again",
    "settled": "调解 settled",
    "annulled": "撤销 annulled",
    "rejected": "不受理 not admitted",
    "withdrawn": "撤回 withdrawn",
    "unheard": "未能组庭 unheard",
}
PLANS = {
    "passed": "通过 passed",
    "transferred": "调岗 transferred",
    "dismissed": "不立项 dismissed",
    "failed": "停止解除 exit stopped",
    "keep": "保留 kept",
    "end": "决定解除 to end",
    "served": "解除 ended",
    "closed": "未作认定 closed",
}
FOLLOWED = {
    "chosen": "已选奖励 reward chosen",
    "lapsed": "未选或未练完 not taken up",
    "practised": "练习完成 practised",
    "evaluated": "二次评估 evaluated again",
    "declined": "人事未确认 declined",
}
ENDED = (
    ("appeals", "申诉的结局", "How the appeals ended", APPEALS),
    ("plans", "改进计划的结局", "How the improvement plans ended", PLANS),
    ("follow_ups", "激励与能力提升", "Rewards and ability plans", FOLLOWED),
)
NAMES = {code: chinese for code, chinese, _, _ in DEPARTMENTS}


def drawn(facts: Facts) -> list[dict[str, Any]]:
    """Draw every chart of a report, each with what it is called in Chinese and English."""
    days = facts["days"]
    return [
        _titled("每日未完成的任务", "Open tasks by day", open_tasks(days)),
        _titled("每日完成的任务", "Tasks completed by day", completed_tasks(days)),
        _titled("评审的进度", "How far the reviews are", phases(days)),
        _titled(
            "最常见任务的办理用时(工作日)",
            "Workdays until done, of the most frequent tasks",
            responses(facts["responses"]),
        ),
        _titled("校准前的等级", "Grades before calibration", grades(facts["distribution"], "before")),
        _titled("校准后的等级", "Grades after calibration", grades(facts["distribution"], "after")),
        *(
            _titled(chinese, english, ends(facts[name], names))
            for name, chinese, english, names in ENDED
            if facts[name]
        ),
    ]


def open_tasks(days: Sequence[Facts]) -> str:
    """Draw how many tasks were open on each evening, and how many of them overdue."""
    chart = _by_day(pygal.StackedLine, days, fill=True)
    chart.add("未到期 in time", [day["open"] - day["overdue"] for day in days])
    chart.add("逾期 overdue", [day["overdue"] for day in days])
    return _svg(chart)


def completed_tasks(days: Sequence[Facts]) -> str:
    """Draw how many tasks were completed on each day."""
    chart = _by_day(pygal.Bar, days, show_legend=False)
    chart.add("完成 completed", [day["completed"] for day in days])
    return _svg(chart)


def phases(days: Sequence[Facts]) -> str:
    """Draw how many processes of each kind ran on each evening."""
    chart = _by_day(pygal.StackedLine, days, fill=True)
    for process, name in PHASES.items():
        chart.add(name, [day["phases"].get(process, 0) for day in days])
    return _svg(chart)


def responses(kinds: Sequence[Facts]) -> str:
    """Draw how many workdays people took for each kind of task that was done often."""
    kinds = sorted(kinds, key=lambda kind: -kind["completed"])[:MOST_KINDS]
    chart = pygal.HorizontalBar(**_look(COLOURS, height=120 + 30 * len(kinds)), margin_left=WIDE, truncate_legend=-1)
    chart.x_labels = [kind["chinese"] for kind in kinds]
    chart.add("中位数 median", [kind["median_workdays"] for kind in kinds])
    chart.add("最慢十分之一 slowest tenth", [kind["slowest_tenth_workdays"] for kind in kinds])
    return _svg(chart)


def grades(departments: Sequence[Facts], when: str) -> str:
    """Draw the grades of each department, before or after its calibration; where there are several cycles, of each."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for one in departments:
        rows[one["cycle"] or NAMES[one["department"]]].update(one[when])
    chart = pygal.HorizontalStackedBar(**_look(GRADED, height=120 + 26 * len(rows)), margin_left=WIDE)
    chart.x_labels = list(rows)
    for grade in GRADES:
        chart.add(grade, [row[grade] for row in rows.values()])
    return _svg(chart)


def ends(counted: Mapping[str, int], names: Mapping[str, str]) -> str:
    """Draw how many cases of a kind ended in each way."""
    chart = pygal.HorizontalBar(
        **_look(COLOURS, height=120 + 26 * len(counted)), margin_left=WIDE * 2, show_legend=False, print_values=True
    )
    chart.x_labels = [names.get(one, one) for one in counted]
    step = max(1, max(counted.values()) // 5)
    chart.y_labels = range(0, max(counted.values()) + step, step)
    chart.add("", list(counted.values()))
    return _svg(chart)


def _by_day(kind: Any, days: Sequence[Facts], **more: object) -> Any:
    chart = kind(
        **_look(COLOURS), **more, show_dots=False, x_labels_major_every=21, show_minor_x_labels=False, truncate_label=-1
    )
    chart.x_labels = [day["day"][5:] for day in days]
    return chart


def _look(colours: Sequence[str], height: int = HEIGHT) -> Mapping[str, Any]:
    style = Style(
        background="transparent",
        plot_background="transparent",
        foreground=INK,
        foreground_strong=INK,
        foreground_subtle=PALE,
        colors=tuple(colours),
        font_family=FONT,
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=13,
        value_font_size=12,
        opacity=".8",
    )
    return {
        "style": style,
        "width": WIDTH,
        "height": height,
        "js": (),
        "disable_xml_declaration": True,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 2,
        "margin": 6,
    }


def _svg(chart: Any) -> str:
    svg: str = chart.render(is_unicode=True)
    return svg


def _titled(chinese: str, english: str, svg: str) -> dict[str, Any]:
    return {"chinese": chinese, "english": english, "svg": Markup(svg)}  # noqa: S704 - drawn here from our own figures
