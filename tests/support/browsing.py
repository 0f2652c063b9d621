"""People at their browsers: each logs in as themselves and works on pages as they see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demonstration import Demonstration
from playwright.sync_api import Browser, Locator, Page, expect

from web import catalogues

AXE = (catalogues.WEB / "node_modules" / "axe-core" / "axe.min.js").read_text
SERIOUS = {"serious", "critical"}

PATIENCE = 30_000
"""Milliseconds that a page has for what is asked or expected of it, on a machine that others use too."""

expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Company:
    """The demo company at its address."""

    address: str
    browser: Browser
    passwords: dict[str, str]
    demonstration: Demonstration

    @contextmanager
    def at(self, username: str, language: str = "zh-CN") -> Iterator[Visitor]:
        """Sit somebody down at a browser of their own, logged in."""
        context = self.browser.new_context(locale=language, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("dialog", lambda dialog: dialog.accept())
        failures: list[str] = []
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(f"{self.address}/login")
        page.fill("#username", username)
        page.fill("#password", self.passwords[username])
        page.click(".login__form button")
        yield Visitor(page, self.address)
        context.close()
        assert not failures


@dataclass(frozen=True)
class Visitor:
    """Somebody at a browser."""

    page: Page
    address: str

    def goes_to(self, path: str) -> None:
        """Open a page."""
        self.page.goto(f"{self.address}{path}")

    def opens(self, step: str, about: str = "") -> None:
        """Open a task from the inbox, claiming it first where it is open to several."""
        self.goes_to("/tasks")
        line = self._line(step, about)
        if not line.count():
            self.goes_to("/tasks?show=open-to-me")
            self._line(step, about).get_by_role("button").click()
        else:
            line.get_by_role("link").click()
        expect(self.page.locator("rf-form[ready]")).to_be_visible()

    def fills(self, label: str | re.Pattern[str], *texts: str) -> None:
        """Fill in the fields of a label, one after another."""
        fields = self.field(label)
        for number, text in enumerate(texts):
            fields.nth(number).fill(text)

    def field(self, label: str | re.Pattern[str]) -> Locator:
        """Find the fields of a label that can be filled in."""
        pattern = re.compile(re.escape(label)) if isinstance(label, str) else label
        return self.page.locator("rf-form").get_by_label(pattern)

    def chooses(self, label: str) -> None:
        """Choose or tick what is called so."""
        self.field(label).first.check()

    def picks(self, label: str, *options: str) -> None:
        """Pick options from a list that opens."""
        for option in options:
            self.field(label).first.click()
            self.page.locator(".fjs-dropdownlist-item", has_text=option).first.click()

    def submits(self) -> None:
        """Submit the form; the inbox says that it is done."""
        self.page.locator("rf-form button[type=submit]").click()
        expect(self.page.locator(".notice--good")).to_be_visible()

    def does(self, step: str, about: str = "", **answers: tuple[str, ...]) -> None:
        """Open a task, fill in what is given by label, and submit it."""
        self.opens(step, about)
        for label, texts in answers.items():
            self.fills(label, *texts)
        self.submits()

    def findings(self) -> list[str]:
        """Ask axe-core for what keeps people out of this page."""
        self.page.evaluate(AXE(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        return [
            f"{violation['id']}: {violation['nodes'][0]['target']}"
            for violation in found["violations"]
            if violation["impact"] in SERIOUS
        ]

    def shoots(self, path: Path) -> None:
        """Take a picture of the page."""
        self.page.screenshot(path=path)

    def _line(self, step: str, about: str) -> Locator:
        return self.page.locator(".tasks__line", has_text=step).filter(has_text=about).first
