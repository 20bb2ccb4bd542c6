#!/usr/bin/env python3
"""Checks samples/questions.jsonl against samples/library.

    python check.py SAMPLES_DIR

Every `contains` must occur in its document and in no other (for a PDF: within one line of what pdftotext gives), every `trap` must be
another document or a string of the library, and `contains` must not occur in the same paragraph as a string trap. Needs pdftotext
(poppler-utils) and python-docx.
"""
import html.parser
import json
import pathlib
import re
import subprocess
import sys

import docx


class Text(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts, self.skip = [], 0

    def handle_starttag(self, tag, attrs):
        self.skip += tag in ("script", "style")
        if tag in ("p", "h1", "h2"):
            self.parts.append("\n\n")

    def handle_endtag(self, tag):
        self.skip -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.skip:
            self.parts.append(data)


def paragraphs(path):
    """The sections, paragraphs or pages of a document, each with its spaces and line ends collapsed; for a PDF, its lines."""
    kind = path.suffix
    if kind == ".pdf":
        text = subprocess.run(["pdftotext", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True).stdout.decode()
        parts = text.split("\n")
    elif kind == ".docx":
        parts = [p.text for p in docx.Document(str(path)).paragraphs]
    elif kind == ".html":
        reader = Text()
        reader.feed(path.read_text(encoding="utf-8"))
        parts = "".join(reader.parts).split("\n\n")
    else:
        parts = re.split(r"\n\n|\n(?=- )", path.read_text(encoding="utf-8"))
    return [re.sub(r"\s+", " ", p).strip() for p in parts if p.strip()]


def main():
    samples = pathlib.Path(sys.argv[1])
    library = {p.name: paragraphs(p) for p in sorted((samples / "library").iterdir())}
    bad = 0
    for name, parts in library.items():
        text = " ".join(parts)
        han = sum("\u4e00" <= c <= "\u9fff" for c in text)
        size = (samples / "library" / name).stat().st_size
        print(f"{name:36} {len(text.split()):5} words {han:5} Han {size:7} bytes")
    questions = [json.loads(line) for line in (samples / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    for q in questions:
        def fail(why):
            nonlocal bad
            bad += 1
            print("FAIL", q["id"], why)
        hits = [(n, p) for n, parts in library.items() for p in parts if q["contains"] in p]
        if [n for n, _ in hits] != [q["document"]]:
            fail(f"contains found in {[n for n, _ in hits]}")
        if q["trap"] in library:
            if q["trap"] == q["document"]:
                fail("the trap is the document itself")
        else:
            traps = [p for parts in library.values() for p in parts if q["trap"] in p]
            if not traps:
                fail("trap not found")
            if any(q["contains"] in p for p in traps):
                fail("trap and answer share a paragraph")
    if len({q["id"] for q in questions}) != len(questions):
        bad += 1
        print("FAIL ids are not unique")
    print(len(library), "documents,", len(questions), "questions,", bad, "failures")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
