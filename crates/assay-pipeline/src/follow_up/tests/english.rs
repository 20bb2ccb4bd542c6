use super::check;
use crate::follow_up::{leans, stand_alone};

#[test]
fn whole_questions_stay_as_they_are() {
    for question in [
        "When is the pond pump cleaned?",
        "Who wrote Dracula and when did he die?",
        "How is the coffee machine cleaned and how often is it descaled?",
        "What does apply_secrets do?",
        "What is the warranty period of the KX-300?",
        // A lead in front of a whole question.
        "And how is the printer cleaned?",
        "So what is the warranty of the KX-300?",
        "Or is the hall open on Sundays?",
        "Then who pays the deposit for the hall?",
        "But which files mention Ottilie Brandvold?",
        "And for the KX-100, how are the bolts tightened?",
        "And in which year was the lighthouse built?",
        // An `it` that stands for nothing.
        "Is it possible to return the printer?",
        "Is it allowed to park behind the hall?",
        "How long does it take to descale the coffee machine?",
        "How much does it cost to rent the tool library's van?",
        "Is it true that the ferry stops in winter?",
        "What time is it in Oslo?",
        // Pronouns that stand for what the question names.
        "Does the library charge its members for repairs?",
        "What did the captain say about his ferry?",
        "What happens to the deposit if the tools break and they are returned late?",
        "When the pump fails, what does it cost?",
        "Did Anna say she would pay?",
        "Does the tenant say they have a dog?",
        "Which letters have a stamp on them?",
        "Which boxes with a label on them are empty?",
        "Does the box have a label on it?",
        // Words that name their thing themselves.
        "What is this year's budget?",
        "Which rooms have windows that open?",
        "How heavy is one kilogram of pea protein in pounds?",
        "Which one of the pumps is the oldest?",
        "Which is the capital of France?",
        "pond pump cleaning",
        "KX-300",
        "What is in here?",
        "How many files are there?",
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
        ("What was the net profit in 2024?", "And last year?", "What was the net profit in 2023?"),
        ("What was the net profit in 2024?", "And in 2022?", "What was the net profit in 2022?"),
        ("What was the net profit in 2024 in Norway?", "In 2022?", "What was the net profit in 2022 in Norway?"),
        ("What was the net profit in Norway in 2024?", "And in Sweden?", "What was the net profit in Sweden in 2024?"),
        ("What was the net profit?", "And 2022?", "What was the net profit in 2022?"),
        (
            "How are the bolts of the KX-300 tightened?",
            "What about the KX-100?",
            "How are the bolts of the KX-100 tightened?",
        ),
        // The follow-up's own words stay.
        (
            "How are the bolts of the KX-300 tightened?",
            "What about the KX-100 gaskets?",
            "How are the bolts of the KX-300 tightened? What about the KX-100 gaskets?",
        ),
        (
            "What was the net profit in 2024?",
            "And what was the revenue the year before?",
            "What was the revenue in 2023?",
        ),
        ("Where does Ottilie Brandvold live?", "When was she born?", "When was Ottilie Brandvold born?"),
        ("Where does Ottilie Brandvold live?", "What is her job?", "What is Ottilie Brandvold's job?"),
        ("Where is the coffee machine?", "How is it descaled?", "How is the coffee machine descaled?"),
        ("Where is the coffee machine?", "And the printer?", "Where is the coffee machine? And the printer?"),
        ("Where is the coffee machine?", "What is the price of it?", "What is the price of the coffee machine?"),
        ("What does the coffee machine cost?", "And how is it descaled?", "How is the coffee machine descaled?"),
        (
            "What does the coffee machine cost?",
            "What happens if it breaks?",
            "What happens if the coffee machine breaks?",
        ),
        ("When is the harbour museum open?", "Is it open to the public?", "Is the harbour museum open to the public?"),
        // Names and numbers are carried over.
        ("What is the warranty of the KX-300?", "How long is it?", "How long is the warranty of the KX-300?"),
        ("How are the bolts of the KX-300 tightened?", "How much does it weigh?", "How much does the KX-300 weigh?"),
        ("How are the bolts of the KX-300 tightened?", "How long are they?", "How long are the bolts of the KX-300?"),
        ("What was the net profit in 2024?", "How was it spent?", "How was the net profit in 2024 spent?"),
        ("What is the price of the red pump?", "How much is the green one?", "How much is the green pump?"),
        ("Where is the town hall?", "Who works there?", "Where is the town hall? Who works there?"),
        (
            "What do the red and the green pump cost?",
            "Which is heavier?",
            "What do the red and the green pump cost? Which is heavier?",
        ),
        ("Which issues are open?", "Why?", "Which issues are open? Why?"),
        // A pronoun behind a preposition is one.
        ("Where are the letters?", "Is there a stamp on them?", "Is there a stamp on the letters?"),
        ("Where are the letters?", "And the stamp on them?", "Where are the letters? And the stamp on them?"),
        (
            "Where is the pump?",
            "Does the library have a manual for it?",
            "Does the library have a manual for the pump?",
        ),
        ("Where is the pump?", "Which letters have a stamp on it?", "Which letters have a stamp on the pump?"),
        ("Where is the pump?", "What does the manual say about it?", "What does the manual say about the pump?"),
    ] {
        check(before, question, alone);
    }
    let earlier = ["Where does Ottilie Brandvold live?".to_owned(), "Where is the town hall?".to_owned()];
    assert_eq!(stand_alone("When was she born?", &earlier), "When was Ottilie Brandvold born?");
    assert_eq!(stand_alone("And how often?", &[]), "And how often?");
}
