//! A follow-up as a question that stands alone: `And how often?` after `When is the pond pump cleaned?` becomes
//! `How often is the pond pump cleaned?`
//!
//! [`leans`] says whether a question leans on the one before, [`stand_alone`] rewrites it by rules. They carry over what
//! the question does not say itself: a year moves, a question word, a phrase or an identifier takes the place of the one
//! before, a pronoun gives way to what was named. Where no rule fits, the question before is put in front, so that nothing
//! is lost.

mod english;
mod chinese;
mod naming;

use crate::language::has_han;

/// Whether a question leans on the one before it.
pub fn leans(question: &str) -> bool {
    if has_han(question) { chinese::leans(question) } else { english::leans(question) }
}

/// The question with what it takes from the one before, which stands alone itself.
pub fn stand_alone(question: &str, before: &str) -> String {
    let before = before.trim();
    let rewritten = match (has_han(question), has_han(before)) {
        (true, true) => chinese::rewritten(question, before),
        (false, false) => english::rewritten(question, before),
        _ => None,
    };
    rewritten.unwrap_or_else(|| format!("{before} {}", question.trim()))
}

#[cfg(test)]
mod tests {
    use super::{leans, stand_alone};

    #[test]
    fn questions_without_a_subject_lean_on_the_one_before() {
        for question in [
            "And of the green one?",
            "And how often?",
            "and the year before?",
            "What about the KX-100?",
            "How much does it weigh?",
            "When was she born?",
            "Why?",
            "In 2023?",
            "那绿色的呢？",
            "多久一次？",
            "它有多重？",
            "还有别的吗？",
            "前一年呢？",
        ] {
            assert!(leans(question), "{question}");
        }
        for question in [
            "When is the pond pump cleaned?",
            "Who wrote Dracula and when did he die?",
            "How is the coffee machine cleaned and how often is it descaled?",
            "What does apply_secrets do?",
            "What is the warranty period of the KX-300?",
            "柏令仪是哪一年去世的？",
            "镜头上的霉丝怎么清掉？",
            "其中一个水泵多久清洗一次？",
            "那不勒斯在哪里？",
        ] {
            assert!(!leans(question), "{question}");
        }
    }

    #[test]
    fn a_follow_up_takes_from_the_question_before_what_it_does_not_say() {
        for (before, question, alone) in [
            ("When is the pond pump cleaned?", "And how often?", "How often is the pond pump cleaned?"),
            (
                "What is the carbon footprint of yellow pea protein?",
                "And of the green one?",
                "What is the carbon footprint of the green pea protein?",
            ),
            ("What was the net profit in 2024?", "and the year before?", "What was the net profit in 2023?"),
            ("What was the net profit in 2024?", "And in 2022?", "What was the net profit in 2022?"),
            (
                "How are the bolts of the KX-300 tightened?",
                "What about the KX-100?",
                "How are the bolts of the KX-100 tightened?",
            ),
            ("Where does Ottilie Brandvold live?", "When was she born?", "When was Ottilie Brandvold born?"),
            ("Where does Ottilie Brandvold live?", "What is her job?", "What is Ottilie Brandvold's job?"),
            ("Where is the coffee machine?", "How is it descaled?", "How is the coffee machine descaled?"),
            ("Where is the coffee machine?", "And the printer?", "Where is the coffee machine? And the printer?"),
            ("2024年的净利润是多少？", "前一年呢？", "2023年的净利润是多少？"),
            ("2024年的净利润是多少？", "那2022年呢？", "2022年的净利润是多少？"),
            ("KX-300的螺栓怎么拧？", "KX-100呢？", "KX-100的螺栓怎么拧？"),
            ("黄豌豆蛋白的碳足迹是多少？", "那绿豌豆蛋白呢？", "绿豌豆蛋白的碳足迹是多少？"),
            ("池塘水泵什么时候清洗？", "多久一次？", "池塘水泵清洗，多久一次？"),
            ("池塘水泵在哪里？", "它有多重？", "池塘水泵有多重？"),
            (
                "What is the carbon footprint of pea protein?",
                "那绿色的呢？",
                "What is the carbon footprint of pea protein? 那绿色的呢？",
            ),
        ] {
            assert_eq!(stand_alone(question, before), alone, "{question} after {before}");
        }
    }
}
