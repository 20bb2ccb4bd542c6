//! Words around a name that take it out of what is asked for, or make it a bound.

/// Words that take out what follows them, within a few words.
const OUT: [&str; 15] = [
    "except",
    "excluding",
    "excludes",
    "exclude",
    "besides",
    "without",
    "apart from",
    "aside from",
    "other than",
    "rather than",
    "instead of",
    "but the",
    "but not",
    "not",
    "never",
];

/// Words that make the year after them a bound.
const BOUNDS: [&str; 13] = [
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
];

const CHINESE_OUT: [&str; 9] = ["除了", "除去", "不是", "没有", "不含", "不包括", "不包含", "不属于", "排除"];

const CHINESE_OUT_AFTER: [&str; 3] = ["以外", "之外", "除外"];

const CHINESE_BOUNDS: [&str; 4] = ["早于", "晚于", "截至", "截止"];

const CHINESE_BOUNDS_AFTER: [&str; 9] = ["之前", "以前", "之后", "以后", "以来", "至今", "起", "前", "后"];

/// Most words between a word that takes out and what it takes out.
const REACH: usize = 5;

/// Whether the texts before and behind a name, in small letters, take it out: `all but the`, `not`, `除了`, `以外`.
pub fn is_taken_out(before: &str, after: &str) -> bool {
    let clause = last_clause(before);
    let near = format!("{} ", last_words(clause, REACH));
    if says(clause, &OUT, REACH) || near.contains("n't ") || near.contains("n’t ") || clause.ends_with("non-") {
        return true;
    }
    // `是不是` asks whether, and takes nothing out.
    let whether = ["是不是", "有没有", "能不能", "会不会", "要不要", "是否"];
    let plain = whether.iter().fold(clause.to_owned(), |text, word| text.replace(word, " "));
    let near: String = last_chars(&plain, REACH);
    CHINESE_OUT.iter().any(|word| near.contains(word))
        || near.ends_with(['未', '非', '无', '没', '不'])
        || CHINESE_OUT_AFTER.iter().any(|word| after_units(after).starts_with(word))
}

/// Whether the texts before and behind a year, in small letters, make it a bound: `since`, `by the end of`, `之前`.
pub(super) fn is_bound(before: &str, after: &str) -> bool {
    let clause = last_clause(before);
    let words = last_words(clause, REACH);
    // `by the plant in 2021` names no bound, `by 2021` does.
    let is_limit = words.ends_with(" by") || words.ends_with(" by the end of");
    let near = last_chars(clause, REACH);
    is_limit
        || says(clause, &BOUNDS, REACH - 1)
        || CHINESE_BOUNDS.iter().any(|word| near.contains(word))
        || CHINESE_BOUNDS_AFTER.iter().any(|word| after_units(after).starts_with(word))
}

fn last_clause(before: &str) -> &str {
    let marks = ['.', ',', ';', ':', '?', '!', '。', '，', '；', '：', '？'];
    let clause = before.rsplit(marks).next().unwrap_or_default();
    clause.rsplit(" and ").next().unwrap_or(clause)
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

fn says(clause: &str, phrases: &[&str], reach: usize) -> bool {
    let near = format!("{} ", last_words(clause, reach));
    phrases.iter().any(|phrase| near.contains(&format!(" {phrase} ")))
}

/// What follows a name, without the units of a year or a model.
fn after_units(after: &str) -> &str {
    let rest = after.trim_start();
    let units = ["年度", "财年", "年底", "年初", "年末", "年", "款", "型", "的"];
    units.iter().find_map(|unit| rest.strip_prefix(unit)).unwrap_or(rest)
}
