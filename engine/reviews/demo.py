"""The demo company: the sales team of document 004, those who work with it, and a cycle that HR has to mend."""

from __future__ import annotations

import base64
import hmac
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import db, identity
from engine.identity import SYSTEM
from engine.reviews.cycle import cycles, drafts
from engine.reviews.models import Person, Role, TemplateVersion
from engine.reviews.organisation import lines, people
from engine.reviews.rating import raters
from engine.reviews.rulebook import templates
from engine.reviews.walks import stories
from engine.reviews.walks.stories import Story
from engine.settings import ROOT

HIRED = date(2024, 1, 2)
LABEL = "2025 Q3"
RULES = ROOT / "processes" / "review"
STORY = ROOT / "processes" / "demo.toml"


class Member(NamedTuple):
    """Somebody in the demo company."""

    part: str
    """What they are for in the demonstration."""
    employee_id: str
    username: str
    name: str
    name_en: str
    department: str
    post: str
    superior: str = ""
    groups: tuple[str, ...] = ()


class Login(NamedTuple):
    """An account of the demo company."""

    role: str
    username: str
    password: str


DEPARTMENTS = (
    ("sales", "销售部", "Sales"),
    ("product", "产品部", "Product"),
    ("service", "客服部", "Customer service"),
    ("office", "综合部", "Office"),
)
STAFF = (
    Member("director", "O001", "gao.yuan", "高远", "Gao Yuan", "office", "总经理"),
    Member("second-superior", "S001", "wang.qiang", "王强", "Wang Qiang", "sales", "营销总监", "gao.yuan"),
    Member("superior", "S002", "li.na", "李娜", "Li Na", "sales", "销售经理", "wang.qiang"),
    Member("appraisee", "S003", "zhang.wei", "张伟", "Zhang Wei", "sales", "客户经理", "li.na"),
    Member("appraisee", "S004", "he.ping", "何平", "He Ping", "sales", "资深客户经理", "li.na"),
    Member("appraisee", "S005", "xu.lan", "徐岚", "Xu Lan", "sales", "客户经理", "li.na"),
    Member("appraisee", "S006", "ma.chao", "马超", "Ma Chao", "sales", "客户经理", "li.na"),
    Member("panel", "P002", "wu.fang", "吴芳", "Wu Fang", "product", "产品总监", "gao.yuan", (Role.PANEL,)),
    Member("cross-rater", "P001", "chen.jing", "陈静", "Chen Jing", "product", "产品经理", "wu.fang"),
    Member("mentor", "P003", "song.qi", "宋琪", "Song Qi", "product", "产品培训师", "wu.fang"),
    Member("panel", "C002", "zheng.hao", "郑昊", "Zheng Hao", "service", "客服总监", "gao.yuan", (Role.PANEL,)),
    Member("cross-rater", "C001", "liu.yang", "刘洋", "Liu Yang", "service", "客服主管", "zheng.hao"),
    Member("hr", "H001", "zhao.min", "赵敏", "Zhao Min", "office", "人事经理", "gao.yuan", (Role.HR,)),
    Member("hr", "H002", "qian.li", "钱莉", "Qian Li", "office", "人事专员", "zhao.min", (Role.HR,)),
    Member("finance", "F001", "sun.lei", "孙磊", "Sun Lei", "office", "财务主管", "gao.yuan", (Role.FINANCE,)),
    Member("operator", "O004", "shen.yi", "沈毅", "Shen Yi", "office", "系统管理员", "gao.yuan", (identity.OPERATORS,)),
    Member("panel", "O002", "zhou.jie", "周洁", "Zhou Jie", "office", "行政总监", "gao.yuan", (Role.PANEL,)),
    Member("panel", "O003", "lin.tao", "林涛", "Lin Tao", "office", "法务经理", "gao.yuan", (Role.PANEL,)),
)
APPRAISEES = tuple(member.username for member in STAFF if member.part == "appraisee")
CROSS_RATERS = tuple(member.username for member in STAFF if member.part == "cross-rater")
OFFICER = "zhao.min"


def create(session: Session) -> list[Login]:
    """Create the demo company and its drafted cycle, once per database; return the accounts with their passwords.

    The cycle stands on document 004's own rules, which publishing refuses; the corrected rules lie beside them.
    """
    if session.scalar(select(Person.key).where(Person.username == OFFICER)) is None:
        _employ(session)
        _draft_cycle(session)
    return [Login(member.part, member.username, _password(member.username)) for member in STAFF]


def story() -> Story:
    """Read what happened to more people of the company, until each stands in a state worth seeing."""
    return stories.read(STORY)


def employ_story(session: Session) -> bool:
    """Enter the people of the story with their accounts, once per database; whether that is still to be told."""
    told = story()
    if session.scalar(select(Person.key).where(Person.username == told.staff[0]["username"])) is not None:
        return False
    for member in told.staff:
        identity.register(session, member["username"], password=_password(member["username"]))
    stories.hire(session, told)
    return True


def story_logins() -> list[Login]:
    """List the accounts of the story, each with the state that it shows."""
    return [Login(one["part"], one["username"], _password(one["username"])) for one in story().staff]


def _employ(session: Session) -> None:
    for code, name, name_en in DEPARTMENTS:
        people.found(session, code=code, name=name, name_en=name_en, by=SYSTEM)
    staff: dict[str, Person] = {}
    for member in STAFF:
        groups = frozenset(member.groups)
        identity.register(session, member.username, password=_password(member.username), groups=groups)
        person = staff[member.username] = people.hire(
            session,
            employee_id=member.employee_id,
            username=member.username,
            name=member.name,
            name_en=member.name_en,
            department=member.department,
            post=member.post,
            employed_from=HIRED,
            by=SYSTEM,
        )
        if member.superior:
            lines.assign(session, person, staff[member.superior], valid_from=HIRED, by=SYSTEM)


def _draft_cycle(session: Session) -> None:
    by = identity.identity_of(session, OFFICER)
    printed = _draft_template(session, "cycle.toml")
    _draft_template(session, "cycle-corrected.toml")
    cycle = drafts.draft(
        session,
        label=LABEL,
        starts_on=date(2025, 7, 1),
        ends_on=date(2025, 9, 30),
        template_key=printed.key,
        by=by,
    )
    for username in APPRAISEES:
        review = cycles.enrol(session, cycle, people.named(session, username), by=by)
        for rater in CROSS_RATERS:
            raters.nominate(session, review, people.named(session, rater), group_id="cross", by=by)


def _draft_template(session: Session, name: str) -> TemplateVersion:
    content = (RULES / name).read_bytes()
    return templates.draft_file(session, name, content, by=identity.identity_of(session, OFFICER))


def _password(username: str) -> str:
    """Derive an account's password from this installation's secret: the same each time, and no other's."""
    digest = hmac.digest(db.bound().settings.secret_key, b"demo account " + username.encode(), sha256)
    return base64.b32encode(digest).decode().lower()[:12]
