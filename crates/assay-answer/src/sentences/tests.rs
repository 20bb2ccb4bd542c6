use super::sentences;

#[test]
fn sentences_of_many_kinds_of_text() {
    check("", &[]);
    check("  \n\n ", &[]);
    check("no end mark at all", &["no end mark at all"]);
    // Plain English.
    check(
        "The pump is on the roof. It was built in 1998. Is it loud? Not at all, really!",
        &["The pump is on the roof.", "It was built in 1998.", "Is it loud?\u{20}Not at all, really!"],
    );
    // Abbreviations and initials.
    check(
        "Dr. J. Smith met Prof. Lee, e.g. at noon. See Fig. 3 and No. 7 for details. He said no. Then he left the room.",
        &[
            "Dr. J. Smith met Prof. Lee, e.g. at noon.",
            "See Fig. 3 and No. 7 for details.",
            "He said no. Then he left the room.",
        ],
    );
    check(
        "Valves, hoses, etc. are sold apart. We sell valves, hoses, etc. The shop is open. Smith et al. (2019) agree with this.",
        &[
            "Valves, hoses, etc. are sold apart.",
            "We sell valves, hoses, etc.",
            "The shop is open.",
            "Smith et al. (2019) agree with this.",
        ],
    );
    check(
        "The U.S. Army uses it every day. We do not use it.",
        &["The U.S. Army uses it every day.", "We do not use it."],
    );
    // A value below its label; numbers below each other stay apart.
    check(
        "Payslip for Dina Roos, May\nGross pay\n3,420.00\nNet pay\n2,338.70 EUR\nThe office is closed in August.",
        &[
            "Payslip for Dina Roos, May",
            "Gross pay\n3,420.00",
            "Net pay\n2,338.70 EUR",
            "The office is closed in August.",
        ],
    );
    check(
        "Invoice of the harbour office\nTotal amount due:\n€ 2,338.70\n应付金额总计：\n2,338.70 元",
        &["Invoice of the harbour office", "Total amount due:\n€ 2,338.70", "应付金额总计：\n2,338.70 元"],
    );
    check(
        "Years of the flood, by the parish book\n1784\n1803\n1926",
        &["Years of the flood, by the parish book\n1784", "1803", "1926"],
    );
    // Decimals, versions, addresses.
    check(
        "Version 3.2.1 needs 0.5 bar. Read it on example.com/a.b today. The limit is 7.5. Nothing else counts here.",
        &[
            "Version 3.2.1 needs 0.5 bar.",
            "Read it on example.com/a.b today.",
            "The limit is 7.5.",
            "Nothing else counts here.",
        ],
    );
    // Closing marks and citation numbers.
    check(
        "“Stop the machine!” he shouted loudly. (It was late.) The engine ran on.[12] Nobody heard him there.",
        &[
            "“Stop the machine!” he shouted loudly.",
            "(It was late.)",
            "The engine ran on.[12]",
            "Nobody heard him there.",
        ],
    );
    // Chinese.
    check(
        "水泵安装在屋顶上面的机房里。压力不得超过三点五巴！操作人员必须每天检查；记录保存两年以上。“请勿靠近设备运行区域。”他说道的是实话。",
        &[
            "水泵安装在屋顶上面的机房里。",
            "压力不得超过三点五巴！",
            "操作人员必须每天检查；",
            "记录保存两年以上。",
            "“请勿靠近设备运行区域。”",
            "他说道的是实话。",
        ],
    );
    check("是的。水泵的压力为3.5巴，版本为v2.1。", &["是的。水泵的压力为3.5巴，版本为v2.1。"]);
    check(
        "使用 LanceDB 0.41 存储向量。The index is rebuilt every night. 之后会重新加载索引文件。",
        &["使用 LanceDB 0.41 存储向量。", "The index is rebuilt every night.", "之后会重新加载索引文件。"],
    );
    // Wrapped lines, paragraphs.
    check(
        "The pump of the northern building is connected to the\nWestern grid and runs at night. It stops at\ndawn.\n\nA new paragraph follows here",
        &[
            "The pump of the northern building is connected to the\nWestern grid and runs at night.",
            "It stops at\ndawn. ".trim_end(),
            "A new paragraph follows here",
        ],
    );
    // Markdown.
    check(
        "# Maintenance\n\n- Check the oil level weekly\n- Replace the filter twice a year.\n* Call the service team\n\n1. Open the front cover\n2. Press the red button\n\n---\n> Quoted words stay here",
        &[
            "Check the oil level weekly",
            "Replace the filter twice a year.",
            "Call the service team",
            "Open the front cover",
            "Press the red button",
            "Quoted words stay here",
        ],
    );
    // Short pieces are joined to the next one, but not over a heading.
    check(
        "Note: this.\nThe pump must be dry before it starts.",
        &["Note: this.\nThe pump must be dry before it starts."],
    );
    check(
        "Serial\n\n## Next\nThe pump must be dry before it starts.",
        &["Serial", "The pump must be dry before it starts."],
    );
}

#[test]
fn lines_that_do_not_belong_together_are_not_joined() {
    // Items in lower case.
    let crates = "crate marked \"QX41\" holds  1  kite\ncrate marked \"RT09\"  holds  2  lanterns\n";
    check(crates, &["crate marked \"QX41\" holds  1  kite", "crate marked \"RT09\"  holds  2  lanterns"]);
    // Items of very different lengths, some of them wide.
    let items = "the blue bicycle in the shed behind the house of the neighbours\na lamp\ntwo boxes of books\n\
                 the green suitcase with the broken wheel under the stairs";
    let four: Vec<&str> = items.lines().collect();
    check(items, &four);
    // Rows of a table, wide and narrow; a cell may hold sentences.
    let rows = "Supplier: Aldan | Item: copper pipe 15 mm | Price per metre: 4.20 | Delivery: two days. Not on Mondays.\n\
                Supplier: Aldan | Item: brass elbow 15 mm | Price per metre: 1.10 | Delivery: four days\n\
                supplier: Beryl | Item: x";
    let three: Vec<&str> = rows.lines().collect();
    check(rows, &three);
    let tabs = "Oslo\t1925\tthe last year of the old name\nBergen\t1070\tthe year in which the town was founded";
    check(tabs, &tabs.lines().collect::<Vec<_>>());
    // Labels with values.
    let form =
        "Opening hours: from ten in the morning until six in the evening\nclosed: on the first Monday of the month";
    check(form, &form.lines().collect::<Vec<_>>());
}

#[test]
fn a_row_is_never_cut() {
    let row = format!("Name: {}", "a long cell, | ".repeat(60)) + "End: 1";
    check(&row, &[&row]);
}

#[test]
fn long_sentences_are_cut_and_nothing_is_lost() {
    let long = "the quick brown fox, ".repeat(60);
    let parts = sentences(&long);
    assert!(parts.len() >= 3);
    assert!(parts.iter().all(|part| long[part.clone()].chars().count() <= 400));
    let joined: String = parts.iter().map(|part| &long[part.clone()]).collect();
    assert_eq!(joined.replace(' ', ""), long.replace(' ', ""));
    let dense = "泵".repeat(1000);
    assert_eq!(sentences(&dense).len(), 3);
}

#[test]
fn any_bytes_give_ordered_slices() {
    let odd = "a.\r\n\t…!?】【1】.. 9. x) \u{feff}é̀. – — ・。。\n#\n##x\n1.\n- \n-\n😀! ok. 日本。";
    for start in odd.char_indices().map(|(at, _)| at) {
        let text = &odd[start..];
        let mut last = 0;
        for range in sentences(text) {
            assert!(range.start >= last && range.end > range.start);
            assert_eq!(text[range.clone()].trim(), &text[range.clone()]);
            last = range.end;
        }
    }
}

fn check(text: &str, expected: &[&str]) {
    let found: Vec<&str> = sentences(text).into_iter().map(|range| &text[range]).collect();
    assert_eq!(found, expected, "sentences of {text:?}");
}
