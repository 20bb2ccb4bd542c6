use super::bounds;
use crate::extractive::listing::value::{Date, Value};

#[test]
fn bounds_are_read_with_their_values() {
    let month = |year, month| Value::Date(Date { year, month: Some(month), day: None });
    for (question, within, beyond) in [
        ("list invoices over 500", Value::Number(501.0), Value::Number(500.0)),
        ("list invoices of at least 500 euros", Value::Number(500.0), Value::Number(499.0)),
        ("list invoices of no more than 500", Value::Number(500.0), Value::Number(501.0)),
        ("list invoices under 1,500", Value::Number(1499.0), Value::Number(1500.0)),
        ("list invoices > 500", Value::Number(501.0), Value::Number(500.0)),
        ("list invoices before march", month(Some(2024), 2), month(Some(2024), 3)),
        ("list invoices after march 2024", month(Some(2024), 4), month(Some(2024), 3)),
        ("list invoices since march", month(None, 3), month(None, 2)),
        ("List invoices that are not over 500", Value::Number(500.0), Value::Number(501.0)),
        ("List invoices that do not exceed 500", Value::Number(500.0), Value::Number(501.0)),
        ("List invoices except those under 500", Value::Number(500.0), Value::Number(499.0)),
        ("List invoices not due before March", month(None, 3), month(None, 2)),
        ("List all invoices from Acme from 100 on, over 500", Value::Number(501.0), Value::Number(500.0)),
        ("列出不早于3月的发票", month(None, 3), month(None, 2)),
        ("list invoices by march 2024", month(Some(2023), 12), month(Some(2024), 4)),
        ("列出超过500元的发票", Value::Number(501.0), Value::Number(500.0)),
        ("列出不超过500的发票", Value::Number(500.0), Value::Number(501.0)),
        ("列出500元以上的发票", Value::Number(500.0), Value::Number(499.0)),
        ("列出3月之前的发票", month(Some(2024), 2), month(Some(2024), 3)),
        ("列出2024年3月以后的发票", month(Some(2024), 4), month(Some(2024), 3)),
        ("列出3万以上的合同", Value::Number(30_000.0), Value::Number(29_999.0)),
    ] {
        let found = bounds(question).unwrap();
        assert_eq!(found.len(), 1, "{question}: {found:?}");
        assert_eq!((found[0].holds(within), found[0].holds(beyond)), (Some(true), Some(false)), "{question}");
    }
}

#[test]
fn a_span_has_two_bounds_and_other_words_have_none() {
    for (question, count) in [
        ("list invoices between 100 and 200", 2),
        ("list invoices from march to may", 2),
        ("列出介于100和200的发票", 2),
        ("what must be open before the report?", 0),
        ("who was there after all", 0),
        ("list the invoices by acme", 0),
        ("list invoices of 500", 0),
        ("列出前三名", 0),
        // What only looks like a bound.
        ("List the orders that came in over the phone", 0),
        ("What must be locked before you go?", 0),
        ("List all invoices by May Chen", 0),
        ("List all invoices before March Ltd changed its name", 0),
        ("List all parts of the KX 300 and above KX 200", 0),
        ("List all invoices under 14082-B", 0),
        ("列出KX-300以上的型号", 0),
        ("列出2024年前三季度的发票", 0),
        ("列出2024年起草的合同", 0),
    ] {
        let found = bounds(question).unwrap();
        assert_eq!(found.len(), count, "{question}: {found:?}");
    }
}

#[test]
fn a_bound_knows_what_it_counts_and_a_span_that_is_denied_has_no_bounds() {
    for (question, unit) in [
        ("list invoices over 500", None),
        ("list invoices over 500 euros", None),
        ("list invoices over 500 as a table", None),
        ("list invoices open for over 30 days", Some("day")),
        ("which customers have more than 5 invoices", Some("invoice")),
        ("列出超过30天的发票", Some("天")),
        ("列出超过500元的发票", None),
    ] {
        assert_eq!(bounds(question).unwrap()[0].unit.as_deref(), unit, "{question}");
    }
    assert_eq!(bounds("list invoices not between 100 and 200"), None);
}
