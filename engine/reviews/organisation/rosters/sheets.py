"""The sheets of a roster: their columns, how these are headed in Chinese and English, and what tells rows apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.db import Base
from engine.identity import Membership
from engine.reviews.models import (
    Department,
    Leave,
    LeaveKind,
    Line,
    Person,
    Placement,
    Post,
    Protection,
    ProtectionKind,
    ReportingLine,
    Role,
    Spell,
)

Record = dict[str, str]
"""One row, by column: texts as written, days in ISO form, choices by value, references by code or employee id."""

Key = tuple[str, ...]
"""What tells a record of a sheet apart."""


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    CODE = "code"
    """What tells a record apart, by which others refer to it."""
    DAY = "day"
    CHOICE = "choice"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet."""

    name: str
    heading: str
    """What it is headed in Chinese; in English by its name with spaces or underscores."""
    kind: Kind = Kind.TEXT
    required: bool = False
    also: tuple[str, ...] = ()
    """What else it may be headed."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """The values of a choice, each with its Chinese name."""
    refers: str = ""
    """The sheet that a reference names a row of."""
    attribute: str = ""
    """The attribute of the mapped class, where it is not the column's name."""
    through: str = "key"
    """The attribute of the row referred to that is kept."""

    @property
    def held_as(self) -> str:
        """The attribute of the mapped class."""
        return self.attribute or self.name

    @property
    def headings(self) -> frozenset[str]:
        """Everything the column may be headed, in small letters."""
        return frozenset({self.name, self.name.replace("_", " "), self.heading, *self.also})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a roster."""

    name: str
    title: str
    """What it is called in Chinese."""
    model: type[Base]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """The columns that tell its records apart."""
    track: tuple[str, ...] = ()
    """The columns of which no two records may hold at once; empty where records have no dates."""
    succeeds: bool = False
    """Whether a record that begins ends the one before on its track."""
    ends_with_spell: bool = False
    """Whether its records end when their person leaves."""
    sensitive: bool = False
    """Whether an export leaves it out unless it is asked for."""

    def column(self, name: str) -> Column:
        """Find a column by name."""
        return next(column for column in self.columns if column.name == name)

    def key_of(self, record: Mapping[str, str]) -> Key:
        """Tell a record apart; of lines, only dotted ones by their superior too, as several may hold at once."""
        single = self.name == "lines" and record["kind"] != Line.MATRIX
        return tuple("" if single and name == "superior" else record[name] for name in self.key)

    def track_of(self, record: Mapping[str, str]) -> Key:
        """Tell the records apart of which no two may hold at once."""
        single = self.name == "lines" and record["kind"] != Line.MATRIX
        return tuple("" if single and name == "superior" else record[name] for name in self.track)


def _employee(attribute: str = "person_key", through: str = "key") -> Column:
    return Column(
        "employee_id", "工号", Kind.REFERENCE, required=True, also=("员工编号",),
        refers="people", attribute=attribute, through=through,
    )  # fmt: skip


def _kind(choices: Mapping[str, str], *, name: str = "kind", heading: str = "类型", attribute: str = "") -> Column:
    return Column(name, heading, Kind.CHOICE, required=True, choices=choices, attribute=attribute)


FROM = Column("valid_from", "开始日期", Kind.DAY, required=True, also=("from", "生效日期", "入职日期"))
UNTIL = Column("valid_until", "结束日期", Kind.DAY, also=("until", "失效日期", "离职日期"))
LINES: dict[str, str] = {Line.PRIMARY: "直接上级", Line.SECOND: "第二级上级", Line.MATRIX: "虚线上级"}
LEAVES: dict[str, str] = {
    LeaveKind.SICK: "病假",
    LeaveKind.MATERNITY: "产假",
    LeaveKind.PARENTAL: "育儿假",
    LeaveKind.INJURY: "工伤",
    LeaveKind.STUDY: "脱产学习",
    LeaveKind.UNPAID: "事假",
    LeaveKind.OTHER: "其他",
}
ROLES: dict[str, str] = {
    Role.HR: "人事",
    Role.FINANCE: "财务",
    Role.AUDITOR: "审计",
    Role.MENTOR: "导师",
    Role.PANEL: "评审组",
    Role.UNION: "工会",
    Role.BOARD: "董事会",
}
PROTECTIONS: dict[str, str] = {
    ProtectionKind.HAZARD: "职业病危害接触或疑似职业病",
    ProtectionKind.OCCUPATIONAL: "职业病或工伤丧失劳动能力",
    ProtectionKind.MEDICAL: "医疗期",
    ProtectionKind.MATERNITY: "孕期产期哺乳期",
    ProtectionKind.RETIREMENT: "连续工作满十五年且距退休不足五年",
    ProtectionKind.OTHER: "其他法定情形",
}

SHEETS = (
    Sheet(
        "departments",
        "部门",
        Department,
        (
            Column("code", "部门编码", Kind.CODE, required=True, also=("编码",)),
            Column("name", "名称", required=True, also=("部门名称",)),
            Column("name_en", "英文名称"),
            Column("parent", "上级部门", Kind.REFERENCE, refers="departments", attribute="parent_key"),
            Column("head", "负责人工号", Kind.REFERENCE, also=("负责人",), refers="people", attribute="head_key"),
        ),
        key=("code",),
    ),
    Sheet(
        "posts",
        "岗位",
        Post,
        (
            Column("code", "岗位编码", Kind.CODE, required=True, also=("编码",)),
            Column("name", "名称", required=True, also=("岗位名称",)),
            Column("name_en", "英文名称"),
            Column("family", "岗位族"),
        ),
        key=("code",),
    ),
    Sheet(
        "people",
        "人员",
        Person,
        (
            Column("employee_id", "工号", Kind.CODE, required=True, also=("员工编号",)),
            Column("username", "账号", Kind.CODE, required=True, also=("account",)),
            Column("name", "姓名", required=True),
            Column("name_en", "英文名"),
        ),
        key=("employee_id",),
    ),
    Sheet(
        "spells",
        "在职",
        Spell,
        (_employee(), FROM, UNTIL, Column("probation_until", "试用期至", Kind.DAY, also=("试用期结束日期",))),
        key=("employee_id", "valid_from"),
        track=("employee_id",),
    ),
    Sheet(
        "placements",
        "任职",
        Placement,
        (
            _employee(),
            Column(
                "department", "部门", Kind.REFERENCE, required=True, refers="departments", attribute="department_key"
            ),
            Column("post", "岗位", Kind.REFERENCE, refers="posts", attribute="post_key"),
            FROM,
            UNTIL,
        ),
        key=("employee_id", "valid_from"),
        track=("employee_id",),
        succeeds=True,
        ends_with_spell=True,
    ),
    Sheet(
        "lines",
        "汇报关系",
        ReportingLine,
        (
            _employee(),
            _kind(LINES),
            Column("superior", "上级工号", Kind.REFERENCE, required=True, refers="people", attribute="superior_key"),
            FROM,
            UNTIL,
        ),
        key=("employee_id", "kind", "superior", "valid_from"),
        track=("employee_id", "kind", "superior"),
        succeeds=True,
        ends_with_spell=True,
    ),
    Sheet(
        "leaves",
        "休假",
        Leave,
        (_employee(), _kind(LEAVES), FROM, UNTIL),
        key=("employee_id", "valid_from"),
        track=("employee_id",),
        sensitive=True,
    ),
    Sheet(
        "roles",
        "角色",
        Membership,
        (
            _employee("username", "username"),
            _kind(ROLES, name="role", heading="角色"),
            FROM,
            UNTIL,
            Column("department", "部门", Kind.REFERENCE, refers="departments", attribute="scope", through="code"),
        ),
        key=("employee_id", "role", "department", "valid_from"),
        track=("employee_id", "role", "department"),
        ends_with_spell=True,
    ),
    Sheet(
        "protections",
        "特殊保护",
        Protection,
        (_employee(), _kind(PROTECTIONS), FROM, UNTIL),
        key=("employee_id", "kind", "valid_from"),
        track=("employee_id", "kind"),
        sensitive=True,
    ),
)
BY_NAME = {sheet.name: sheet for sheet in SHEETS}

REMARK = "问题 problem"
"""The column of a file to mend that says what is wrong; a file with it may be brought back as it is."""


def titled(title: str) -> Sheet | None:
    """Find the sheet that is called so, in Chinese or English."""
    wanted = title.strip().lower()
    return next((sheet for sheet in SHEETS if wanted in {sheet.title, sheet.name}), None)
