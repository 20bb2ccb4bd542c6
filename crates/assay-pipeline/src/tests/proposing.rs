use assay_domain::{ChunkId, DocumentId, GenerationId, Passage};

use crate::propose::{ProposedFrom, propose};

#[test]
fn questions_are_made_from_definitions_labels_and_headings_in_both_languages() {
    use ProposedFrom::{Definition, Heading, Label};
    let cases: &[(&str, &str, Option<(&str, ProposedFrom)>)] = &[
        ("Notes > About", "Fathomlight is a catalogue for people. More.", Some(("What is Fathomlight?", Definition))),
        ("", "The tide gauge was a box of larch. It held.", Some(("What was the tide gauge?", Definition))),
        ("更新记录", "松烟笔记是一款给手写爱好者用的笔记软件。", Some(("松烟笔记是什么？", Definition))),
        (
            "Notes > Version 3.2",
            "- Memory: Fathomlight 3.2 needs at least 8 GB of memory.",
            Some(("What does “Version 3.2” say about memory?", Label)),
        ),
        (
            "更新 > 3.2 版",
            "- 同步：改为实时同步。笔停下来两秒，改动就会送到另一台设备上。",
            Some(("“3.2 版”里，关于同步怎么说？", Label)),
        ),
        (
            "House rules > Quiet hours",
            "From ten on nobody sings.",
            Some(("What is said about “Quiet hours”?", Heading)),
        ),
        ("访谈 > 从前的渡口", "江上还没有桥，过江全靠两条木船。", Some(("关于“从前的渡口”，文中怎么说？", Heading))),
        // Sentences that refer back, generic labels and headings, and empty passages.
        ("", "It is a box. She was the first.", None),
        ("", "这是一个点。", None),
        ("Introduction", "Nothing here can be asked about.", None),
        ("", "- Fixed: a picture taken at midnight was filed twice.", None),
        ("", "", None),
    ];
    for (heading, text, wanted) in cases {
        let passage = Passage {
            chunk: ChunkId { generation: GenerationId(1), ordinal: 0 },
            document: DocumentId(1),
            page_index: 0,
            page: None,
            range: 0..text.len(),
            heading: (!heading.is_empty()).then(|| (*heading).to_owned()),
            text: (*text).to_owned(),
        };
        let made = propose(&passage);
        let made = made.as_ref().map(|proposal| (proposal.question.as_str(), proposal.from));
        assert_eq!(made, *wanted, "{text}");
    }
}
