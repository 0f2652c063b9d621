"""The tables of the organisation: departments, posts, people."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base
from engine.reviews.models.columns import optional_link, own_key


class Department(Base):
    """A department, by the code that imports use."""

    __tablename__ = "department"

    key: Mapped[int] = own_key()
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    parent_key: Mapped[int | None] = optional_link("department.key")
    head_key: Mapped[int | None] = optional_link("person.key")
    """Who leads it."""


class Post(Base):
    """A post, by the code that imports use; posts of one family share templates and weights."""

    __tablename__ = "post"

    key: Mapped[int] = own_key()
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    family: Mapped[str] = mapped_column(default="")
    """Such as sales, technical, administration (L000-16 to L000-18); empty where it belongs to none."""


class Person(Base):
    """Somebody who is or was employed: identity is the employee id, whatever becomes of name and account (E-19).

    When, where and under whom somebody works has dates, and tables of its own (`engine.reviews.models.tenures`).
    """

    __tablename__ = "person"

    key: Mapped[int] = own_key()
    employee_id: Mapped[str] = mapped_column(unique=True)
    username: Mapped[str] = mapped_column(unique=True)
    """The account to which tasks are assigned."""
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
