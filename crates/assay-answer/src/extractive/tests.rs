use std::sync::Arc;

use assay_domain::port::{AnswerPart, PairScore, Reranker, RerankerIdentity, Writer};
use assay_domain::{
    AnswerKind, ChunkId, DocumentId, Failure, GenerationId, NumberedPassage, PassageRole, Precision, Prompt, Unread,
    Wanted,
};
use futures::StreamExt;
use futures::executor::block_on;
use futures::stream::{self, BoxStream};

use super::{Choice, Extractive};
use crate::terms::distinct;

/// Counts shared words, in batches of two, or fails.
struct SharedWords {
    identity: RerankerIdentity,
    failure: Option<Failure>,
}

impl Reranker for SharedWords {
    fn identity(&self) -> &RerankerIdentity {
        &self.identity
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        if let Some(failure) = &self.failure {
            return stream::iter([Err(failure.clone())]).boxed();
        }
        let words = distinct(&question);
        let pairs: Vec<PairScore> = (0..)
            .zip(&passages)
            .map(|(index, passage)| {
                let shared = distinct(passage).iter().filter(|word| words.contains(word)).count();
                PairScore { index, logit: shared as f32, tokens_read: 1, tokens_total: 1 }
            })
            .collect();
        let batches: Vec<_> = pairs.chunks(2).map(|batch| Ok(batch.to_vec())).collect();
        stream::iter(batches).boxed()
    }
}

const ROOF: &str = "The pump stands on the roof. Its pressure is 3.5 bar at most. Nobody lives there, says Dr. Li.";
const CELLAR: &str =
    "Its pressure is 3.5 bar at most. The cellar holds wine.\nThe pressure of the pump is checked daily.";

#[test]
fn the_best_sentences_are_quoted_best_first() {
    let usual = Choice { margin: 3.0, ..Choice::default() };
    // By shared words, equals by overlap, a repeated sentence once.
    check(
        rerank(None),
        usual,
        "What is the pressure of the pump?",
        &[ROOF, CELLAR],
        "extractive",
        &[
            (2, "The pressure of the pump is checked daily."),
            (1, "Its pressure is 3.5 bar at most."),
            (1, "The pump stands on the roof."),
        ],
    );
    let one = Choice { max_sentences: 1, ..Choice::default() };
    check(
        rerank(None),
        one,
        "What is the pressure of the pump?",
        &[ROOF, CELLAR],
        "extractive",
        &[(2, "The pressure of the pump is checked daily.")],
    );
    // The margin cuts.
    let narrow = Choice { margin: 0.5, ..Choice::default() };
    check(
        rerank(None),
        narrow,
        "What is the pressure of the pump?",
        &[ROOF, CELLAR],
        "extractive",
        &[(2, "The pressure of the pump is checked daily.")],
    );
    check(rerank(None), usual, "anything", &[], "extractive", &[]);
}

/// A passage of `manual.md` with its heading and the logit that put it in its place.
fn under(heading: &str, logit: f32, text: &str) -> NumberedPassage {
    NumberedPassage { heading: Some(heading.into()), logit: Some(logit), ..numbered(1, text) }
}

/// Quotes and text of the answer to a question over these passages.
fn answered(question: &str, wanted: Wanted, passages: Vec<NumberedPassage>) -> (Vec<String>, String) {
    answered_from(Prompt { wanted, passages, ..prompt(question, &[]) })
}

fn answered_from(prompt: Prompt) -> (Vec<String>, String) {
    let passages = (1..).zip(prompt.passages).map(|(number, passage)| NumberedPassage { number, ..passage }).collect();
    let prompt = Prompt { passages, ..prompt };
    let parts: Vec<AnswerPart> = block_on(Extractive::new(rerank(None)).write(prompt).map(Result::unwrap).collect());
    let (mut quotes, mut text) = (Vec::new(), String::new());
    for part in parts {
        match part {
            AnswerPart::Text(more) => text.push_str(&more),
            AnswerPart::Quote { quote, .. } => quotes.push(quote),
            other => panic!("quotes have no {other:?}"),
        }
    }
    (quotes, text)
}

#[test]
fn a_sentence_that_a_page_break_cuts_is_quoted_from_both_pages() {
    let first = numbered(1, "Rent is due on the first day. The rest of the deposit is paid back within");
    let continuation =
        |logit, role, continues, text: &str| NumberedPassage { logit, role, continues, ..numbered(2, text) };
    let end = "forty-five days after the keys are returned. Pets stay outside with the deposit.";
    let question = "Within how many days is the deposit paid back?";
    let joined = ["The rest of the deposit is paid back within", "forty-five days after the keys are returned."];
    let shown = "“The rest of the deposit is paid back within” [1] “forty-five days after the keys are returned.” [2]";

    // The first half was kept, or both were.
    for (logit, role) in [(None, PassageRole::Continuation), (Some(0.5), PassageRole::Kept)] {
        let passages = vec![
            NumberedPassage { logit: Some(2.0), ..first.clone() },
            continuation(logit, role, Some(first.chunk), end),
        ];
        let (quotes, text) = answered(question, Wanted::Best, passages);
        assert_eq!(quotes.get(..2).unwrap(), joined, "{text}");
        assert!(text.starts_with(shown), "{text}");
    }
    // The second half was kept; its other page says nothing else.
    let kept = continuation(Some(2.0), PassageRole::Kept, Some(first.chunk), end);
    let before = NumberedPassage { role: PassageRole::Continuation, ..first.clone() };
    let (quotes, _) = answered("When is the rent due and the deposit paid back?", Wanted::Best, vec![kept, before]);
    assert!(joined.iter().all(|half| quotes.iter().any(|quote| quote == half)), "{quotes:?}");
    assert!(!quotes.iter().any(|quote| quote.contains("Rent is due")), "{quotes:?}");
}

#[test]
fn a_passage_under_the_heading_that_was_asked_for_comes_before_another_models_sentence() {
    let bolts = "The lid bolts are tightened with 9 newton metres.";
    let other = "The lid bolts are tightened with 22 newton metres.";
    let manual = || vec![under("Manual > KX-300", 1.17, other), under("Manual > KX-100", 1.13, bolts)];
    let (quotes, text) =
        answered("With how many newton metres are the lid bolts of the KX-100 tightened?", Wanted::Best, manual());
    assert_eq!(quotes[0], bolts);
    assert!(text.starts_with(&format!("“{bolts}” [2] (Manual > KX-100)")), "the quote names its model: {text}");
    let (quotes, _) =
        answered("With how many newton metres are the lid bolts of the KX 300 tightened?", Wanted::Best, manual());
    assert_eq!(quotes[0], other);
}

#[test]
fn a_heading_within_the_passage_counts_like_one_above_it() {
    let titled = "# Manual\n\n## KX-100\n\nThe lid bolts are tightened with 9 newton metres.";
    let other = "## KX-300\n\nThe lid bolts are tightened with 22 newton metres.";
    let manual = vec![under("Manual > KX-300", 1.17, other), under("Manual", 1.13, titled)];
    let question = "With how many newton metres are the lid bolts of the KX-100 tightened?";
    let (quotes, text) = answered(question, Wanted::Best, manual);
    assert_eq!(quotes[0], "The lid bolts are tightened with 9 newton metres.");
    assert!(text.lines().next().unwrap().ends_with("(Manual > KX-100)"), "{text}");
}

#[test]
fn the_row_of_column_names_is_no_row_of_a_list() {
    let rows: Vec<String> = (0..6).map(|number| format!("Issue: HM-{number} | Status: open")).collect();
    let table = format!("Issue | Status\n{}", rows.join("\n"));
    let (quotes, text) = answered("List all open issues", Wanted::Everything, vec![numbered(1, &table)]);
    assert_eq!(quotes, rows);
    assert!(text.starts_with("6 of 6 rows read in 1 file:"), "{text}");
}

#[test]
fn a_sentence_of_the_best_passage_comes_before_a_like_one_of_a_worse_passage() {
    let hall = "The hall is open from ten to nine, and later on Fridays in the warm months.";
    let note = "Opening hours are subject to change.";
    let passages = vec![under("Hall", 2.4, hall), under("Notes", -1.9, note)];
    let (quotes, _) = answered("When are the opening hours of the hall?", Wanted::Best, passages);
    assert_eq!(quotes[0], hall);
}

#[test]
fn an_identifier_counts_in_the_sentence_or_in_the_name_of_its_file() {
    let decision =
        |name: &str, text: &str, logit| NumberedPassage { name: name.into(), heading: None, ..under("", logit, text) };
    let passages = vec![
        decision("dec-0405.md", "Visitors park behind the hall.", 1.4),
        decision("dec-0054.md", "New laptops are bought every fourth year.", 1.3),
    ];
    let (quotes, _) = answered("What was decided in DEC-0054?", Wanted::Best, passages);
    assert_eq!(quotes[0], "New laptops are bought every fourth year.");
}

#[test]
fn more_sentences_of_nearly_the_same_weight_are_counted() {
    let many = "The pump is red. The pump is green. The pump is blue. The pump is grey. The pump is white.";
    let (quotes, text) = answered("Which colour is the pump?", Wanted::Best, vec![numbered(1, many)]);
    assert_eq!(quotes.len(), 3);
    assert!(text.ends_with("\n… and 2 more"), "{text}");
    let chinese = "水泵的颜色是红色的一种。水泵的颜色是绿色的一种。水泵的颜色是蓝色的一种。水泵的颜色是灰色的一种。";
    let (_, text) = answered("水泵的颜色是什么？", Wanted::Best, vec![numbered(1, chinese)]);
    assert!(text.ends_with("\n……另有 1 处"), "{text}");
}

/// Rows of two pages of a table of issues; every third one is open.
fn issues() -> Vec<NumberedPassage> {
    let row = |number: u32| {
        let status = if number.is_multiple_of(3) { "open" } else { "closed" };
        format!("Issue: HM-{} | Title: part {number} | Status: {status}", 100 + number)
    };
    let page = |numbers: std::ops::Range<u32>| numbers.map(row).collect::<Vec<_>>().join("\n");
    let name = || "issues.xlsx".to_owned();
    vec![
        NumberedPassage { name: name(), ..numbered(0, &page(0..15)) },
        NumberedPassage { name: name(), ..numbered(1, &page(15..31)) },
        numbered(1, "Open the window before you report issues."),
    ]
}

#[test]
fn all_rows_that_fulfil_the_question_are_listed() {
    for question in ["List all open issues", "How many issues are open?"] {
        let (quotes, text) = answered(question, Wanted::Everything, issues());
        let expected: Vec<String> = (0..31).step_by(3).map(|number| format!("HM-{} ", 100 + number)).collect();
        assert_eq!(quotes.len(), 11, "{question}: {text}");
        assert!(quotes.iter().zip(&expected).all(|(quote, name)| quote.contains(name.as_str())), "{quotes:?}");
        assert!(text.starts_with("11 of 31 rows read in 1 file:"), "{text}");
    }
    let (quotes, _) = answered("List all issues", Wanted::Everything, issues());
    assert_eq!(quotes.len(), 31);
    // A question about no table gets sentences, more than usual, and says how much was read.
    let (quotes, text) = answered("What must be open before the report?", Wanted::Everything, vec![issues().remove(2)]);
    assert_eq!(quotes, ["Open the window before you report issues."]);
    assert!(text.starts_with("1 of 1 sentence read in 1 file:"), "{text}");
}

/// A table of invoices in two files' worth of rows.
fn invoices() -> Vec<NumberedPassage> {
    let rows = [
        "Invoice: R-1 | Customer: Acme | Amount: 400 | Due: 2024-02-10 | Status: paid",
        "Invoice: R-2 | Customer: Brandt | Amount: 500 | Due: 2024-03-01 | Status: open",
        "Invoice: R-3 | Customer: Acme | Amount: 650 | Due: 2024-03-20 | Status: overdue",
        "Invoice: R-4 | Customer: Conti | Amount: 1,200 | Due: 2024-04-02 | Status: paid",
        "Invoice: R-5 | Customer: Brandt | Amount: 90 | Due: 2024-01-15 | Status: open",
        "Invoice: R-6 | Customer: Conti | Amount: 720 | Due: 2023-12-30 | Status: overdue",
    ];
    vec![NumberedPassage { name: "invoices.csv".into(), ..numbered(1, &rows.join("\n")) }]
}

#[test]
fn negations_and_bounds_decide_which_rows_are_listed() {
    for (question, expected) in [
        ("List all invoices", vec![1, 2, 3, 4, 5, 6]),
        ("List all paid invoices", vec![1, 4]),
        ("List all invoices that are not paid", vec![2, 3, 5, 6]),
        ("List all invoices that aren't open", vec![1, 3, 4, 6]),
        ("List all invoices except those of Acme", vec![2, 4, 5, 6]),
        ("List all invoices without those of Acme that are not paid", vec![2, 5, 6]),
        ("List all invoices over 500", vec![3, 4, 6]),
        ("List all invoices of at least 500", vec![2, 3, 4, 6]),
        ("List all paid invoices over 500", vec![4]),
        ("List all invoices with an amount under 100", vec![5]),
        ("List all invoices between 100 and 700", vec![1, 2, 3]),
        ("List all invoices before March", vec![1, 5]),
        ("List all invoices before March 2024", vec![1, 5, 6]),
        ("List all invoices due after 2024-03-01", vec![3, 4]),
        ("How many invoices are overdue?", vec![3, 6]),
    ] {
        let (quotes, text) = answered(question, Wanted::Everything, invoices());
        let expected: Vec<String> = expected.iter().map(|number| format!("Invoice: R-{number} ")).collect();
        let fits = quotes.iter().zip(&expected).all(|(quote, start)| quote.starts_with(start.as_str()));
        assert!(fits && quotes.len() == expected.len(), "{question}: {text}");
        assert!(text.starts_with(&format!("{} of 6 rows read in 1 file:", expected.len())), "{question}: {text}");
    }
}

#[test]
fn negations_and_bounds_in_chinese_decide_which_rows_are_listed() {
    let rows = [
        "发票: R-1 | 金额: 400 | 日期: 2024-02-10 | 状态: 已付款",
        "发票: R-2 | 金额: 500 | 日期: 2024-03-01 | 状态: 未付款",
        "发票: R-3 | 金额: 650 | 日期: 2024-03-20 | 状态: 逾期",
    ];
    for (question, expected) in [
        ("列出所有未付款的发票", vec![2]),
        ("列出不是已付款的发票", vec![2, 3]),
        ("列出除了逾期以外的发票", vec![1, 2]),
        ("列出超过500的发票", vec![3]),
        ("列出500元以上的发票", vec![2, 3]),
        ("列出3月之前的发票", vec![1]),
        ("列出所有发票", vec![1, 2, 3]),
    ] {
        let (quotes, text) = answered(question, Wanted::Everything, vec![numbered(1, &rows.join("\n"))]);
        let expected: Vec<&str> = expected.iter().map(|number: &usize| rows[number - 1]).collect();
        assert_eq!(quotes, expected, "{question}: {text}");
    }
}

#[test]
fn a_column_that_is_named_does_not_make_a_table_the_answer() {
    let table = "Name: Ada | Room: 3\nName: Ben | Room: 4\nName: Cleo | Room: 5";
    let door = "The name on the door is Brandt.";
    let (quotes, text) =
        answered("Which name is on the door?", Wanted::Rows, vec![numbered(1, door), numbered(2, table)]);
    assert_eq!(quotes[0], door, "{text}");
    // No row says `critical`, so the number of all issues is no answer.
    let (_, text) = answered("How many issues are critical?", Wanted::Rows, issues());
    assert!(!text.contains("31 rows"), "{text}");
    let (_, text) = answered(
        "有多少个问题是严重的？",
        Wanted::Rows,
        vec![numbered(1, "问题: 漏水 | 状态: 未解决\n问题: 断电 | 状态: 已解决")],
    );
    assert!(!text.contains("2 行"), "{text}");
    // What no row says is told where another condition holds.
    let (_, text) = answered("How many issues are open and critical?", Wanted::Rows, issues());
    assert!(text.starts_with("11 of 31 rows read in 1 file (no row says “critical”):"), "{text}");
}

#[test]
fn a_sentence_answers_which_where_it_says_as_much_in_a_better_passage() {
    let table = "Part: pump | Price: 3\nPart: hose | Price: 4\nPart: lamp | Price: 5";
    let colour = "The colour of the pump is red.";
    for passages in [vec![colour, table], vec![table, colour]] {
        let passages = passages.into_iter().map(|text| numbered(1, text)).collect();
        let (quotes, text) = answered("Which colour is the pump?", Wanted::Rows, passages);
        assert_eq!(quotes[0], colour, "{text}");
    }
    let (quotes, _) =
        answered("Which price has the pump?", Wanted::Rows, vec![numbered(1, colour), numbered(1, table)]);
    assert_eq!(quotes, ["Part: pump | Price: 3"]);
    let stock = "SKU: 14082 | 库存: 7\nSKU: 14083 | 库存: 9\nSKU: 14084 | 库存: 2";
    let (quotes, _) =
        answered("SKU 14082的库存是多少？", Wanted::Rows, vec![numbered(1, stock), numbered(1, "库存每周清点一次。")]);
    assert_eq!(quotes, ["SKU: 14082 | 库存: 7"]);
}

#[test]
fn of_a_table_below_the_threshold_only_rows_that_fulfil_the_question_are_quoted() {
    let rows = issues().into_iter().map(|passage| NumberedPassage { role: PassageRole::NearestTable, ..passage });
    let rows: Vec<NumberedPassage> = rows.collect();
    let table = || Prompt { wanted: Wanted::Rows, passages: rows.clone(), ..prompt("How many issues are open?", &[]) };
    let (quotes, text) = answered_from(table());
    assert_eq!(quotes.len(), 11, "{text}");
    let (quotes, text) = answered_from(Prompt { question: "How many issues are lost?".into(), ..table() });
    assert_eq!((quotes.len(), text.as_str()), (0, ""));
}

#[test]
fn a_list_says_what_was_not_read() {
    let unread = Unread { passages: 40, documents: 2 };
    let open =
        || Prompt { wanted: Wanted::Everything, unread, passages: issues(), ..prompt("List all open issues", &[]) };
    let (_, text) = answered_from(open());
    assert!(
        text.starts_with("11 of 31 rows read in 1 file (40 passages of them not read; 2 more files not read):"),
        "{text}"
    );
    let (_, text) = answered_from(Prompt { question: "列出所有 open 的 issue".into(), ..open() });
    assert!(text.contains("（其中 40 个段落未读；另有 2 个文件未读）："), "{text}");
}

#[test]
fn a_long_list_says_how_many_rows_it_leaves_out() {
    let rows: Vec<String> = (0..90).map(|number| format!("Issue: {number} | Status: open")).collect();
    let (quotes, text) = answered("List all open issues", Wanted::Everything, vec![numbered(1, &rows.join("\n"))]);
    assert_eq!(quotes.len(), 60);
    assert!(text.starts_with("90 of 90 rows") && text.ends_with("… and 30 more"), "{text}");
}

#[test]
fn without_a_reranker_word_overlap_decides_and_the_name_says_so() {
    let usual = Choice::default();
    let name = "extractive (word overlap)";
    check(
        None,
        usual,
        "Who says nobody lives on it?",
        &[ROOF, CELLAR],
        name,
        &[(1, "Nobody lives there, says Dr. Li.")],
    );
    check(None, usual, "无关的问题", &[ROOF, CELLAR], name, &[(1, "The pump stands on the roof.")]);
    let chinese = ["水泵安装在屋顶的机房里。最高压力为三点五巴，不得超过。酒存放在地下室的木架上。"];
    check(None, usual, "最高压力是多少？", &chinese, name, &[(1, "最高压力为三点五巴，不得超过。")]);
    // A failure of the reranker falls back to word overlap, a stop does not.
    check(
        rerank(Some(Failure::bug("lost"))),
        usual,
        "Who says nobody lives on it?",
        &[ROOF],
        name,
        &[(1, "Nobody lives there, says Dr. Li.")],
    );
    let stopped = Extractive::new(rerank(Some(Failure::stopped())));
    let parts: Vec<_> = block_on(stopped.write(prompt("pump", &[ROOF])).collect());
    assert_eq!(parts, [Err(Failure::stopped())]);
}

#[test]
fn it_has_no_budget_and_counts_nothing() {
    let writer = Extractive::new(None);
    assert_eq!(writer.kind(), AnswerKind::Extractive);
    assert_eq!(writer.budget(), None);
    assert_eq!(block_on(writer.count_tokens(vec!["a".into(), "b".into()])), Ok(vec![0, 0]));
}

fn check(
    reranker: Option<Arc<dyn Reranker>>,
    choice: Choice,
    question: &str,
    passages: &[&str],
    name: &str,
    expected: &[(u32, &str)],
) {
    let writer = Extractive::new(reranker).with_choice(choice);
    let parts: Vec<AnswerPart> = block_on(writer.write(prompt(question, passages)).map(Result::unwrap).collect());
    let mut text = String::new();
    let mut quotes = Vec::new();
    for part in &parts {
        match part {
            AnswerPart::Text(more) => text.push_str(more),
            AnswerPart::Quote { number, quote } => quotes.push((*number, quote.as_str())),
            other => panic!("quotes have no {other:?}"),
        }
    }
    assert_eq!(quotes, expected, "quotes for {question:?}");
    for (number, quote) in &quotes {
        assert!(passages[*number as usize - 1].contains(quote), "{quote:?} is no slice");
        assert!(text.contains(&format!("“{quote}” [{number}]")), "{text}");
    }
    assert_eq!(writer.name(), name);
}

fn rerank(failure: Option<Failure>) -> Option<Arc<dyn Reranker>> {
    let identity = RerankerIdentity {
        name: "shared words".into(),
        weights: String::new(),
        max_tokens: 512,
        languages: Vec::new(),
        device: "cpu".into(),
        precision: Precision::F32,
    };
    Some(Arc::new(SharedWords { identity, failure }))
}

fn prompt(question: &str, passages: &[&str]) -> Prompt {
    let passages = (1..).zip(passages).map(|(number, text)| numbered(number, text));
    Prompt {
        question: question.into(),
        passages: passages.collect(),
        wanted: Wanted::Best,
        unread: Unread::default(),
        system: String::new(),
        user: String::new(),
    }
}

fn numbered(number: u32, text: &str) -> NumberedPassage {
    NumberedPassage {
        number,
        chunk: ChunkId { generation: GenerationId(1), ordinal: number },
        document: DocumentId(1),
        name: "a.txt".into(),
        folder: String::new(),
        page: None,
        heading: None,
        logit: None,
        text: text.to_owned(),
        role: PassageRole::Kept,
        continues: None,
    }
}
