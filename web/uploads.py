"""Uploads: the file that a form hands in."""

from __future__ import annotations

from flask import request


def uploaded() -> tuple[str, bytes]:
    """Read the form's file: its name and what it holds, or a dash and nothing where none was chosen."""
    file = request.files.get("file")
    return (file.filename or "-", file.stream.read()) if file else ("-", b"")
