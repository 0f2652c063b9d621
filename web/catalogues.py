"""The texts' catalogues: `python -m web.catalogues extract` after a text changed, `compile` at set-up.

Two domains: `messages` for pages, `islands` for what runs in the browser, form-js's own strings included.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from web import sayings, sentences, vocabulary

WEB = Path(__file__).parent
LANGUAGE = "zh_CN"
DOMAINS = ("messages", "islands")
PAGE_SOURCES = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
PAGE_OPTIONS = {"templates/**.html": {"newstyle_gettext": "true", "trimmed": "true"}}
FORM_JS = WEB / "node_modules" / "@bpmn-io" / "form-js-viewer" / "dist" / "index.es.js"
SENTENCE_OF_OURS = re.compile(r"""\bt\(\s*"((?:[^"\\]|\\.)+)\"""")
SENTENCE_OF_FORM_JS = re.compile(r"""\btranslate\((?:'([^']+)'|"([^"]+)")""")
NEVER_SHOWN = "HELLO {you}"  # an example in a comment


def main() -> None:
    """Do what the command line says."""
    match sys.argv[1:]:
        case ["extract"]:
            extract()
        case ["compile"]:
            compile_all()
        case _:
            sys.exit("usage: python -m web.catalogues extract|compile")


def extract() -> None:
    """Bring the committed catalogues up to date with the sources."""
    for domain in DOMAINS:
        catalogue = read(domain)
        catalogue.update(template(domain), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with path(domain).open("wb") as file:
            write_po(file, catalogue, omit_header=True, sort_output=True, width=110)


def compile_all() -> None:
    """Write the compiled catalogue beside each committed one that is newer."""
    for domain in DOMAINS:
        source, compiled = path(domain), path(domain).with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            with compiled.open("wb") as file:
                write_mo(file, read(domain))


def read(domain: str) -> Catalog:
    """Read a committed catalogue; an empty one where there is none yet."""
    if not path(domain).exists():
        return Catalog(locale=LANGUAGE, project="reviewflow", domain=domain)
    with path(domain).open("rb") as file:
        return read_po(file, locale=LANGUAGE, domain=domain)


def path(domain: str) -> Path:
    """Answer where a domain's committed catalogue is."""
    return WEB / "locale" / LANGUAGE / "LC_MESSAGES" / f"{domain}.po"


def template(domain: str) -> Catalog:
    """Gather every text that the sources of a domain hold."""
    catalogue = Catalog(project="reviewflow", domain=domain)
    for text in _page_texts() if domain == "messages" else _island_texts():
        catalogue.add(text)
    if domain == "messages":
        for word in vocabulary.words():
            catalogue.add(word, context=vocabulary.CONTEXT)
    return catalogue


def _page_texts() -> Iterator[str | tuple[str, ...]]:
    """Gather what pages say themselves, and what they repeat of the engine and the API."""
    yield from sentences.templates()
    yield from sayings.texts()
    found = extract_from_dir(
        WEB,
        method_map=PAGE_SOURCES,
        options_map=PAGE_OPTIONS,
        keywords={"_": None, "gettext": None, "ngettext": (1, 2), "N_": None},
        directory_filter=lambda folder: Path(folder).name not in {"node_modules", "static", "islands", "locale"},
    )
    for _file, _line, text, _comments, _context in found:
        yield text


def _island_texts() -> Iterator[str]:
    for file in sorted((WEB / "islands").rglob("*.ts")):
        yield from SENTENCE_OF_OURS.findall(file.read_text(encoding="utf-8"))
    for single, double in SENTENCE_OF_FORM_JS.findall(FORM_JS.read_text(encoding="utf-8")):
        if single != NEVER_SHOWN:
            yield single or double


if __name__ == "__main__":
    main()
