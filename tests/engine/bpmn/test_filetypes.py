"""Names and types of files that strangers send."""

import pytest

from engine.bpmn import filetypes

PNG = b"\x89PNG\r\n\x1a\n..."
ZIP = b"PK\x03\x04..."


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("报告 2025.pdf", "报告 2025.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\report.pdf", "report.pdf"),
        ("/absolute/", "file"),
        ("..", "file"),
        ("", "file"),
        ("re\x00po\r\nrt\x1b.pdf", "report.pdf"),
        ("exe.\u202efdp.report", "exe.fdp.report"),
        ("a\u200bb.txt", "ab.txt"),
        ('<b>"x"|?*</b>.txt', "b.txt"),
        ("e\u0301.txt", "é.txt"),
        (" .hidden. ", "hidden"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("x." + "y" * 300, "x." + "y" * 118),
    ],
)
def test_a_name_is_cleaned(sent, kept):
    assert filetypes.cleaned(sent) == kept


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("a.txt", b"%PDF-1.7", "application/pdf"),
        ("a.pdf", b"MZ program", filetypes.UNKNOWN),
        ("a.png", PNG, "image/png"),
        ("a.webp", b"RIFF....WEBP", "image/webp"),
        ("a.wav", b"RIFF....WAVE", "audio/wav"),
        ("a.docx", ZIP, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.docx", b"text", filetypes.UNKNOWN),
        ("a.zip", ZIP, "application/zip"),
        ("a.exe", ZIP, "application/zip"),
        ("a.csv", "指标,实际值".encode("gb18030"), "text/csv"),
        ("a.csv", b"a\x00b", filetypes.UNKNOWN),
        ("a.svg", b"<svg onload='alert(1)'/>", "image/svg+xml"),
        ("a.html", b"<script>alert(1)</script>", "text/html"),
        ("a.exe", b"MZ", filetypes.UNKNOWN),
        ("a", b"hello", filetypes.UNKNOWN),
    ],
)
def test_a_type_is_judged_by_the_content_first(name, content, kind):
    assert filetypes.judged(name, content) == kind


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xml", filetypes.UNKNOWN])
def test_what_a_browser_would_run_is_never_labelled_as_such(kind):
    assert kind not in filetypes.HARMLESS
