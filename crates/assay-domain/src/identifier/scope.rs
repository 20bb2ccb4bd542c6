//! Words around a name that take it out of what is asked for, or make it a bound; and words that only look like them.

/// How a question takes a name out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion {
    /// It is denied: `not paid`, `未付款`.
    Negated,
    /// It is left out: `except Acme`, `除了`.
    Excepted,
}

/// Words that deny what follows them, within a few words.
const NEGATIONS: [&str; 5] = ["not", "never", "no longer", "neither", "nor"];

/// Words with a negation that deny nothing.
const NO_NEGATIONS: [&str; 10] = [
    "not only",
    "not just",
    "not merely",
    "not necessarily",
    "not least",
    "whether or not",
    "or not",
    "if not",
    "why not",
    "n't only",
];

/// Words that leave out what follows them, within a few words.
const EXCEPTIONS: [&str; 20] = [
    "except",
    "excluding",
    "excludes",
    "exclude",
    "without",
    "other than",
    "rather than",
    "instead of",
    "but the",
    "but those",
    "but for",
    "all but",
    "everything but",
    "everyone but",
    "anything but",
    "any but",
    "none but",
    "besides",
    "apart from",
    "aside from",
];

/// Exceptions that add what they name, if the question goes on to ask for more: `Besides the paid ones, also list`.
const MAY_ADD: [&str; 3] = ["besides", "apart from", "aside from"];

/// Words before a year that make it a bound.
const BOUNDS: [&str; 14] = [
    "before",
    "after",
    "since",
    "until",
    "till",
    "between",
    "prior to",
    "up to",
    "later than",
    "earlier than",
    "newer than",
    "older than",
    "beyond",
    "by",
];

/// Words that may stand between such a word and the year.
const OF_A_YEAR: [&str; 26] = [
    "the",
    "year",
    "years",
    "end",
    "start",
    "beginning",
    "middle",
    "of",
    "early",
    "mid",
    "late",
    "fiscal",
    "financial",
    "calendar",
    "fy",
    "q1",
    "q2",
    "q3",
    "q4",
    "h1",
    "h2",
    "spring",
    "summer",
    "autumn",
    "fall",
    "winter",
];

const CHINESE_NEGATIONS: [&str; 6] = ["不是", "没有", "不含", "不包括", "不包含", "不属于"];

const CHINESE_EXCEPTIONS: [&str; 3] = ["除了", "除去", "排除"];

const CHINESE_EXCEPTIONS_AFTER: [&str; 3] = ["以外", "之外", "除外"];

/// Words that set what follows them against what was denied or left out.
const CHINESE_CONTRASTS: [&str; 4] = ["而是", "但是", "但", "却"];

const CHINESE_BOUNDS: [&str; 4] = ["早于", "晚于", "截至", "截止"];

const CHINESE_BOUNDS_AFTER: [&str; 9] = ["之前", "以前", "之后", "以后", "以来", "至今", "起", "前", "后"];

/// Most words between a word that takes out and what it takes out.
const REACH: usize = 5;

/// How the texts before and behind a name, in small letters, take it out: `all but the`, `not`, `除了`, `以外`.
pub fn exclusion(before: &str, after: &str) -> Option<Exclusion> {
    let clause = last_clause(before);
    let denied = NO_NEGATIONS.iter().fold(last_relative(clause).to_owned(), |text, words| text.replace(words, " "));
    if is_negated(&denied) {
        return Some(Exclusion::Negated);
    }
    let excepted = EXCEPTIONS.iter().find(|phrase| says(clause, phrase));
    if let Some(phrase) = excepted {
        return (!(MAY_ADD.contains(phrase) && adds(after))).then_some(Exclusion::Excepted);
    }
    // `是不是` asks whether, and takes nothing out.
    let whether = ["是不是", "有没有", "能不能", "会不会", "要不要", "是否"];
    let plain = whether.iter().fold(clause.to_owned(), |text, word| text.replace(word, " "));
    let near: String = last_chars(&plain, REACH);
    let near = CHINESE_CONTRASTS.iter().fold(near.as_str(), |near, word| near.rsplit(word).next().unwrap_or(near));
    let behind = CHINESE_EXCEPTIONS_AFTER.iter().any(|word| after_units(after).starts_with(word));
    if behind || CHINESE_EXCEPTIONS.iter().any(|word| near.contains(word)) {
        return (!adds_in_chinese(after)).then_some(Exclusion::Excepted);
    }
    let negated = CHINESE_NEGATIONS.iter().any(|word| near.contains(word));
    (negated || near.ends_with(['未', '非', '无', '没', '不'])).then_some(Exclusion::Negated)
}

/// Whether the texts before and behind a year, in small letters, make it a bound: `since`, `by the end of`, `之前`. The word
/// stands at the year: `after the flood of 2021` bounds nothing.
pub(super) fn is_bound(before: &str, after: &str) -> bool {
    let clause = last_clause(before);
    let of_a_year = |word: &&str| {
        let is_day = word.len() <= 2 && word.chars().all(|c| c.is_ascii_digit());
        is_day || OF_A_YEAR.contains(word) || super::year::month(word).is_some()
    };
    let words: Vec<&str> = clause.split_whitespace().rev().skip_while(of_a_year).collect();
    let near: String = words.into_iter().rev().map(|word| format!(" {word}")).collect();
    let rest = after_units(after);
    let is_mark = |word: &&str| rest.strip_prefix(*word).is_some_and(|rest| is_bound_mark(word, rest));
    BOUNDS.iter().any(|word| near.ends_with(&format!(" {word}")))
        || CHINESE_BOUNDS.iter().any(|word| clause.trim_end_matches(['到', ' ']).ends_with(word))
        || CHINESE_BOUNDS_AFTER.iter().any(is_mark)
}

/// Whether a mark such as `前`, `后` or `起` behind a date ends a bound, and begins no other word with what follows it: `3月前`,
/// but not `2024年前三季度` or `2024年起草`.
pub fn is_bound_mark(mark: &str, rest: &str) -> bool {
    let others = match mark {
        "前" => "面台任者半期段端身夫妻列途辈沿锋缀",
        "后" => "面台半期来端续勤果代缀门院备悔辈",
        "起" => "草诉初因点步源义名动重床码伏飞价止",
        _ => return true,
    };
    let counts = mark != "起" && rest.starts_with(|c: char| c.is_numeric() || "一二三四五六七八九十百两几".contains(c));
    !counts && !rest.starts_with(|c: char| others.contains(c))
}

fn last_clause(before: &str) -> &str {
    let marks = ['.', ',', ';', ':', '?', '!', '。', '，', '；', '：', '？'];
    let clause = before.rsplit(marks).next().unwrap_or_default();
    let clause = clause.rsplit(" and ").next().unwrap_or(clause);
    after_contrast(clause)
}

/// What follows the last `but` that sets against what stands before it (`not closed but open`). One that leaves out cuts
/// nothing (`all but the`).
fn after_contrast(clause: &str) -> &str {
    let Some((before, after)) = clause.rsplit_once(" but ") else { return clause };
    let all = ["all", "every", "everything", "everyone", "any", "anything", "none", "nothing"];
    let leaves_out = before.split_whitespace().last().is_some_and(|word| all.contains(&word))
        || after.split_whitespace().next().is_some_and(|word| ["the", "those", "for"].contains(&word));
    if is_negated(before) || !leaves_out { after } else { clause }
}

/// The last relative clause, which a negation before it does not deny: `not archived that are open`. Behind `those` it says
/// what is denied.
fn last_relative(clause: &str) -> &str {
    let cut = [" that ", " which ", " who "].iter().filter_map(|word| clause.rsplit_once(word));
    let denied = ["those", "ones", "one", "any"];
    let apart = cut.filter(|(before, _)| !denied.iter().any(|word| before.ends_with(word)));
    apart.map(|(_, after)| after).min_by_key(|after| after.len()).unwrap_or(clause)
}

fn is_negated(clause: &str) -> bool {
    let near = format!("{} ", last_words(clause, REACH));
    NEGATIONS.iter().any(|word| says(clause, word))
        || near.contains("n't ")
        || near.contains("n’t ")
        || clause.ends_with("non-")
}

/// Whether what follows `besides` and a name asks for more of the same.
fn adds(after: &str) -> bool {
    let after = format!(" {} ", after.trim_end_matches(['.', '?', '!', ' ']));
    [" list ", " show ", " include ", " give ", " name ", " count "].iter().any(|word| after.contains(word))
        || after.ends_with(" too ")
        || after.ends_with(" as well ")
}

/// Whether what follows `除了` and a name asks for more with `还` or `也`. `还有哪些` asks for the others alone.
fn adds_in_chinese(after: &str) -> bool {
    let others = ["还有哪", "还有什么", "还有多少", "还有几", "还有谁", "还有别的", "还有其"];
    after.contains(['还', '也']) && !others.iter().any(|word| after.contains(word))
}

/// The last words, with a space before each.
fn last_words(clause: &str, reach: usize) -> String {
    let words: Vec<&str> = clause.split_whitespace().collect();
    let last = words.get(words.len().saturating_sub(reach)..).unwrap_or_default();
    last.iter().map(|word| format!(" {word}")).collect()
}

fn last_chars(clause: &str, reach: usize) -> String {
    let skipped = clause.chars().count().saturating_sub(reach);
    clause.chars().skip(skipped).collect()
}

fn says(clause: &str, phrase: &str) -> bool {
    format!("{} ", last_words(clause, REACH)).contains(&format!(" {phrase} "))
}

/// What follows a name, without the units of a year or a model.
fn after_units(after: &str) -> &str {
    let rest = after.trim_start();
    let units = ["年度", "财年", "年底", "年初", "年末", "年", "款", "型", "的"];
    units.iter().find_map(|unit| rest.strip_prefix(unit)).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::Exclusion::{Excepted, Negated};
    use super::exclusion;

    #[test]
    fn a_name_is_taken_out_only_by_words_that_do_so() {
        for (question, expected) in [
            ("list all issues that are not <open>", Some(Negated)),
            ("list all issues that aren't <open>", Some(Negated)),
            ("list all issues that are no longer <open>", Some(Negated)),
            ("list all issues except the <open> ones", Some(Excepted)),
            ("list everything but the <open> ones", Some(Excepted)),
            ("list all but <open> issues", Some(Excepted)),
            ("which issues besides <open> ones are there?", Some(Excepted)),
            ("list all issues that are closed, not <open>", Some(Negated)),
            ("list all issues but not those that are <open>", Some(Negated)),
            // What only looks like it.
            ("list all issues that are not closed but <open>", None),
            ("list all issues that are not only closed but also <open>", None),
            ("list all issues that are not only <open>", None),
            ("list all issues that are late but <open>", None),
            ("list all issues, whether or not <open>", None),
            ("list everything not archived that is <open>", None),
            ("besides <open> issues, also list closed ones", None),
            ("列出不是<关闭>的问题", Some(Negated)),
            ("列出除了<关闭>以外的问题", Some(Excepted)),
            ("除了<关闭>的，还有哪些问题？", Some(Excepted)),
            ("除了<关闭>的，也列出逾期的", None),
            ("除了<关闭>以外，还要列出逾期的", None),
            ("列出不是关闭而是<逾期>的问题", None),
            ("问题是不是<关闭>的？", None),
        ] {
            let (before, rest) = question.split_once('<').unwrap();
            assert_eq!(exclusion(before, rest.split_once('>').unwrap().1), expected, "{question}");
        }
    }
}
