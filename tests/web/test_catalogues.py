from __future__ import annotations

import pytest

from web import catalogues


@pytest.mark.parametrize("domain", catalogues.DOMAINS)
def test_every_text_has_a_chinese_translation(domain):
    translated = {message.id for message in catalogues.read(domain) if message.id and all(strings(message))}

    missing = {message.id for message in catalogues.template(domain) if message.id} - translated

    assert not missing


def strings(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


def test_the_lock_file_names_no_registry():
    lock = catalogues.WEB / "package-lock.json"

    assert '"resolved"' not in lock.read_text()
