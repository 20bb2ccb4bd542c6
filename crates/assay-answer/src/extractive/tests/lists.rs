//! Lists of rows of tables.

use assay_domain::{NumberedPassage, PassageRole, Prompt, Unread, Wanted};

use super::{answered, answered_from, numbered, prompt};

#[test]
fn the_row_of_column_names_is_no_row_of_a_list() {
    let rows: Vec<String> = (0..6).map(|number| format!("Issue: HM-{number} | Status: open")).collect();
    let table = format!("Issue | Status\n{}", rows.join("\n"));
    let (quotes, text) = answered("List all open issues", Wanted::Everything, vec![numbered(1, &table)]);
    assert_eq!(quotes, rows);
    assert!(text.starts_with("6 of 6 rows read in 1 file:"), "{text}");
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

/// The same table where two rows leave their status out.
fn with_gaps() -> Vec<NumberedPassage> {
    let rows = [
        "Invoice: R-1 | Customer: Acme | Amount: 400 | Status: paid",
        "Invoice: R-2 | Customer: Brandt | Amount: 900 | Status: open",
        "Invoice: R-3 | Customer: Acme | Amount: 650 | Status: overdue",
        "Invoice: R-4 | Customer: Conti | Amount: 700",
        "Invoice: R-5 | Customer: Brandt | Amount: n/a | Status: –",
    ];
    vec![NumberedPassage { name: "invoices.csv".into(), ..numbered(1, &rows.join("\n")) }]
}

#[test]
fn rows_that_do_not_say_what_is_asked_are_listed_apart() {
    for (question, fulfilling, apart) in [
        ("List all invoices that are not paid", vec![2, 3], vec![4, 5]),
        ("List all open invoices", vec![2], vec![4, 5]),
        ("List all invoices over 500", vec![2, 3, 4], vec![5]),
        ("List all paid invoices over 500", vec![], vec![4, 5]),
        ("List all invoices of Acme", vec![1, 3], vec![]),
        ("List all invoices except those of Acme and Brandt", vec![4], vec![]),
    ] {
        let (quotes, text) = answered(question, Wanted::Everything, with_gaps());
        let expected: Vec<String> =
            fulfilling.iter().chain(&apart).map(|number| format!("Invoice: R-{number} ")).collect();
        let fits = quotes.iter().zip(&expected).all(|(quote, start)| quote.starts_with(start.as_str()));
        assert!(fits && quotes.len() == expected.len(), "{question}: {text}");
        assert!(text.starts_with(&format!("{} of 5 rows read in 1 file:", fulfilling.len())), "{question}: {text}");
        let told = match apart.len() {
            0 => None,
            1 => Some("\n1 row does not say:\n".to_owned()),
            count => Some(format!("\n{count} rows do not say:\n")),
        };
        assert_eq!(text.contains("not say"), told.is_some(), "{question}: {text}");
        assert!(told.is_none_or(|told| text.contains(&told)), "{question}: {text}");
    }
}

#[test]
fn words_that_only_look_like_a_negation_or_a_bound_decide_nothing() {
    for (question, expected) in [
        ("List all invoices that are not paid but overdue", vec![3, 6]),
        ("List all invoices that are not only open but also overdue", vec![2, 3, 5, 6]),
        ("Besides the paid invoices, also list the open ones", vec![1, 2, 4, 5]),
        ("List all invoices that are not paid or open", vec![3, 6]),
        ("List all invoices that are not paid and overdue", vec![3, 6]),
        ("List all invoices that are not over 500", vec![1, 2, 5]),
        ("List all invoices due not before March 2024", vec![2, 3, 4]),
    ] {
        let (quotes, text) = answered(question, Wanted::Everything, invoices());
        let expected: Vec<String> = expected.iter().map(|number| format!("Invoice: R-{number} ")).collect();
        let fits = quotes.iter().zip(&expected).all(|(quote, start)| quote.starts_with(start.as_str()));
        assert!(fits && quotes.len() == expected.len(), "{question}: {text}");
    }
    // A number of invoices or of days is no amount.
    for question in ["List all customers with more than 5 invoices", "List all invoices open for over 30 days"] {
        let (_, text) = answered(question, Wanted::Everything, invoices());
        assert!(!text.contains("rows read"), "{question}: {text}");
    }
}

#[test]
fn words_in_chinese_that_only_look_like_an_exclusion_decide_nothing() {
    let rows = [
        "发票: R-1 | 金额: 400 | 状态: 已付款",
        "发票: R-2 | 金额: 500 | 状态: 未付款",
        "发票: R-3 | 金额: 650 | 状态: 逾期",
    ];
    for (question, expected) in [
        ("除了已付款的发票，也列出逾期的发票", vec![1, 3]),
        ("除了逾期的，还有哪些发票？请列出", vec![1, 2]),
        ("列出不是已付款而是逾期的发票", vec![3]),
    ] {
        let (quotes, text) = answered(question, Wanted::Everything, vec![numbered(1, &rows.join("\n"))]);
        let expected: Vec<&str> = expected.iter().map(|number: &usize| rows[number - 1]).collect();
        assert_eq!(quotes, expected, "{question}: {text}");
    }
}
