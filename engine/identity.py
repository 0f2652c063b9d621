"""Who acts: accounts, the groups they belong to, and passwords."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import ColumnElement, ForeignKey, and_, delete, false, func, or_, outerjoin, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import calendars
from engine.calendars import CalendarVersion, WorkingCalendar
from engine.db import Base
from engine.errors import NotFound

OPERATORS = "operators"
"""The group whose members may deploy and operate."""

ALWAYS = date(1900, 1, 1)
"""From when on somebody belongs to a group where nobody said from when on."""

BOUNDED = "@"
"""What stands in the name of a group between a role and the part of the company that it is bounded to."""

ENGINE = "engine"
"""The name under which the engine itself acts: timers, messages between processes."""

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody's password, verified to take the same time for unknown names")


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody, or something, that acts.

    Attributes:
        username: the account's name; user tasks are assigned to it.
        groups: the candidate groups it belongs to.
    """

    username: str
    groups: frozenset[str] = frozenset()

    @property
    def operator(self) -> bool:
        """Whether it may deploy, operate and see every process."""
        return OPERATORS in self.groups

    def trusted(self) -> Identity:
        """Return the same account with an operator's rights, for a use case that has checked its own right to act."""
        return Identity(self.username, self.groups | {OPERATORS})


SYSTEM = Identity(ENGINE, frozenset({OPERATORS}))
"""The engine itself: timers, messages between processes, the command line."""


def operator_sees(identity: Identity) -> ColumnElement[bool]:
    """Return the condition for what an operator may know of, and nobody else."""
    return true() if identity.operator else false()


class Account(Base):
    """A local account."""

    __tablename__ = "account"

    username: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str | None]
    """argon2id; without one the account cannot log in."""
    disabled: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(default=None)
    """The language its pages and messages are in, `zh_CN` or `en`; None follows the browser."""
    calendar: Mapped[str | None] = mapped_column(default=None)
    """The working calendar by which its deadlines are counted; None follows the cycle (E-46)."""


class Membership(Base):
    """An account's place in a group, from a day until a day, both included."""

    __tablename__ = "membership"

    username: Mapped[str] = mapped_column(ForeignKey("account.username", ondelete="CASCADE"), primary_key=True)
    group: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True, default=ALWAYS)
    valid_until: Mapped[date | None] = mapped_column(default=None)

    @property
    def role(self) -> str:
        """The name of the group without what it is bounded to: `hr` of `hr@sales`."""
        return self.group.partition(BOUNDED)[0]

    @property
    def scope(self) -> str | None:
        """What the group is bounded to: `sales` of `hr@sales`; None for one that is not."""
        return self.group.partition(BOUNDED)[2] or None

    @classmethod
    def holds_on(cls, day: date) -> ColumnElement[bool]:
        """Choose the memberships that hold on a day."""
        return (cls.valid_from <= day) & or_(cls.valid_until.is_(None), cls.valid_until >= day)


def register(session: Session, username: str, *, password: str | None, groups: frozenset[str] = frozenset()) -> Account:
    """Create an account, or give an existing one this password and these groups."""
    account = session.get(Account, username) or Account(username=username, password_hash=None)
    account.password_hash = _hasher.hash(password) if password else None
    session.add(account)
    session.flush()  # the memberships refer to it
    session.execute(delete(Membership).where(Membership.username == username))
    session.add_all(Membership(username=username, group=group) for group in sorted(groups))
    session.flush()  # so that the groups are seen by a login in this very transaction
    return account


def calendar_of(session: Session, username: str, name: str) -> WorkingCalendar:
    """Give the calendar by which somebody works: the own one, else the one of this name."""
    own = select(Account.calendar).where(Account.username == username).scalar_subquery()
    versions = select(CalendarVersion).where(CalendarVersion.name == func.coalesce(own, name))
    return calendars.as_published(session.scalar(versions.order_by(CalendarVersion.version.desc()).limit(1)))


def authenticate(session: Session, username: str, password: str) -> Identity | None:
    """Return the identity behind a name and password, or None; unknown names take as long as wrong passwords."""
    account = session.get(Account, username)
    stored = account.password_hash if account and not account.disabled else None
    try:
        _hasher.verify(stored or _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return None
    return identity_of(session, username) if stored else None


def identity_of(session: Session, username: str) -> Identity:
    """Return the identity of an account, with the groups it belongs to today.

    Raises:
        NotFound: there is no such account, or it is disabled.
    """
    holding = and_(Membership.username == Account.username, Membership.holds_on(calendars.today(session)))
    groups = session.scalars(
        select(Membership.group)
        .select_from(outerjoin(Account, Membership, holding))
        .where(Account.username == username, Account.disabled.is_(False))
    ).all()
    if not groups:
        raise NotFound("Expected to find account {username}, but there is none that is enabled", username=username)
    return Identity(username, frozenset(group for group in groups if group is not None))
