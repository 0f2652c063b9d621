"""The clock over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

Client = Callable[[str], FlaskClient]


def test_only_an_operator_moves_the_clock(client: Client) -> None:
    pinned = client("ann").put("/v2/clock", json={"timestamp": 0})
    reset = client("ann").post("/v2/clock/reset")

    assert [pinned.status_code, reset.status_code] == [403, 403]


@pytest.mark.parametrize("timestamp", [None, "5", 1.5, -1, 2**62, True])
def test_an_instant_is_whole_milliseconds_since_1970(client: Client, timestamp: object) -> None:
    answer = client("root").put("/v2/clock", json={"timestamp": timestamp})

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["problems"][0]["where"] == "timestamp"
