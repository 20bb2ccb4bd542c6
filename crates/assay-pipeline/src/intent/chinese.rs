//! The rules for Chinese.

use assay_domain::Wanted;

const FILES: [&str; 4] = ["文件", "文档", "资料", "文章"];

/// What may follow the files of a question about them.
const TAILS: [&str; 10] = ["", "吗", "呢", "有哪些", "有什么", "有几个", "有多少", "有多少个", "是哪些", "都有哪些"];

/// The topic of `我有哪些关于菜谱的文件` and of `哪些文件提到了菜谱`.
pub(super) fn topic(question: &str) -> Option<String> {
    let asks =
        |text: &str| ["哪些", "什么", "有没有", "哪个", "哪几", "列出", "多少"].iter().any(|word| text.contains(word));
    for about in ["关于", "有关", "讲到", "提到了", "提到", "涉及"] {
        let Some((before, after)) = question.split_once(about) else { continue };
        if let Some((topic, end)) = after.rsplit_once('的')
            && let Some(tail) = FILES.iter().find_map(|files| end.strip_prefix(files))
            && TAILS.contains(&tail)
            && (asks(before) || asks(tail))
        {
            return Some(topic.trim().to_owned()).filter(|topic| !topic.is_empty());
        }
        // `文件里提到了什么费用` asks for what a file says.
        if FILES.iter().any(|files| before.ends_with(files)) && asks(before) {
            return Some(after.trim_end_matches(['吗', '呢']).trim().to_owned()).filter(|topic| !topic.is_empty());
        }
    }
    None
}

/// Questions about the library as a whole, of which nothing else is said.
pub(super) fn asks_for_library(question: &str) -> bool {
    let mut rest = question.trim_end_matches(['吗', '呢']).to_owned();
    let place = ["资料库", "文档库", "文件库", "知识库", "这里", "这儿", "文件夹", "文件", "文档", "资料"];
    let asks = ["有哪些", "哪些", "什么", "多少", "几", "列出"];
    let means = ["什么是", "什么叫"].iter().any(|start| rest.starts_with(start))
        || place.iter().any(|word| rest == format!("{word}是什么"));
    if means || !place.iter().any(|word| rest.contains(word)) || !asks.iter().any(|word| rest.contains(word)) {
        return false;
    }
    let others = [
        "里面", "主题", "内容", "包含", "涉及", "所有", "全部", "关于", "我的", "这些", "里", "中", "都", "有", "的",
        "我", "是", "讲", "了", "些", "个", "份", "在", "和", "一共", "请", "方面",
    ];
    for word in place.iter().chain(&asks).chain(&others) {
        rest = rest.replace(word, "");
    }
    rest.trim().is_empty()
}

/// `怎么列出文件夹里的所有文件`
pub(super) fn asks_how(question: &str) -> bool {
    ["怎么", "怎样", "如何", "为什么", "为何"].iter().any(|word| question.contains(word))
}

/// How much a question wants.
pub(super) fn wanted(question: &str) -> Wanted {
    if ["列出", "列举"].iter().any(|word| question.contains(word)) {
        return Wanted::Everything;
    }
    let counts = ["哪些", "所有", "全部", "每个", "每一", "多少", "几个", "一共", "总共"];
    if counts.iter().any(|word| question.contains(word)) { Wanted::Rows } else { Wanted::Best }
}
