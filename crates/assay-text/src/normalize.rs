//! Normalises text from parsers: line ends, hyphenation, and spaced-out Chinese characters.

/// Converts line ends to `\n` and removes the byte order mark and invisible control characters.
pub(crate) fn normalize(text: &str) -> String {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' => out.push('\n'),
            '\u{2029}' => out.push_str("\n\n"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Joins a word that was hyphenated at a line end, and returns whether it was. A compound that already
/// has a hyphen keeps the one at the line end (`state-of-` + `the-art`).
pub(crate) fn rejoin(last: &mut String, next: &str) -> bool {
    let Some(stem) = last.strip_suffix(['-', '\u{AD}', '\u{2010}']) else { return false };
    let broken = stem.ends_with(char::is_alphabetic) && next.starts_with(char::is_lowercase);
    if !broken {
        return false;
    }
    let word = stem.rsplit(char::is_whitespace).next().unwrap_or_default();
    let keep = word.contains('-') && !last.ends_with('\u{AD}');
    if !keep {
        last.pop();
    }
    last.push_str(next);
    true
}

/// Removes the blanks between single Chinese or Japanese characters that are only spaced out:
/// `灯 塔 看 守 人` becomes `灯塔看守人`, while `张三 李四` stays.
pub(crate) fn close_up(line: &str) -> String {
    if !line.contains(is_han_or_kana) {
        return line.to_owned();
    }
    let tokens: Vec<&str> = line.split(' ').filter(|token| !token.is_empty()).collect();
    let lone = |token: &&str| {
        let mut chars = token.chars();
        chars.next().is_some_and(is_han_or_kana) && chars.all(|c| !c.is_alphanumeric())
    };
    let mut out = String::with_capacity(line.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let run = tokens.iter().skip(at).take_while(|token| lone(token)).count();
        if !out.is_empty() {
            out.push(' ');
        }
        if run >= 3 {
            tokens.iter().skip(at).take(run).for_each(|token| out.push_str(token));
            at += run;
        } else {
            out.push_str(token);
            at += 1;
        }
    }
    out
}

pub(crate) fn is_han_or_kana(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3134F}')
}

#[cfg(test)]
mod tests {
    use super::{close_up, normalize, rejoin};

    #[test]
    fn line_ends_and_control_characters_are_normalised() {
        for (raw, expected) in [
            ("a\r\nb\rc\nd", "a\nb\nc\nd"),
            ("\u{FEFF}a\0b\u{8}c\td", "abc\td"),
            ("page\u{0C}next\u{2029}last", "page\nnext\n\nlast"),
        ] {
            assert_eq!(normalize(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn hyphenated_words_are_joined() {
        for (last, next, expected) in [
            ("an exam-", "ple and more", Some("an example and more")),
            ("the state-of-", "the-art", Some("the state-of-the-art")),
            ("years 1990-", "1995", None),
            ("Jean-", "Paul", None),
            ("soft\u{AD}", "ware", Some("software")),
        ] {
            let mut joined = last.to_owned();
            let done = rejoin(&mut joined, next);
            assert_eq!(done.then_some(joined.as_str()), expected, "{last:?} {next:?}");
        }
    }

    #[test]
    fn spaced_out_characters_are_closed_up() {
        for (raw, expected) in [
            ("灯 塔 看 守 人 。 每 晚", "灯塔看守人 。 每 晚"),
            ("张三 李四 王五", "张三 李四 王五"),
            ("第 1 页 plain words", "第 1 页 plain words"),
        ] {
            assert_eq!(close_up(raw), expected, "{raw:?}");
        }
    }
}
