"""Texts as a browser measures and matches them: UTF-16 lengths, JavaScript's white space and regular expressions."""

from __future__ import annotations

from functools import lru_cache

import regex

SECONDS = 0.2
MAXIMUM_PATTERN = 1_000
_SPACE = "\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_WHITE = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": _SPACE}
_NOT_A_NEWLINE = "[^\n\r\u2028\u2029]"
_COUNTRIES = (
    "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 76 77 "
    "81 82 84 86 90 91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 "
    "234 235 236 237 238 239 240 241 242 243 244 245 246 248 249 250 251 252 253 254 255 256 257 258 260 261 262 "
    "263 264 265 266 267 268 269 291 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 "
    "376 377 378 379 380 381 382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 "
    "592 593 594 595 596 597 598 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 "
    "692 850 852 853 855 856 880 886 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 992 993 "
    "994 995 996 998 1242 1246 1264 1268 1284 1340 1345 1441 1473 1649 1664 1670 1671 1684 1721 1758 1767 1784 "
    "1787 1809 1829 1849 1868 1869 1876 1939 4779 5999 3906698"
)
_PHONE = regex.compile(
    rf"(?:\+|00)(?:{'|'.join(_COUNTRIES.split())})"
    r"(?:9[976][0-9]|8[987530][0-9]|6[987][0-9]|5[90][0-9]|42[0-9]|3[875][0-9]|2[98654321][0-9]|9[8543210]|8[6421]"
    r"|6[6543210]|5[87654321]|4[987654310]|3[9643210]|2[70]|7|1)[0-9]{4,20}\Z"
)
_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_EMAIL = regex.compile(rf"\A[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*\Z")


def length(text: str) -> int:
    """Count a text's UTF-16 units without the white space around it, as a browser does."""
    return len(text.strip(_WHITE).encode("utf-16-le", "surrogatepass")) // 2


def is_email(text: str) -> bool:
    """Tell whether form-js takes a text for an e-mail address."""
    return _EMAIL.search(text) is not None


def is_phone(text: str) -> bool:
    """Tell whether form-js takes a text for an international phone number."""
    return _PHONE.search(text) is not None


def found(pattern: str, text: str) -> bool:
    """Tell whether a form author's pattern matches anywhere in a text.

    Raises:
        TimeoutError: the pattern backtracks for longer than a fifth of a second.
        ValueError: it is no pattern.
    """
    return compiled(pattern).search(text, timeout=SECONDS, concurrent=True) is not None


@lru_cache(maxsize=256)
def compiled(pattern: str) -> regex.Pattern[str]:
    """Translate JavaScript's regular expression into that of the `regex` library, which can watch a time limit.

    Raises:
        ValueError: it is no pattern, or longer than a thousand characters.
    """
    if len(pattern) > MAXIMUM_PATTERN:
        raise ValueError(f"it is longer than {MAXIMUM_PATTERN} characters")
    try:
        return regex.compile(_translated(pattern), regex.VERSION0, cache_pattern=False)
    except (regex.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from None


def _translated(pattern: str) -> str:
    out: list[str] = []
    at, inside = 0, False
    while at < len(pattern):
        character = pattern[at]
        if character == "\\":
            out.append(_escape(pattern[at + 1 : at + 2], inside=inside))
            at += 1
        elif inside:
            out.append(character if character in "-^]" else regex.escape(character))
            inside = character != "]"
        else:
            opening = pattern[at : at + 2] if pattern[at : at + 2] == "[^" else character
            out.append({"$": r"\Z", ".": _NOT_A_NEWLINE}.get(opening, opening))
            inside = character == "["
            at += len(opening) - 1
        at += 1
    return "".join(out)


def _escape(following: str, *, inside: bool) -> str:
    if following in _CLASSES and following:
        return _CLASSES[following] if inside else f"[{_CLASSES[following]}]"
    if following.lower() in _CLASSES and following and not inside:
        return f"[^{_CLASSES[following.lower()]}]"
    if following in "bBfnrtvux0123456789k" or (following in "DWS" and following):
        return f"\\{following}"
    return regex.escape(following) if following else "\\"
