use assay_domain::Cancel;
use assay_domain::fakes::WordReranker;

use super::block_on;
use crate::explain::{ExplainEvent, explain};

const PASSAGE: &str = "Ada was born in spring. She liked pears. Ada died in Oslo.";

fn sentences() -> Vec<std::ops::Range<usize>> {
    vec![0..23, 24..40, 41..58]
}

#[test]
fn the_sentence_that_answers_carries_the_logit() {
    let mut events = Vec::new();
    let end = block_on(explain(
        &WordReranker::default(),
        "died oslo",
        ("", PASSAGE),
        &sentences(),
        &Cancel::default(),
        &mut |event| events.push(event),
    ));
    assert!(end.unwrap());
    assert!(matches!(events[0], ExplainEvent::Whole(pair) if pair.logit == 1.0));
    let changes: Vec<(usize, f32)> = events
        .iter()
        .filter_map(|event| match event {
            ExplainEvent::Without { sentence, change, .. } => Some((*sentence, *change)),
            ExplainEvent::Whole(_) => None,
        })
        .collect();
    assert_eq!(changes, [(0, 0.0), (1, 0.0), (2, 2.0)]);
}

#[test]
fn an_explanation_stops_at_the_next_batch_and_reports_failures() {
    let cancel = Cancel::default();
    let mut events = 0;
    let end = block_on(explain(&WordReranker::default(), "ada", ("", PASSAGE), &sentences(), &cancel, &mut |_| {
        events += 1;
        cancel.stop();
    }));
    assert!(!end.unwrap());
    assert_eq!(events, 2, "one batch of two");

    let broken = WordReranker::that_breaks_after(1);
    let end = block_on(explain(&broken, "ada", ("", PASSAGE), &sentences(), &Cancel::default(), &mut |_| ()));
    assert!(end.unwrap_err().to_string().contains("broken"));
}
