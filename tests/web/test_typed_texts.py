"""What was typed into a form survives its refusal, also where no script keeps the form."""

from __future__ import annotations

import html
import io
import re
from html.parser import HTMLParser

import pytest

from web import typed
from web.catalogues import WEB

TEXTS = {"text", "textarea", "date", "number", "search"}
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


class Forms(HTMLParser):
    """The forms of a page that change something, each field with its type and the value that is chosen."""

    def __init__(self, page):
        super().__init__()
        self.links, self.forms, self._select = [], [], None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        name, value = told.get("name"), told.get("value") or ""
        if tag == "a" and (told.get("href") or "").startswith("/"):
            self.links.append(told["href"].partition("#")[0])
        elif tag == "form" and told.get("method") == "post":
            self.forms.append((told["action"], []))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and value and self.forms:
            self.forms[-1][1].append(("option", self._select, value))
        elif name and self.forms and tag in {"input", "textarea", "button"}:
            self.forms[-1][1].append((told.get("type", "text") if tag == "input" else tag, name, value))


def shape(address):
    return re.sub(r"\d{15,}", "#", address.partition("?")[0])


def forms_of(visitor):
    """Walk over the pages that somebody can reach, one of each kind, and return a form of each kind."""
    todo, seen, found = ["/cycles", "/reviews", "/tasks"], set(), {}
    while todo:
        address = todo.pop()
        if shape(address) in seen:
            continue
        seen.add(shape(address))
        answer = visitor.client.get(address, follow_redirects=True)
        if answer.mimetype == "text/html":
            page = Forms(answer.get_data(as_text=True))
            todo += page.links
            found.update({shape(action): (action, fields) for action, fields in page.forms})
    return [found[kind] for kind in sorted(found)]


def filled(fields):
    """Type something wrong into each field and choose the first of each list; return it with what was typed."""
    sent, marks = {}, []
    for number, (kind, name, value) in enumerate(fields):
        if kind in TEXTS:
            marks.append(f"打字 {number} “x”")
            sent.setdefault(name, []).append(marks[-1])
        elif kind == "file":
            marks.append("附件.bin")
            sent[name] = (io.BytesIO(b"no"), marks[-1])
        elif kind in {"option", "hidden"}:
            sent.setdefault(name, value)
    return sent, marks


def lost(visitor):
    """Send every form full of what is refused, without scripts; return which texts were on no page that answered."""
    refusals, gone = 0, []
    for action, fields in forms_of(visitor):
        sent, marks = filled(fields)
        if not marks:
            continue
        answer = visitor.client.post(action, data={**sent, "csrf_token": visitor.token()})
        if answer.status_code >= 400:
            refusals += 1
            page = html.unescape(answer.get_data(as_text=True))
            gone += [(shape(action), answer.status_code, mark) for mark in marks if mark not in page]
    return refusals, gone


@pytest.mark.long
@pytest.mark.parametrize(("username", "least"), [("zhao.min", 20), ("zhang.wei", 1)])
def test_every_form_of_the_pages_gives_back_what_was_typed_into_it(at, company, username, least):
    company.launch()
    company.agree_on_targets()

    refusals, gone = lost(at(username))

    assert gone == []
    assert refusals >= least


def test_only_what_is_nowhere_typed_counts_as_chosen():
    pages = "\n".join(page.read_text(encoding="utf-8") for page in TEMPLATES)
    texts = set(re.findall(r'ui\.text\("([\w]+)"', pages))

    chosen = typed.CHOSEN & texts

    assert chosen == set()


def test_a_text_that_somebody_who_is_logged_out_sends_stands_on_the_page(at):
    visitor = at("zhao.min", "zh_CN")
    with visitor.client.session_transaction() as session:
        session.pop("username")
        session.pop("csrf")

    answer = visitor.client.post("/suggestions/read", data={"code": "ABCD"})
    refused = visitor.client.post("/regulations", data={"title": "考勤制度", "csrf_token": "old"})

    assert answer.status_code == 404
    assert refused.status_code == 403
    assert "考勤制度" in refused.get_data(as_text=True)
    assert "重新登录" in refused.get_data(as_text=True)
