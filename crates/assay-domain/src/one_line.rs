//! Names as one line: a file may be called anything.

use std::borrow::Cow;

/// A name with line ends, control characters and marks that turn the writing direction shown as escapes (`\n`, `\u{202e}`),
/// so that it stays on one line and hides nothing. Other names stay as they are.
pub fn one_line(name: &str) -> Cow<'_, str> {
    if !name.chars().any(breaks_or_hides) {
        return Cow::Borrowed(name);
    }
    let mut shown = String::with_capacity(name.len() + 8);
    for c in name.chars() {
        if breaks_or_hides(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

fn breaks_or_hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn line_ends_and_controls_are_escaped_and_nothing_else() {
        for (name, shown) in [
            ("plan.md", "plan.md"),
            ("plan (2) [neu] 计划.md", "plan (2) [neu] 计划.md"),
            ("two\nlines.txt", r"two\nlines.txt"),
            ("tab\tand\rreturn", r"tab\tand\rreturn"),
            ("\u{1b}[31mred", r"\u{1b}[31mred"),
            ("invoice\u{202e}fdp.exe", r"invoice\u{202e}fdp.exe"),
            ("next\u{2028}line\u{85}", r"next\u{2028}line\u{85}"),
        ] {
            assert_eq!(one_line(name), shown, "{name:?}");
        }
    }
}
