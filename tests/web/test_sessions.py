from __future__ import annotations

import re

import pytest


def token(client) -> str:
    page = client.get("/login").get_data(as_text=True)
    return re.search(r'name="csrf-token" content="([^"]+)"', page)[1]


def log_in(client, *, password, next_page="/tasks"):
    form = {"csrf_token": token(client), "username": "zhang.wei", "password": password, "next": next_page}
    return client.post("/login", data=form)


def test_the_right_password_begins_a_session_and_leads_on(client):
    answer = log_in(client, password="zhang.wei")

    assert (answer.status_code, answer.location) == (302, "/tasks")


def test_the_wrong_password_is_refused_in_a_sentence(client):
    answer = log_in(client, password="guess")

    assert answer.status_code == 422
    assert "Name or password is wrong." in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "elsewhere", ["//elsewhere.example/", "/\\elsewhere.example", "/\t/elsewhere.example", "https://e.x"]
)
def test_nobody_is_sent_to_another_site_after_logging_in(client, elsewhere):
    answer = log_in(client, password="zhang.wei", next_page=elsewhere)

    assert answer.location == "/"


def test_a_post_without_the_sessions_token_is_forbidden(client):
    answer = client.post("/login", data={"username": "zhang.wei", "password": "zhang.wei"})

    assert answer.status_code == 403


def test_the_browsers_language_is_spoken_until_another_is_chosen(client):
    chinese = client.get("/login", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).get_data(as_text=True)
    client.post("/language/en", data={"csrf_token": token(client)})
    chosen = client.get("/login", headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)

    assert "登录" in chinese
    assert "Password" in chosen


def test_no_page_may_load_scripts_but_ours(client):
    policy = client.get("/login").headers["Content-Security-Policy"]

    assert "script-src 'self';" in policy


def test_after_five_failures_an_account_waits_a_minute(client):
    for _ in range(5):
        log_in(client, password="guess")

    answer = log_in(client, password="zhang.wei")

    assert answer.status_code == 429
    assert "Too many attempts failed." in answer.get_data(as_text=True)


def test_whoever_is_not_logged_in_is_asked_to(client):
    answer = client.get("/tasks?show=done")

    assert answer.location == "/login?next=/tasks?show%3Ddone"


def test_the_language_chosen_stays_with_the_account(client):
    log_in(client, password="zhang.wei")
    client.post("/language/zh_CN", data={"csrf_token": token(client)})
    client.post("/logout", data={"csrf_token": token(client)})
    client.delete_cookie("reviewflow")

    log_in(client, password="zhang.wei")

    assert "我的任务" in client.get("/tasks").get_data(as_text=True)


def test_an_unknown_address_has_a_page_for_people_and_an_answer_for_machines(client):
    page = client.get("/nowhere", headers={"Accept": "text/html"})
    answer = client.get("/v2/nowhere")

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
