use super::{Chat, Piece};
use crate::llama::template::ChatTemplate;

#[test]
fn rules_and_question_take_the_places_of_their_marks() {
    check(
        "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}{% endfor %}<a>",
        "<system>RULES<user>QUESTION<a>",
    );
    // In one turn, and in the opposite order.
    check("<u>{{ messages[0].content + '|' + messages[1].content }}</u>", "<u>RULES|QUESTION</u>");
    check("{{ messages[1].content }}|{{ messages[0].content }}", "QUESTION|RULES");
}

#[test]
fn a_template_without_a_system_turn_gets_the_rules_before_the_question() {
    let refuses =
        "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}<u>{{ messages[0].content }}";
    check(refuses, "<u>RULES\n\nQUESTION");
    let drops = "{% for m in messages if m.role == 'user' %}<u>{{ m.content }}{% endfor %}";
    check(drops, "<u>RULES\n\nQUESTION");
}

#[test]
fn a_template_that_loses_or_repeats_the_question_is_refused() {
    for (source, expected) in [
        ("hello", "exactly once"),
        ("{{ messages[-1].content }}{{ messages[-1].content }}", "exactly once"),
        ("{{ raise_exception('not today') }}", "not today"),
        ("{% if %}", "syntax error"),
    ] {
        let problem = chat(source).expect_err(source);
        assert!(problem.contains(expected), "{source}: {problem}");
    }
}

fn check(source: &str, expected: &str) {
    let pieces = chat(source).unwrap().pieces;
    let text = pieces.iter().map(|piece| match piece {
        Piece::Frame(text) => text.as_str(),
        Piece::System => "RULES",
        Piece::User => "QUESTION",
    });
    assert_eq!(text.collect::<String>(), expected, "{source}");
}

fn chat(source: &str) -> Result<Chat, String> {
    Chat::of(ChatTemplate { source, bos_token: "<s>", eos_token: "</s>" })
}
