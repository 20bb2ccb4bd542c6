//! Words of comparison, and units.

use std::cmp::Ordering::{self, Equal, Greater, Less};

pub(super) const LESS: &[Ordering] = &[Less];
pub(super) const MOST: &[Ordering] = &[Less, Equal];
pub(super) const MORE: &[Ordering] = &[Greater];
pub(super) const LEAST: &[Ordering] = &[Greater, Equal];

/// What may follow a word of comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Date,
    Any,
}

use Kind::{Any, Date, Number};

/// Words before a bound; a longer one stands before those that it contains.
pub(super) const BEFORE: &[(&str, &[Ordering], Kind)] = &[
    ("no more than ", MOST, Number),
    ("not more than ", MOST, Number),
    ("no less than ", LEAST, Number),
    ("not less than ", LEAST, Number),
    ("more than ", MORE, Number),
    ("greater than ", MORE, Number),
    ("higher than ", MORE, Number),
    ("less than ", LESS, Number),
    ("fewer than ", LESS, Number),
    ("lower than ", LESS, Number),
    ("at least ", LEAST, Number),
    ("at most ", MOST, Number),
    ("exceeding ", MORE, Number),
    ("exceed ", MORE, Number),
    ("up to ", MOST, Any),
    ("over ", MORE, Number),
    ("above ", MORE, Number),
    ("under ", LESS, Number),
    ("below ", LESS, Number),
    (">= ", LEAST, Any),
    ("<= ", MOST, Any),
    (">=", LEAST, Any),
    ("<=", MOST, Any),
    (">", MORE, Any),
    ("<", LESS, Any),
    ("no earlier than ", LEAST, Date),
    ("no later than ", MOST, Date),
    ("earlier than ", LESS, Date),
    ("prior to ", LESS, Date),
    ("before ", LESS, Date),
    ("later than ", MORE, Date),
    ("after ", MORE, Date),
    ("since ", LEAST, Date),
    ("until ", MOST, Date),
    ("by ", MOST, Date),
    ("不超过", MOST, Any),
    ("不高于", MOST, Number),
    ("不低于", LEAST, Number),
    ("不少于", LEAST, Number),
    ("超过", MORE, Number),
    ("大于", MORE, Number),
    ("高于", MORE, Number),
    ("多于", MORE, Number),
    ("低于", LESS, Number),
    ("小于", LESS, Number),
    ("少于", LESS, Number),
    ("不到", LESS, Number),
    ("至少", LEAST, Number),
    ("最多", MOST, Number),
    ("至多", MOST, Number),
    ("不早于", LEAST, Date),
    ("不晚于", MOST, Date),
    ("早于", LESS, Date),
    ("晚于", MORE, Date),
];

/// Words behind a bound.
pub(super) const AFTER: &[(&str, &[Ordering], Kind)] = &[
    ("以上", LEAST, Number),
    ("以下", MOST, Number),
    ("之前", LESS, Date),
    ("以前", LESS, Date),
    ("之后", MORE, Date),
    ("以后", MORE, Date),
    ("以来", LEAST, Date),
    ("前", LESS, Date),
    ("后", MORE, Date),
    ("起", LEAST, Date),
];

/// Words with the `s` of a plural that are no units.
pub(super) const NO_UNITS: [&str; 12] =
    ["is", "was", "has", "as", "plus", "less", "unless", "across", "this", "its", "does", "always"];

/// Currencies, which columns of amounts seldom say.
pub(super) const CURRENCIES: [&str; 6] = ["euros", "dollars", "pounds", "francs", "rubles", "crowns"];

/// Units without the `s` of a plural.
pub(super) const UNITS: [&str; 16] = [
    "day", "week", "month", "year", "hour", "minute", "second", "percent", "people", "kg", "g", "km", "m", "cm", "mm",
    "l",
];

/// The same in Chinese.
pub(super) const CHINESE_UNITS: [&str; 14] =
    ["个月", "小时", "分钟", "公斤", "公里", "天", "日", "周", "月", "年", "人", "次", "页", "岁"];
