//! The table of formats, which the reader, the front ends and the README share.

use assay_domain::Page;

use crate::context::Context;
use crate::error::TextError;
use crate::read::{
    code, csv, doc, docx, epub, html, image, mail, markdown, mbox, msg, notebook, odp, ods, odt, pdf, plain, ppt, pptx,
    rtf, subtitles, xls, xlsx,
};

type ReadPages = fn(&[u8], &Context<'_>) -> Result<Vec<Page>, TextError>;

/// A format that can be read.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name, as shown to the user.
    pub name: &'static str,
    /// Usual file extensions, in lower case, without the dot. The content decides the format; an
    /// extension only distinguishes formats whose content looks alike.
    pub extensions: &'static [&'static str],
    /// What a citation names in addition to the file.
    pub located_by: &'static str,
    /// Reads the pages.
    pub(crate) pages: ReadPages,
}

pub(crate) const PDF: Format =
    Format { name: "PDF", extensions: &["pdf"], located_by: "page number", pages: pdf::pages };
pub(crate) const IMAGE: Format = Format {
    name: "picture",
    extensions: &["png", "jpg", "jpeg", "tif", "tiff", "webp", "gif", "bmp"],
    located_by: "frame",
    pages: image::pages,
};
pub(crate) const DOCX: Format = Format {
    name: "Word document",
    extensions: &["docx", "docm", "dotx"],
    located_by: "heading",
    pages: |bytes, _| docx::pages(bytes),
};
pub(crate) const DOC: Format = Format {
    name: "Word document from before 2007",
    extensions: &["doc", "dot"],
    located_by: "heading",
    pages: |bytes, _| doc::pages(bytes),
};
pub(crate) const ODT: Format = Format {
    name: "OpenDocument text",
    extensions: &["odt", "ott", "fodt"],
    located_by: "heading",
    pages: |bytes, _| odt::pages(bytes),
};
pub(crate) const RTF: Format =
    Format { name: "rich text", extensions: &["rtf"], located_by: "heading", pages: |bytes, _| rtf::pages(bytes) };
pub(crate) const PPTX: Format = Format {
    name: "PowerPoint presentation",
    extensions: &["pptx", "pptm", "ppsx", "ppsm", "potx"],
    located_by: "slide number and title",
    pages: |bytes, _| pptx::pages(bytes),
};
pub(crate) const PPT: Format = Format {
    name: "PowerPoint presentation from before 2007",
    extensions: &["ppt", "pps", "pot"],
    located_by: "slide title",
    pages: |bytes, _| ppt::pages(bytes),
};
pub(crate) const ODP: Format = Format {
    name: "OpenDocument presentation",
    extensions: &["odp", "otp"],
    located_by: "slide number and title",
    pages: |bytes, _| odp::pages(bytes),
};
pub(crate) const XLSX: Format = Format {
    name: "Excel workbook",
    extensions: &["xlsx", "xlsm", "xltx", "xlsb"],
    located_by: "sheet and cells",
    pages: |bytes, _| xlsx::pages(bytes),
};
pub(crate) const XLS: Format = Format {
    name: "Excel workbook from before 2007",
    extensions: &["xls", "xlt"],
    located_by: "sheet and cells",
    pages: |bytes, _| xls::pages(bytes),
};
pub(crate) const ODS: Format = Format {
    name: "OpenDocument spreadsheet",
    extensions: &["ods", "ots"],
    located_by: "sheet and cells",
    pages: |bytes, _| ods::pages(bytes),
};
pub(crate) const CSV: Format = Format {
    name: "table of values",
    extensions: &["csv", "tsv", "tab"],
    located_by: "cells",
    pages: |bytes, _| csv::pages(bytes),
};
pub(crate) const EPUB: Format = Format {
    name: "EPUB book",
    extensions: &["epub"],
    located_by: "chapter number and heading",
    pages: |bytes, _| epub::pages(bytes),
};
pub(crate) const MAIL: Format = Format {
    name: "e-mail message",
    extensions: &["eml", "mht", "mhtml"],
    located_by: "subject, attachment and its place",
    pages: mail::pages,
};
pub(crate) const MBOX: Format = Format {
    name: "mailbox",
    extensions: &["mbox", "mbx"],
    located_by: "message number and subject",
    pages: mbox::pages,
};
pub(crate) const MSG: Format = Format {
    name: "Outlook message",
    extensions: &["msg"],
    located_by: "subject, attachment and its place",
    pages: msg::pages,
};
pub(crate) const HTML: Format = Format {
    name: "HTML",
    extensions: &["html", "htm", "xhtml"],
    located_by: "heading",
    pages: |bytes, _| html::pages(bytes),
};
pub(crate) const MARKDOWN: Format = Format {
    name: "Markdown",
    extensions: &["md", "markdown"],
    located_by: "heading",
    pages: |bytes, _| markdown::pages(bytes),
};
pub(crate) const NOTEBOOK: Format = Format {
    name: "Jupyter notebook",
    extensions: &["ipynb"],
    located_by: "heading and cell",
    pages: |bytes, _| notebook::pages(bytes),
};
pub(crate) const SUBTITLES: Format = Format {
    name: "subtitles",
    extensions: &["srt", "vtt"],
    located_by: "time",
    pages: |bytes, _| subtitles::pages(bytes),
};
pub(crate) const CODE: Format = Format {
    name: "source code",
    extensions: &[
        "rs", "py", "js", "mjs", "cjs", "jsx", "ts", "tsx", "java", "kt", "kts", "scala", "groovy", "c", "h", "cc",
        "cpp", "cxx", "hpp", "cs", "go", "rb", "php", "pl", "pm", "lua", "swift", "m", "mm", "r", "jl", "hs", "ml",
        "ex", "exs", "erl", "clj", "dart", "zig", "nim", "vb", "vbs", "ps1", "psm1", "bat", "cmd", "sh", "bash", "zsh",
        "fish", "sql", "css", "scss", "less", "vue", "svelte", "json", "jsonl", "toml", "yaml", "yml", "ini", "cfg",
        "conf", "xml", "xsd", "xsl", "proto", "graphql", "tf", "gradle", "cmake", "mk", "tex", "bib",
    ],
    located_by: "lines and what they define",
    pages: |bytes, _| code::pages(bytes),
};
pub(crate) const PLAIN: Format = Format {
    name: "plain text",
    extensions: &["txt", "text", "log", "rst", "adoc", "org"],
    located_by: "place in the text",
    pages: |bytes, _| plain::pages(bytes),
};

/// Every format that can be read.
pub const FORMATS: [Format; 23] = [
    PDF, IMAGE, DOCX, DOC, ODT, RTF, PPTX, PPT, ODP, XLSX, XLS, ODS, CSV, EPUB, MAIL, MBOX, MSG, HTML, MARKDOWN,
    NOTEBOOK, SUBTITLES, CODE, PLAIN,
];

impl Format {
    /// Whether a file name has one of the format's extensions.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        let Some((_, found)) = name.rsplit_once('.') else { return false };
        self.extensions.iter().any(|extension| found.eq_ignore_ascii_case(extension))
    }
}
