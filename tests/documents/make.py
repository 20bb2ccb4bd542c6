#!/usr/bin/env python3
"""Makes the hostile and odd documents in this folder.

    python make.py --out FOLDER --font FONT.ttf

FONT is a TrueType font with Latin letters (DejaVu Serif was used). Needs fpdf2, python-docx, pikepdf, pillow and msoffcrypto-tool; the versions
are in samples/make/requirements.txt. README.md says what a reader must do with each file. The encrypted files contain a random salt and
differ between runs; the others do not.
"""
import argparse
import datetime
import io
import pathlib
import zipfile

import docx
import fpdf
import msoffcrypto.format.ooxml
import pikepdf
from PIL import Image, ImageDraw, ImageFont

DATE = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)


def text_pdf(pages, font):
    pdf = fpdf.FPDF(format="A5")
    pdf.set_creation_date(DATE)
    pdf.add_font("body", fname=font)
    for text in pages:
        pdf.add_page()
        pdf.set_font("body", size=11)
        if text:
            pdf.multi_cell(0, 6, text, align="L")
    return bytes(pdf.output())


def scanned_pdf(font):
    image = Image.new("L", (560, 300), 255)
    draw = ImageDraw.Draw(image)
    draw.text((30, 40), "This line is a picture.\nA reader finds no text here.", fill=0, font=ImageFont.truetype(font, 26), spacing=14)
    pdf = fpdf.FPDF(format="A5")
    pdf.set_creation_date(DATE)
    pdf.add_page()
    pdf.image(image.rotate(1, fillcolor=255), x=10, y=20, w=120)
    return bytes(pdf.output())


def raw_pdf(objects):
    """Builds a PDF from the bytes of its objects, numbered from 1; the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def stream(data, extra=b""):
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def cmap_pdf(cmap, codec, text):
    """Builds a PDF with Chinese text in a predefined CMap; the font is not embedded, and ToUnicode is missing."""
    shown = b"BT /F1 16 Tf 40 500 Td <%s> Tj ET" % text.encode(codec).hex().upper().encode()
    return raw_pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        stream(shown),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-%s /Encoding /%s /DescendantFonts [6 0 R] >>" % (cmap, cmap),
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
        b" /DW 1000 /FontDescriptor 7 0 R >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120"
        b" /CapHeight 880 /StemV 93 >>",
    ])


def recursion_pdf():
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 420 595] /Resources << /XObject << /Fm0 5 0 R >> /Font << /F1 6 0 R >> >>"
    return raw_pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 4 0 R"
        b" /Resources << /XObject << /Fm0 5 0 R >> /Font << /F1 6 0 R >> >> >>",
        stream(b"BT /F1 14 Tf 40 520 Td (A form that draws itself.) Tj ET\n/Fm0 Do"),
        stream(b"BT /F1 14 Tf 40 480 Td (again) Tj ET\n/Fm0 Do", form),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ])


def save_docx(document):
    document.core_properties.author = "Assay test documents"
    document.core_properties.created = document.core_properties.modified = DATE.replace(tzinfo=None)
    buffer, fixed = io.BytesIO(), io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return fixed.getvalue()


def table_docx():
    document = docx.Document()
    document.add_heading("Ferry timetable", level=1)
    document.add_paragraph("The ferry Patient Anna crosses three times a day.")
    document.add_heading("Summer", level=2)
    table = document.add_table(rows=1, cols=3)
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, ("Crossing", "Leaves", "Arrives")):
        cell.text = text
    for row in (("first", "07:10", "07:45"), ("second", "12:00", "12:35"), ("third", "17:40", "18:15")):
        for cell, text in zip(table.add_row().cells, row):
            cell.text = text
    document.add_heading("Winter", level=2)
    document.add_paragraph("The second crossing is left out.")
    return save_docx(document)


def plain_docx():
    document = docx.Document()
    document.add_heading("Locked", level=1)
    document.add_paragraph("The key is under the third flower pot.")
    return save_docx(document)


NESTED = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>The key cupboard</title>
<style>.hidden-by-style { content: "STYLE MUST NOT APPEAR" }</style>
<script>var secret = "SCRIPT MUST NOT APPEAR";</script>
</head>
<body>
<nav><a href="#a">Keys</a> <a href="#b">Rooms</a></nav>
<main>
<h1>The key cupboard</h1>
<p>Keys hang in the cupboard <em>behind</em> the door&nbsp;&mdash; not in the drawer &amp; not under the mat.</p>
<!-- COMMENT MUST NOT APPEAR -->
<section>
<h2 id="a">Keys</h2>
<ul>
<li>Brass keys
<ul>
<li>front door</li>
<li>cellar <b>(left</b> hook)</li>
</ul>
</li>
<li>Steel keys</li>
</ul>
<div><div><div><p>Deep in three boxes: the attic key is painted green.</p></div></div></div>
<h3>Spare keys</h3>
<p>Two, with the neighbour.<br>Ask before noon.</p>
</section>
<section>
<h2 id="b">Rooms</h2>
<table>
<thead><tr><th>Room</th><th>Hook</th></tr></thead>
<tbody><tr><td>Kitchen</td><td>4</td></tr><tr><td>Boat house</td><td>11</td></tr></tbody>
</table>
<noscript>NOSCRIPT MAY APPEAR</noscript>
<template><p>TEMPLATE MUST NOT APPEAR</p></template>
<p lang="zh">船屋的钥匙挂在十一号钩子上。</p>
<script>document.write("<p>WRITTEN MUST NOT APPEAR</p>")</script>
</section>
</main>
</body>
</html>
"""

CHINESE = "渡口的灯\n\n灯塔看守人每晚七点点灯，天亮以前熄灯。镕、喆、𠮷这三个字，在最早的编码里没有。\n起雾的时候敲钟，两下一停。\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--font", required=True)
    args = parser.parse_args()
    out = args.out
    out.mkdir(parents=True, exist_ok=True)

    whole = text_pdf(["The lamp is lit at seven every evening.\n\nThe keeper writes the hour in the blue book.", "On the second page the lamp is out."],
                     args.font)
    (out / "empty.txt").write_bytes(b"")
    (out / "empty.pdf").write_bytes(b"")
    (out / "not-really.pdf").write_text("<!doctype html>\n<html><head><title>Sign in</title></head><body><p>Please sign in to download this file."
                                        "</p></body></html>\n", encoding="utf-8")
    (out / "truncated.pdf").write_bytes(whole[:len(whole) // 2])
    for name, user in (("encrypted.pdf", "heron"), ("owner-encrypted.pdf", "")):
        with pikepdf.open(io.BytesIO(whole)) as pdf:
            pdf.save(out / name, encryption=pikepdf.Encryption(user=user, owner="kestrel", R=6, allow=pikepdf.Permissions(extract=True)))
    (out / "scanned.pdf").write_bytes(scanned_pdf(args.font))
    (out / "two-pages-one-empty.pdf").write_bytes(text_pdf(["Page one: the tide comes in.", "", "Page three: the tide goes out."], args.font))
    (out / "chinese-cmap.pdf").write_bytes(cmap_pdf(b"GBK-EUC-H", "gbk", "灯塔看守人每晚七点点灯。"))
    (out / "chinese-cmap-ucs2.pdf").write_bytes(cmap_pdf(b"UniGB-UCS2-H", "utf-16-be", "灯塔看守人每晚七点点灯。"))
    (out / "recursion.pdf").write_bytes(recursion_pdf())
    (out / "gb18030.txt").write_bytes(CHINESE.encode("gb18030"))
    (out / "utf16.txt").write_bytes(b"\xff\xfe" + CHINESE.encode("utf-16-le"))

    with io.BytesIO(plain_docx()) as plain, open(out / "encrypted.docx", "wb") as target:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("heron", target)
    table = table_docx()
    (out / "table.docx").write_bytes(table)
    (out / "truncated.docx").write_bytes(table[:len(table) // 2])
    (out / "nested.html").write_text(NESTED, encoding="utf-8")
    # One line of 60,000 characters without a space; every hundredth is Chinese, so that a cut by bytes can fall inside a character.
    line = "".join("灯" if i % 100 == 99 else "abcdefghijklmnopqrstuvwxyz"[i % 26] for i in range(60000))
    (out / "long-line.md").write_text(line + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
