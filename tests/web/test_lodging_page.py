"""The page on which an appeal is lodged, before there is anything to appeal against."""

from __future__ import annotations

import re

from engine import db


def test_before_the_release_it_says_when_it_opens_and_leads_back_to_the_review(company, at):
    company.launch()
    with db.reading() as session:
        review = f"/reviews/{company.review(session).key}"

    visitor = at("zhang.wei")
    page = visitor.client.get(f"{review}/appeal").get_data(as_text=True)

    assert "It opens when your result is released" in page
    assert f'href="{review}"' in page
    led_to = set(re.findall(rf'href="({review}[^"#]*)"', page))
    assert {visitor.client.get(address).status_code for address in led_to} == {200}
