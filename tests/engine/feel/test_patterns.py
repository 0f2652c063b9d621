"""Patterns mean what XPath says that they mean (XQuery and XPath Functions 3.1, section 5.6)."""

from __future__ import annotations

import pytest

from engine import feel

MATCHES = [
    ("abracadabra", "bra", "", True),
    ("abracadabra", "^a.*a$", "", True),
    ("abracadabra", "^bra", "", False),
    ("abracadabra", "", "", True),
    ("line\nfeed", "line.feed", "", False),
    ("line\rfeed", "line.feed", "", False),
    ("line\nfeed", "line.feed", "s", True),
    ("one\ntwo", "^two$", "", False),
    ("one\ntwo", "^two$", "m", True),
    ("one\ntwo", "^one$", "m", True),
    ("one\n", "^$", "m", False),
    ("one\r\ntwo", "one$", "m", False),
    ("helloworld", "hello world", "x", True),
    ("helloworld", "hello[ ]world", "x", False),
    ("hello world", "hello[ ]world", "x", True),
    ("hello world", "hello\\ sworld", "x", True),
    ("hello world", "hello world", "x", False),
    ("HELLO", "hello", "i", True),
    ("q", "[^Q]", "i", False),
    ("\u212a", "[A-Z]", "i", True),
    ("i", "[A-Z-[IO]]", "i", False),
    ("b", "[A-Z-[IO]]", "i", True),
    ("m", "\\p{Lu}", "i", False),
    ("aA", "(a)\\1", "i", True),
    ("aA", "(a)\\1", "", False),
    ("ß", "ss", "i", False),
    ("a.b", "a.b", "q", True),
    ("axb", "a.b", "q", False),
    ("A.B", "a.b", "qi", True),
    ("abab", "^(ab)\\1$", "", True),
    ("b", "^(?:(a)|b)\\1$", "", True),
    ("aa1", "^(a)\\11$", "", True),
    ("abcdefghijkk", "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)\\11", "", True),
    ("a", "(a\\1)", "", None),
    ("a", "\\1(a)", "", None),
    ("a", "[\\1]", "", None),
    ("绩效", "^\\p{IsCJKUnifiedIdeographs}+$", "", True),
    ("é", "\\p{IsLatin-1Supplement}", "", True),
    ("é", "\\P{IsBasicLatin}", "", True),
    ("x", "\\p{Greek}", "", None),
    ("x", "\\p{IsNoSuchBlock}", "", None),
    ("x", "\\p{Lx}", "", None),
    ("٣", "^\\d$", "", True),
    ("٣", "^\\D$", "", False),
    ("a_b", "^\\w+$", "", False),
    ("a:b", "^\\i\\c*$", "", True),
    ("1b", "^\\i\\c*$", "", False),
    ("-", "[a-]", "", True),
    ("-", "[-a]", "", True),
    ("-", "[+--]", "", True),
    ("&", "[!&&]", "", True),
    ("^", "[a^]", "", True),
    ("]", "[\\]]", "", True),
    ("]", "[]]", "", None),
    ("a", "[]", "", None),
    ("a", "[z-a]", "", None),
    ("a", "[a-\\d]", "", None),
    ("a", "[a", "", None),
    ("a", "a]", "", None),
    ("a", "a}", "", None),
    ("a", "a{,2}", "", None),
    ("a", "a{2,1}", "", None),
    ("aa", "^a{2}$", "", True),
    ("aaa", "^a{2,}$", "", True),
    ("a", "a**", "", None),
    ("a", "*a", "", None),
    ("a", "(*a)", "", None),
    ("a", "a|*", "", None),
    ("a", "(a", "", None),
    ("a", "a)", "", None),
    ("a", "(?i)a", "", None),
    ("a", "(?=a)", "", None),
    ("a", "(?<!b)a", "", None),
    ("a", "\\ba", "", None),
    ("a", "\\x61", "", None),
    ("a", "\\u0061", "", None),
    ("a", "\\", "", None),
    ("a", "a", "g", None),
    ("a", "a", "I", None),
    ("a", "A", "ii", True),
    ("aaa", "^a+?a$", "", True),
    ("a#b", "a#b", "x", True),
    ("$", "\\$", "", True),
    ("ab", "a||b", "", True),
]


@pytest.mark.parametrize(("text", "pattern", "flags", "expected"), MATCHES)
def test_a_pattern_matches_as_xpath_says(text, pattern, flags, expected):
    matches = feel.compile("matches(text, pattern, flags)")

    value = matches.evaluate({"text": text, "pattern": pattern, "flags": flags})

    assert value is expected


REPLACEMENTS = [
    ("abracadabra", "bra", "*", "", "a*cada*"),
    ("abracadabra", "a.*a", "*", "", "*"),
    ("abracadabra", "a.*?a", "*", "", "*c*bra"),
    ("abracadabra", "a", "", "", "brcdbr"),
    ("abracadabra", "a(.)", "a$1$1", "", "abbraccaddabbra"),
    ("abracadabra", ".*?", "$1", "", None),
    ("AAAA", "A+", "b", "", "b"),
    ("AAAA", "A+?", "b", "", "bbbb"),
    ("darted", "^(.*?)d(.*)$", "$1c$2", "", "carted"),
    ("abcd", "(ab)|(a)", "[1=$1][2=$2]", "", "[1=ab][2=]cd"),
    ("abc", "b", "[$0]", "", "a[b]c"),
    ("abc", "(b)", "$12", "", "ab2c"),
    ("abc", "(b)", "$2", "", "ac"),
    ("abc", "b", "\\$", "", "a$c"),
    ("abc", "b", "\\\\", "", "a\\c"),
    ("abc", "b", "$", "", None),
    ("abc", "b", "\\n", "", None),
    ("a\\bc", "a\\b", "$1", "q", "$1c"),
    ("Abc", "a", "x", "i", "xbc"),
    ("abc", "(", "x", "", None),
    ("abc", "x", "y", "", "abc"),
]


@pytest.mark.parametrize(("text", "pattern", "replacement", "flags", "expected"), REPLACEMENTS)
def test_a_replacement_is_filled_as_xpath_says(text, pattern, replacement, flags, expected):
    replace = feel.compile("replace(text, pattern, replacement, flags)")

    value = replace.evaluate({"text": text, "pattern": pattern, "replacement": replacement, "flags": flags})

    assert value == expected
