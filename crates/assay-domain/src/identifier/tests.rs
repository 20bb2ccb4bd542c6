use super::{IdentifierKind, Names, asked_for, identifiers};
use IdentifierKind::{Code, Number, Year};

#[test]
fn codes_years_and_numbers_are_found() {
    let check = |text: &str, expected: &[(&str, IdentifierKind)]| {
        let found: Vec<_> = identifiers(text).into_iter().map(|one| (one.written, one.kind)).collect();
        let found: Vec<_> = found.iter().map(|(written, kind)| (written.as_str(), *kind)).collect();
        assert_eq!(found, expected, "identifiers of {text:?}");
    };
    check("How are the bolts of the KX-300 tightened?", &[("KX-300", Code)]);
    check("The KX 300 and the kx300", &[("KX 300", Code)]);
    check("What does apply_secrets do?", &[("apply_secrets", Code)]);
    check("What was the profit in 2021?", &[("2021", Year)]);
    check("SKU-14082的库存是多少？", &[("SKU-14082", Code)]);
    check("二〇二一年的利润", &[("2021", Year)]);
    check("２０２１年", &[("2021", Year)]);
    check("copper pipe 15 mm, 1 kite, in the 1990s, on the 2nd", &[("15", Number)]);
    check("Who was it, and where?", &[]);
    check("What does ISO 27001 ask for?", &[("ISO 27001", Code)]);
    check("What is new in v1.2.3?", &[("v1.2.3", Code)]);
    // A word in capitals before a year is no series.
    check("What did we spend IN 2021?", &[("2021", Year)]);
    check("Does the TAX 2021 form change?", &[("2021", Year)]);
    check("WHAT IS THE FEE FOR 300 UNITS", &[("300", Number)]);
}

#[test]
fn a_year_is_told_from_quantities_and_parts_of_numbers() {
    for (text, kind) in [
        ("What was the profit of 2021?", Some(Year)),
        ("the 2021 annual report", Some(Year)),
        ("What was sold on March 3 2021?", Some(Year)),
        ("Which town hall burned down in 1848?", Some(Year)),
        ("1848年发生了什么？", Some(Year)),
        ("FY24 revenue", Some(Year)),
        ("FY 24 revenue", Some(Year)),
        ("revenue of FY2024", Some(Year)),
        ("revenue of fiscal 2024", Some(Year)),
        ("24财年的收入", Some(Year)),
        ("the mid-2021 review", Some(Year)),
        ("the Jan-2024 invoice", Some(Year)),
        ("Q3-2024 results", Some(Year)),
        ("profit 2019-2021", Some(Year)),
        ("profit 2019–21", Some(Year)),
        ("2019至2021年的利润", Some(Year)),
        ("profit from 2019 to 2021", Some(Year)),
        ("24年的经验", Some(Number)),
        ("a heater of 1500 W", Some(Number)),
        ("a heater of 2000 W", Some(Number)),
        ("a heater of 1,500 W", Some(Number)),
        ("a diet of 1900-2000 kcal", Some(Number)),
        ("an invoice of $2021", Some(Number)),
        ("an invoice of EUR 2000", Some(Number)),
        ("an invoice of 2000 euros", Some(Number)),
        ("USD1500", Some(Number)),
        ("2000元的发票", Some(Number)),
        ("2000个文件", Some(Number)),
        ("call 044 123 2021", Some(Number)),
        ("at 20:21", Some(Number)),
        ("a train at 2021:30", Some(Number)),
        ("2000% growth", Some(Number)),
        ("page 2021", Some(Number)),
        ("more than 2000", Some(Number)),
        ("what happened, 1500", Some(Number)),
        ("Office 365", Some(Number)),
        ("in the 1990s", None),
    ] {
        let found = identifiers(text);
        let last = found.last().map(|one| one.kind);
        assert_eq!(last, kind, "{text:?}: {found:?}");
    }
}

#[test]
fn every_written_form_of_a_name_names_it() {
    let asked = |text: &str| identifiers(text).pop().unwrap();
    for (text, question, named) in [
        ("DEC-0054 was accepted", "DEC-0054", true),
        ("DEC-0045A was accepted", "DEC-0045", false),
        ("the KX300 and its lid", "KX-300", true),
        ("the KX-3000", "KX-300", false),
        ("the KX-100, 300 mm long", "KX-300", false),
        ("dec-0054.md", "DEC-0054", true),
        ("dec-0054a.md", "DEC-0054", false),
        ("stock_2021.csv", "2021", true),
        ("FY2021", "2021", true),
        ("from 2019-2024", "2021", true),
        ("from 2019–2024", "2021", true),
        ("in 2020 and 2022", "2021", false),
        ("on 2021-03-04", "2021", true),
        ("二〇二一年", "2021", true),
        ("certified to ISO/IEC 27001:2013", "ISO 27001", true),
        ("certified to ISO 27001", "ISO27001", true),
        ("certified to DIN EN ISO 9001", "ISO 9001", true),
        ("certified to ISO 9001", "ISO 27001", false),
        ("see Article 300", "ART 300", true),
        ("Version 1.2.3 fixes it", "v1.2.3", true),
        ("v1.2.3 fixes it", "version 1.2.3", true),
        ("v1.2.3 fixes it", "v1.2", true),
        ("version 1.2 fixes it", "v1.2.0", true),
        ("v1.2.4 fixes it", "v1.2.3", false),
        ("2019–21", "2020", true),
        ("2019/20", "2020", true),
        ("2019 to 2021", "2020", true),
        ("2019至2021年", "2020年", true),
        ("2019年到2021年", "2020年", true),
        ("二〇一九年至二〇二一年", "2020年", true),
        ("the year 2022", "2019-2021", false),
        ("the year 2020", "2019-2021", true),
        ("invoice of 20210304", "2021", true),
        ("in 2001-12", "2005", false),
        ("Microsoft Office 365", "Office365", true),
        ("in FY24", "2024", true),
        ("in FY 24", "FY2024", true),
        ("in FY23/24", "2024", true),
        ("in fiscal year 2024", "FY24", true),
        ("in fiscal 2024", "FY2024", true),
        ("in 2023", "FY2024", false),
        ("24年的收入", "2024年", true),
        ("2024年度", "24年", true),
        ("in the summer of '24", "2024", true),
        ("on 12.03.21", "2021", true),
        ("２０２１年", "2021", true),
        ("a heater of 1,500 W", "1500 W", true),
        ("a heater of 1’500 W", "1500 W", true),
        ("a heater of 1500W", "1,500 W", true),
        ("a heater of 1,500 W", "1500W", true),
        ("１，５００瓦", "1500瓦", true),
        ("a fee of 2,000 euros", "2000", true),
        ("a heater of 1,600 W", "1500 W", false),
    ] {
        assert_eq!(Names::of(text).contain(&asked(question)), named, "{question} in {text:?}");
    }
}

#[test]
fn what_a_question_takes_out_or_names_as_a_bound_is_not_asked_for() {
    for (question, expected) in [
        ("How are the bolts of the KX-300 tightened?", vec!["KX-300"]),
        ("Which models other than the KX-300 have a lid?", vec![]),
        ("Which models except for the KX-100, the KX-200 and the KX-300 have a lid?", vec![]),
        ("All but the KX-300", vec![]),
        ("Which report does not cover 2021?", vec![]),
        ("Which report doesn't cover 2021?", vec![]),
        ("Why does the KX-300 not start?", vec!["KX-300"]),
        ("What is done before the KX-300 is shipped?", vec!["KX-300"]),
        ("What was the profit of KX-300 before 2020?", vec!["KX-300"]),
        ("What changed between 2019 and 2021?", vec![]),
        ("What changed since 2019, and what was the profit in 2023?", vec!["2023"]),
        ("Which roofs were built by 2021?", vec![]),
        ("Which roofs were built by the town in 2021?", vec!["2021"]),
        ("What were the pre-2020 rules?", vec![]),
        ("What changed by the end of March 2021?", vec![]),
        ("What was decided after the flood of 2021?", vec!["2021"]),
        ("What is due before you go home in 2021?", vec!["2021"]),
        ("Who was told over the phone in 2021?", vec!["2021"]),
        ("Which models are not the KX-100 but the KX-300?", vec!["KX-300"]),
        ("除了KX-300以外还有哪些型号？", vec![]),
        ("除了KX-100和KX-300还有哪些型号？", vec![]),
        ("KX-300以外的型号", vec![]),
        ("2020年之前的利润", vec![]),
        ("2020年度以前的利润", vec![]),
        ("2020年前的利润", vec![]),
        ("2019年以来的利润", vec![]),
        ("2020年前三季度的利润", vec!["2020"]),
        ("2020年起草的合同", vec!["2020"]),
        ("2020年起的合同", vec![]),
        ("KX-300前面的螺栓怎么拧？", vec!["KX-300"]),
        ("KX-300的螺栓怎么拧？", vec!["KX-300"]),
        ("2020年的利润", vec!["2020"]),
    ] {
        let asked: Vec<String> = asked_for(question).into_iter().map(|one| one.written).collect();
        assert_eq!(asked, expected, "{question}");
    }
}
