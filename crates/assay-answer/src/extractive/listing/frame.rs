//! Words of questions for rows that say nothing about the rows.

/// English words, without the `s` of a plural and cut at apostrophes as terms are.
const FRAME: &str = "\
    a all also an and any are aren be been being beside both but by can could couldn count currently did didn do doe doesn don each \
    entrie entry every except excluding file for from give had has hasn have haven how i in is isn it item its list \
    many me much my name no not of on one only or other our per please row show still t table than that the their there they \
    thi those to total was wasn we were weren what which who whose with without won you";

/// Chinese words, longer ones first.
const DENSE_FRAME: &str = "\
    有多少个 有多少 多少个 多少 有哪些 哪些 列出 列举 所有 全部 一共 总共 每一个 每个 每一 几个 几条 名称 请 是 的 有 在 中 里 表 都 个 条 份 行 项 吗 呢 我 们 了 还 也";

/// Whether a term says nothing about a row.
pub(super) fn is_frame(term: &str) -> bool {
    FRAME.split(' ').any(|word| word == term)
}

/// What is left of a Chinese question without such words.
pub(super) fn without_frame(question: String) -> String {
    DENSE_FRAME.split(' ').fold(question, |rest, word| rest.replace(word, ""))
}
