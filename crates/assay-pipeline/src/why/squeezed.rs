//! Texts as they are compared: a quote is copied from a screen, where lines break and quotation marks curl.

use assay_text::fold;

/// A text folded as the index folds it, without white space and invisible characters, and with plain quotation marks and
/// dashes.
pub(super) fn squeezed(text: &str) -> String {
    let visible = |c: &char| !c.is_whitespace() && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}');
    fold(text).chars().filter(visible).map(plain).collect()
}

fn plain(c: char) -> char {
    match c {
        '\u{2018}'..='\u{201b}' => '\'',
        '\u{201c}'..='\u{201f}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::squeezed;

    #[test]
    fn a_quote_is_compared_without_lines_marks_and_case() {
        for (copied, written) in [
            ("The  lid\nbolts", "the lid bolts"),
            ("it\u{2019}s \u{201c}new\u{201d}", "It's \"new\""),
            ("1990\u{2013}1995", "1990-1995"),
            ("車輛進廠\n須領號牌", "车辆进厂须领号牌"),
            ("co\u{ad}operate", "cooperate"),
        ] {
            assert_eq!(squeezed(copied), squeezed(written), "{copied:?}");
        }
        assert_ne!(squeezed("3.5 kg"), squeezed("35 kg"));
    }
}
