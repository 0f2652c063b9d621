"""Files as strangers send them: a name that harms nobody, and a type judged by the content."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath

UNKNOWN = "application/octet-stream"
LONGEST_NAME = 120
_ZIP, _OLE = "application/zip", "application/x-ole-storage"

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", _ZIP),
    (b"PK\x05\x06", _ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
)
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_PACKED = {
    _ZIP: {
        ".docx": f"{_OPEN_XML}.wordprocessingml.document",
        ".xlsx": f"{_OPEN_XML}.spreadsheetml.sheet",
        ".pptx": f"{_OPEN_XML}.presentationml.presentation",
        ".odt": "application/vnd.oasis.opendocument.text",
        ".ods": "application/vnd.oasis.opendocument.spreadsheet",
        ".odp": "application/vnd.oasis.opendocument.presentation",
    },
    _OLE: {".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint"},
}
"""What a container is, by the name's ending."""

_RECOGNISED = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".zip": _ZIP,
    **_PACKED[_ZIP],
    **_PACKED[_OLE],
}
"""The endings whose content begins with what tells it: a file that ends so and begins otherwise is none."""

_TEXTS = {
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".json": "application/json",
    ".xml": "application/xml",
    ".html": "text/html",
    ".htm": "text/html",
    ".svg": "image/svg+xml",
}
_SOUNDS_AND_PICTURES = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
    ".amr": "audio/amr",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".heic": "image/heic",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}

HARMLESS = frozenset(
    {"text/plain", "text/csv", "application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", _ZIP}
    | {kind for container in _PACKED.values() for kind in container.values()}
    | {kind for kind in _SOUNDS_AND_PICTURES.values() if kind.startswith(("audio/", "video/"))}
)
"""The types that a download may be labelled with; every other goes out as bytes of no type."""


def cleaned(name: str) -> str:
    """Return a file's name without folders, control characters and marks that turn the reading direction."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(one for one in last if unicodedata.category(one)[0] != "C" and one not in '<>:"|?*')
    shown = " ".join(shown.split()).strip(". ")
    ending = PurePath(shown).suffix
    if len(shown) > LONGEST_NAME:
        shown = shown[: LONGEST_NAME - len(ending)] + ending if len(ending) < 20 else shown[:LONGEST_NAME]
    return shown or "file"


def judged(name: str, content: bytes) -> str:
    """Return the type of a file: what its content begins with counts for more than what its name ends with."""
    ending = PurePath(name).suffix.lower()
    found = next((kind for start, kind in _BEGINNINGS if content.startswith(start)), None)
    if found is None and content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        found = "image/webp"
    if found is not None:
        return _PACKED.get(found, {}).get(ending, found)
    if ending in _RECOGNISED:
        return UNKNOWN
    if ending in _TEXTS:
        return _TEXTS[ending] if _is_text(content) else UNKNOWN
    return _SOUNDS_AND_PICTURES.get(ending, UNKNOWN)


def fits(name: str, kind: str, accept: str) -> bool:
    """Tell whether a file is one of those that HTML's `accept` lists: endings, types and `image/*` with commas between.

    An ending alone is not believed where the content would show it.
    """
    tokens = [token.strip().lower() for token in accept.split(",") if token.strip()]
    return not tokens or any(_matches(token, name.lower(), kind) for token in tokens)


def _matches(token: str, name: str, kind: str) -> bool:
    if token.startswith("."):
        ending = PurePath(name).suffix
        return name.endswith(token) and _RECOGNISED.get(ending, kind) == kind
    return token in ("*", "*/*", kind) or (token.endswith("/*") and kind.startswith(token[:-1]))


def _is_text(content: bytes) -> bool:
    """Tell whether content reads as text in Unicode or, as Excel still writes it in China, in GB 18030."""
    return b"\0" not in content and any(_decodes(content, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
