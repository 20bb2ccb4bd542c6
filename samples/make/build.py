#!/usr/bin/env python3
"""Makes the PDF and DOCX files of the sample library from the texts in make/text.

    python build.py --text TEXT_DIR --out LIBRARY_DIR --font-en FONT.ttf --font-en-bold FONT.ttf --font-zh FONT.ttf

Needs fpdf2 and python-docx (see requirements.txt). The fonts must be TrueType with glyf outlines; only the glyphs that are used are
embedded. The texts use a small part of Markdown: '# ' title, '## ' heading, paragraphs, and '<!-- page -->' for a new page.
The same input gives the same bytes: dates are fixed.
"""
import argparse
import datetime
import io
import pathlib
import zipfile

import docx
import fpdf

# file name -> (kind, language)
DOCUMENTS = {
    "brandvold-biography": ("pdf", "en"),
    "marshbird-workshop-manual": ("pdf", "en"),
    "bai-lingyi-biography": ("pdf", "zh"),
    "shigu-noodle-press-manual": ("pdf", "zh"),
    "tool-library-rules": ("docx", "en"),
    "hut-handbook": ("docx", "en"),
    "lens-mould-how-it-grows": ("docx", "zh"),
    "shared-garden-rules": ("docx", "zh"),
}
DATE = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)
# Chinese punctuation that must not begin a line, or end one.
NOT_FIRST = set("，。、；：？！）》”’…·,.;:?!)")
NOT_LAST = set("（《“‘(")


def blocks(text):
    """Yields (kind, text); kind is title, heading, page or paragraph."""
    for block in text.strip().split("\n\n"):
        block = block.strip()
        if block == "<!-- page -->":
            yield "page", ""
        elif block.startswith("# "):
            yield "title", block[2:]
        elif block.startswith("## "):
            yield "heading", block[3:]
        elif block:
            yield "paragraph", " ".join(block.split("\n"))


def chinese_lines(pdf, text, width):
    """Breaks Chinese text by width; runs of Latin letters and digits stay whole, and so do dates."""
    units = []
    for ch in text:
        latin = ch.isascii() and not ch.isspace()
        before = units[-1][-1] if units else " "
        if latin and ((before.isascii() and not before.isspace()) or (ch.isdigit() and units and len(units[-1]) > 1)):
            units[-1] += ch
        elif ch in "年月日" and before.isdigit():
            units[-1] += ch
        else:
            units.append(ch)
    lines, line, used = [], [], 0.0
    for unit in units:
        w = pdf.get_string_width(unit)
        if line and used + w > width and unit[0] not in NOT_FIRST:
            carry = []
            while len(line) > 1 and line[-1][-1] in NOT_LAST:
                carry.insert(0, line.pop())
            lines.append("".join(line).rstrip())
            line = carry
            used = sum(pdf.get_string_width(u) for u in line)
            if unit.isspace():
                continue
        line.append(unit)
        used += w
    lines.append("".join(line))
    return lines


class Paper(fpdf.FPDF):
    def footer(self):
        self.set_y(-12)
        self.set_font("body", size=8)
        self.cell(0, 5, str(self.page_no()), align="C")


def make_pdf(text, language, fonts, target):
    pdf = Paper(format="A5")
    pdf.set_creation_date(DATE)
    pdf.set_lang("zh-CN" if language == "zh" else "en")
    pdf.set_margins(18, 18, 18)
    pdf.set_auto_page_break(True, 18)
    if language == "zh":
        pdf.add_font("body", fname=fonts["zh"])
        pdf.add_font("latin", fname=fonts["en"])
        pdf.set_fallback_fonts(["latin"])
    else:
        pdf.add_font("body", fname=fonts["en"])
        pdf.add_font("body", style="B", fname=fonts["en_bold"])
    bold = "" if language == "zh" else "B"
    size, leading = (12, 7.6) if language == "zh" else (10.8, 5.8)
    pdf.add_page()
    for kind, content in blocks(text):
        if kind == "page":
            pdf.add_page()
            continue
        if kind == "title":
            pdf.set_title(content)
            pdf.set_font("body", bold, 16)
            height, after = 8, 4
        elif kind == "heading":
            if pdf.get_y() > pdf.h - 45:
                pdf.add_page()
            pdf.ln(2)
            pdf.set_font("body", bold, 12.5)
            height, after = 7, 1.5
        else:
            pdf.set_font("body", "", size)
            height, after = leading, 2.5
        if language == "zh":
            for line in chinese_lines(pdf, content, pdf.epw - 4):
                pdf.cell(0, height, line, new_x="LMARGIN", new_y="NEXT")
        else:
            pdf.multi_cell(0, height, content, align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(after)
    pdf.output(str(target))


def fixed_zip(data, target):
    """Writes a zip again with fixed dates, so that the same text gives the same file."""
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))


def make_docx(text, language, target):
    document = docx.Document()
    properties = document.core_properties
    properties.author = "Assay sample library"
    properties.comments = "CC0-1.0"
    properties.created = properties.modified = DATE.replace(tzinfo=None)
    properties.last_modified_by = ""
    properties.language = "zh-CN" if language == "zh" else "en"
    for kind, content in blocks(text):
        if kind == "page":
            document.add_page_break()
        elif kind == "title":
            properties.title = content
            document.add_heading(content, level=1)
        elif kind == "heading":
            document.add_heading(content, level=2)
        else:
            document.add_paragraph(content)
    buffer = io.BytesIO()
    document.save(buffer)
    fixed_zip(buffer.getvalue(), target)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--font-en", required=True)
    parser.add_argument("--font-en-bold", required=True)
    parser.add_argument("--font-zh", required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    fonts = {"en": args.font_en, "en_bold": args.font_en_bold, "zh": args.font_zh}
    for name, (kind, language) in DOCUMENTS.items():
        text = (args.text / f"{name}.md").read_text(encoding="utf-8")
        target = args.out / f"{name}.{kind}"
        if kind == "pdf":
            make_pdf(text, language, fonts, target)
        else:
            make_docx(text, language, target)
        print(target.name, target.stat().st_size)


if __name__ == "__main__":
    main()
