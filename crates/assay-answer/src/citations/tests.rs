use assay_domain::{ChunkId, DocumentId, GenerationId, NumberedPassage, PassageRole};

use super::find_citations;

const ROOF: &str = "The pump stands on the roof. Its pressure is 3.5 bar at most. Nobody lives there.";
const CELLAR: &str = "The cellar holds wine. The temperature is checked every morning.";
const CHINESE: &str = "水泵安装在屋顶的机房里。最高压力为三点五巴，不得超过。";

#[test]
fn numbers_are_resolved_to_sentences() {
    check("", &[], &[]);
    check("No numbers here, only a list [see below] and [a1].", &[], &[]);
    check("The pressure may be 3.5 bar [1].", &[(1, "Its pressure is 3.5 bar at most.")], &[]);
    check(
        "The pressure may be 3.5 bar.[1] The wine lies in the cellar.[2]",
        &[(1, "Its pressure is 3.5 bar at most."), (2, "The cellar holds wine.")],
        &[],
    );
    // After the full stop.
    check(
        "The pressure may be 3.5 bar. [1] The wine lies in the cellar. [2]",
        &[(1, "Its pressure is 3.5 bar at most."), (2, "The cellar holds wine.")],
        &[],
    );
    // Several in one, out of order, each once; the most similar claim wins.
    check(
        "Checked every morning [2, 1]. The pump is on the roof [1][2].",
        &[(2, "The temperature is checked every morning."), (1, "The pump stands on the roof.")],
        &[],
    );
    check(
        "Wine in the cellar, a pump on the roof [1-2].",
        &[(1, "The pump stands on the roof."), (2, "The cellar holds wine.")],
        &[],
    );
    check("最高压力是三点五巴【3】。", &[(3, "最高压力为三点五巴，不得超过。")], &[]);
    check("最高压力是三点五巴【3，1】。", &[(3, "最高压力为三点五巴，不得超过。"), (1, ROOF)], &[]);
    // Nothing shared: the whole passage.
    check("Entirely different words [2].", &[(2, CELLAR)], &[]);
    check("[1]", &[(1, ROOF)], &[]);
    // Unknown numbers stay text.
    check(
        "As said [7], in [2024], by [0] and [7]; the wine is in the cellar [2].",
        &[(2, "The cellar holds wine.")],
        &[7, 2024, 0],
    );
    check("[99999999999] [1, x] [ ] [2019-2024] [[", &[], &[]);
    check("See the wine in the [2](http://example.com/leak) cellar.", &[(2, "The cellar holds wine.")], &[]);
}

#[test]
fn each_sentence_has_the_passages_that_it_cites() {
    for (text, expected) in [
        ("", vec![]),
        (
            "The pump stands on the roof [1]. The wine lies in the cellar.",
            vec![("The pump stands on the roof [1].", vec![1]), ("The wine lies in the cellar.", vec![])],
        ),
        (
            "The pump stands on the roof. [1] The wine lies in the cellar. [2, 9]",
            vec![("The pump stands on the roof.", vec![1]), ("The wine lies in the cellar.", vec![2])],
        ),
        (
            "Two things are said:\n- The pump stands on the roof [1][1].\n- It is checked every morning [7].",
            vec![("The pump stands on the roof [1][1].", vec![1]), ("It is checked every morning [7].", vec![])],
        ),
        (
            "最高压力是三点五巴【3】。其他没有写明。",
            vec![("最高压力是三点五巴【3】。", vec![3]), ("其他没有写明。", vec![])],
        ),
    ] {
        let found = find_citations(text, &passages());
        let sentences: Vec<(&str, Vec<u32>)> =
            found.sentences.into_iter().map(|one| (&text[one.range], one.cites)).collect();
        assert_eq!(sentences, expected, "{text}");
    }
}

fn passages() -> Vec<NumberedPassage> {
    (1..)
        .zip([ROOF, CELLAR, CHINESE])
        .map(|(number, text)| NumberedPassage {
            number,
            chunk: ChunkId { generation: GenerationId(4), ordinal: number },
            document: DocumentId(i64::from(number)),
            name: "a.txt".into(),
            folder: String::new(),
            page: Some(number),
            heading: None,
            judged: None,
            foreign: false,
            text: text.to_owned(),
            role: PassageRole::Kept,
            continues: None,
        })
        .collect()
}

fn check(text: &str, expected: &[(u32, &str)], unknown: &[u32]) {
    let passages = passages();
    let found = find_citations(text, &passages);
    let quotes: Vec<(u32, &str)> = found.citations.iter().map(|one| (one.number, one.quote.as_str())).collect();
    assert_eq!(quotes, expected, "citations of {text:?}");
    assert_eq!(found.unknown, unknown, "unknown numbers of {text:?}");
    for citation in &found.citations {
        let passage = &passages[citation.number as usize - 1];
        assert_eq!((citation.chunk, citation.document, citation.page), (passage.chunk, passage.document, passage.page));
        assert!(passage.text.contains(&citation.quote));
    }
}
