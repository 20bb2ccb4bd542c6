//! What a question is after: passages, everything of a kind, or the library's list of files.
//!
//! Rules over words in English and Chinese. A question that no rule knows is after passages.

use assay_domain::Wanted;

/// What a question is after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// What passages say.
    Passages(Wanted),
    /// The list of files: `What is in here?`
    Library,
    /// The files about a topic: `Which files do I have about recipes?`
    Files {
        /// The topic in the question's words.
        topic: String,
    },
}

/// What a question is after.
pub fn intent(question: &str) -> Intent {
    let plain = question.trim().trim_end_matches(['?', '？', '.', '。', '!', '！', ' ']);
    let lower = plain.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    if let Some(topic) = english_topic(&words).or_else(|| chinese_topic(plain)) {
        return Intent::Files { topic };
    }
    if asks_for_library(&words) || asks_for_library_in_chinese(plain) {
        return Intent::Library;
    }
    Intent::Passages(wanted(&words, plain))
}

/// Words for the files of a library.
const FILES: [&str; 9] = ["file", "files", "document", "documents", "docs", "papers", "notes", "anything", "something"];

/// What follows `files` before a topic.
const ABOUT: [&str; 8] = ["about", "on", "regarding", "concerning", "mentioning", "mention", "cover", "discuss"];

/// Words that a question about files may be made of besides its topic.
const FRAME: [&str; 28] = [
    "which", "what", "do", "does", "i", "we", "you", "have", "are", "is", "there", "any", "all", "the", "my", "our",
    "list", "show", "me", "find", "of", "a", "that", "talk", "in", "library", "here", "deal",
];

/// The topic of `which files do I have about …`: frame, files, frame, about, topic.
fn english_topic(words: &[&str]) -> Option<String> {
    let about = words.iter().position(|word| ABOUT.contains(word))?;
    let (before, topic) = (words.get(..about)?, words.get(about + 1..)?);
    let framed = before.iter().all(|word| FRAME.contains(word) || FILES.contains(word));
    let asks = ["which", "what", "do", "is", "are", "list", "show", "find"];
    let begins = before.first().is_some_and(|word| asks.contains(word));
    let files = before.iter().any(|word| FILES.contains(word));
    (framed && begins && files && !topic.is_empty()).then(|| topic.join(" "))
}

const CHINESE_FILES: [&str; 4] = ["文件", "文档", "资料", "文章"];

/// The topic of `我有哪些关于菜谱的文件` and of `哪些文件提到了菜谱`.
fn chinese_topic(question: &str) -> Option<String> {
    let asks = ["哪些", "什么", "有没有", "哪个", "列出"].iter().any(|word| question.contains(word));
    if !asks {
        return None;
    }
    for about in ["关于", "有关", "讲到", "提到了", "提到", "涉及"] {
        let Some((before, after)) = question.split_once(about) else { continue };
        if let Some((topic, end)) = after.rsplit_once('的')
            && CHINESE_FILES.iter().any(|files| end.starts_with(files))
        {
            return Some(topic.trim().to_owned()).filter(|topic| !topic.is_empty());
        }
        if CHINESE_FILES.iter().any(|files| before.trim_end_matches(['是', '里', '中']).ends_with(files)) {
            return Some(after.trim_end_matches(['吗', '呢']).trim().to_owned()).filter(|topic| !topic.is_empty());
        }
    }
    None
}

/// Questions about the library as a whole, each as the words that have to stand in it; nothing else may.
fn asks_for_library(words: &[&str]) -> bool {
    const ASKS: [&str; 8] = ["what", "what's", "which", "list", "show", "how", "summarise", "summarize"];
    const PLACES: [&str; 10] =
        ["here", "library", "collection", "files", "file", "documents", "document", "docs", "folder", "folders"];
    const OTHERS: [&str; 42] = [
        "is",
        "are",
        "in",
        "my",
        "the",
        "this",
        "these",
        "our",
        "your",
        "of",
        "do",
        "does",
        "i",
        "we",
        "you",
        "have",
        "there",
        "all",
        "about",
        "covered",
        "cover",
        "contain",
        "contains",
        "contained",
        "topics",
        "topic",
        "subjects",
        "subject",
        "themes",
        "many",
        "me",
        "by",
        "and",
        "kind",
        "kinds",
        "types",
        "content",
        "contents",
        "titles",
        "names",
        "a",
        "sort",
    ];
    let known = words.iter().all(|word| ASKS.contains(word) || PLACES.contains(word) || OTHERS.contains(word));
    let begins = words.first().is_some_and(|word| ASKS.contains(word));
    known && begins && words.iter().any(|word| PLACES.contains(word))
}

fn asks_for_library_in_chinese(question: &str) -> bool {
    let mut rest = question.trim_end_matches(['吗', '呢']).to_owned();
    let place = ["资料库", "文档库", "文件库", "知识库", "这里", "这儿", "文件夹", "文件", "文档", "资料"];
    let asks = ["有哪些", "哪些", "什么", "多少", "几", "列出"];
    if !place.iter().any(|word| rest.contains(word)) || !asks.iter().any(|word| rest.contains(word)) {
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

fn wanted(words: &[&str], question: &str) -> Wanted {
    let has = |all: &[&str]| all.iter().any(|word| words.contains(word));
    let first = words.first().copied().unwrap_or_default();
    let lists =
        matches!(first, "list" | "enumerate") || (matches!(first, "name" | "show" | "give") && has(&["all", "every"]));
    if lists || ["列出", "列举"].iter().any(|word| question.contains(word)) {
        return Wanted::Everything;
    }
    let counts = words.windows(2).any(|pair| pair == ["how", "many"])
        || matches!(first, "which")
        || has(&["all", "each", "every"]);
    let chinese = ["哪些", "所有", "全部", "每个", "每一", "多少", "几个", "一共", "总共"];
    if counts || chinese.iter().any(|word| question.contains(word)) { Wanted::Rows } else { Wanted::Best }
}

#[cfg(test)]
mod tests {
    use assay_domain::Wanted::{Best, Everything, Rows};

    use super::{Intent, intent};

    #[test]
    fn questions_about_the_library_are_told_from_questions_to_it() {
        for question in [
            "What topics are covered in my documents?",
            "What is in here?",
            "What's in this library?",
            "Which files do I have?",
            "How many documents are there in the library?",
            "List my files",
            "What are these documents about?",
            "资料库里有哪些文件？",
            "这里有什么？",
            "我的文档都讲了些什么？",
            "一共有多少个文件？",
        ] {
            assert_eq!(intent(question), Intent::Library, "{question}");
        }
        for (question, topic) in [
            ("Which files do I have about recipes?", "recipes"),
            ("Do I have any documents about solar panels?", "solar panels"),
            ("Is there anything about bread?", "bread"),
            ("List all files that mention the choir", "the choir"),
            ("我有哪些关于菜谱的文件？", "菜谱"),
            ("有没有关于太阳能的资料？", "太阳能"),
            ("哪些文件提到了合唱团？", "合唱团"),
        ] {
            assert_eq!(intent(question), Intent::Files { topic: topic.into() }, "{question}");
        }
    }

    #[test]
    fn lists_and_counts_want_more_than_the_best() {
        for (question, wanted) in [
            ("List all open issues", Everything),
            ("Name all suppliers", Everything),
            ("列出所有未解决的问题", Everything),
            ("How many issues are open?", Rows),
            ("What does each supplier charge for copper pipe 15 mm?", Rows),
            ("哪些问题还没有解决？", Rows),
            ("SKU-14082的库存是多少？", Rows),
            ("When did Ada Brand die?", Best),
            ("What is the context about?", Best),
            ("What files does the printer need?", Best),
            ("What do the documents say about the boiler?", Best),
            ("What topics are covered in the safety course?", Best),
            ("租房合同里写了什么？", Best),
            ("文件什么时候提交？", Best),
        ] {
            assert_eq!(intent(question), Intent::Passages(wanted), "{question}");
        }
    }
}
