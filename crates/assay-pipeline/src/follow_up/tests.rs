use super::{leans, stand_alone};

fn check(before: &str, question: &str, alone: &str) {
    assert!(leans(question), "{question} leans on {before}");
    assert_eq!(stand_alone(question, &[before.to_owned()]), alone, "{question} after {before}");
}

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
fn whole_questions_in_chinese_stay_as_they_are() {
    for question in [
        "柏令仪是哪一年去世的？",
        "镜头上的霉丝怎么清掉？",
        "其中一个水泵多久清洗一次？",
        "那不勒斯在哪里？",
        // 呢 behind a whole question.
        "池塘水泵什么时候清洗呢？",
        "为什么水泵会漏水呢？",
        "那绿豌豆蛋白的碳足迹是多少呢？",
        "会议室的投影仪怎么用呢？",
        // A lead in front of a whole question.
        "那水泵多久清洗一次？",
        "那为什么镜头会发霉？",
        "那会议室在哪里？",
        "还有哪些文件提到了合唱团？",
        "另外，押金什么时候退还？",
        "那么公司有哪些部门？",
        // Words that name their thing themselves.
        "这个月的预算是多少？",
        "这些文件讲了什么？",
        "那个会议室能坐多少人？",
        "其他工具什么时候归还？",
        "吉他放在哪里？",
        "去年的利润是多少？",
        "第二年的租金是多少？",
        // Pronouns that stand for what the question names.
        "柏令仪什么时候搬到海边，她住在哪里？",
        "水泵坏了怎么修它？",
        // Without a subject, but with an object, or asking for a meaning.
        "怎么报销差旅费？",
        "什么是防霉？",
        "谁是馆长？",
        "这里有什么？",
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
    ] {
        check(before, question, alone);
    }
    let earlier = ["Where does Ottilie Brandvold live?".to_owned(), "Where is the town hall?".to_owned()];
    assert_eq!(stand_alone("When was she born?", &earlier), "When was Ottilie Brandvold born?");
    assert_eq!(stand_alone("And how often?", &[]), "And how often?");
}

#[test]
fn a_follow_up_in_chinese_takes_from_the_question_before_what_it_does_not_say() {
    for (before, question, alone) in [
        ("2024年的净利润是多少？", "前一年呢？", "2023年的净利润是多少？"),
        ("2024年的净利润是多少？", "那2022年呢？", "2022年的净利润是多少？"),
        ("2024年的净利润是多少？", "2022年？", "2022年的净利润是多少？"),
        ("2024年的净利润是多少？", "前一年的收入是多少？", "2023年的收入是多少？"),
        ("松岩公司2024年的净利润是多少？", "前一年的收入呢？", "松岩公司2023年的收入是多少？"),
        ("松岩公司2024年的净利润是多少？", "2023年的收入呢？", "松岩公司2023年的收入是多少？"),
        ("KX-300的螺栓怎么拧？", "KX-100呢？", "KX-100的螺栓怎么拧？"),
        ("KX-300的螺栓怎么拧？", "那KX-100的垫片呢？", "KX-100的垫片怎么拧？"),
        ("黄豌豆蛋白的碳足迹是多少？", "那绿豌豆蛋白呢？", "绿豌豆蛋白的碳足迹是多少？"),
        ("黄豌豆蛋白的碳足迹是多少？", "含水量呢？", "黄豌豆蛋白的碳足迹是多少？ 含水量呢？"),
        ("咖啡机在哪里？", "打印机呢？", "打印机在哪里？"),
        ("咖啡机在哪里？", "停车场呢？", "咖啡机在哪里？ 停车场呢？"),
        ("图书馆几点开门？", "那周末呢？", "图书馆周末几点开门？"),
        ("池塘水泵什么时候清洗？", "多久一次？", "池塘水泵清洗，多久一次？"),
        ("池塘水泵什么时候清洗？", "那多久一次呢？", "池塘水泵清洗，多久一次？"),
        ("池塘水泵在哪里？", "什么时候清洗？", "池塘水泵，什么时候清洗？"),
        ("池塘水泵在哪里？", "它有多重？", "池塘水泵有多重？"),
        ("池塘水泵在哪里？", "为什么它会漏水？", "为什么池塘水泵会漏水？"),
        ("池塘水泵在哪里？", "那它多久清洗一次呢？", "池塘水泵多久清洗一次呢？"),
        ("池塘水泵可以用盐水清洗吗？", "它有多重？", "池塘水泵有多重？"),
        ("池塘水泵在哪里？", "其价格是多少？", "池塘水泵的价格是多少？"),
        ("池塘水泵在哪里？", "这个怎么用？", "池塘水泵怎么用？"),
        ("图书馆在哪里？", "那里几点开门？", "图书馆几点开门？"),
        ("柏令仪的代表作是什么？", "她哪一年去世？", "柏令仪哪一年去世？"),
        ("柏令仪的代表作是什么？", "那是什么时候写的？", "柏令仪的代表作是什么时候写的？"),
        // What a question is about does not end within a word.
        ("社会保险怎么交？", "它有什么用？", "社会保险有什么用？"),
        ("协会什么时候成立？", "它在哪里？", "协会在哪里？"),
        ("现在的馆长是谁？", "他什么时候上任？", "现在的馆长什么时候上任？"),
        ("重要文件需要备份吗？", "它们放在哪里？", "重要文件放在哪里？"),
        ("太阳能板能用多久？", "它怎么清洗？", "太阳能板怎么清洗？"),
        (
            "What is the carbon footprint of pea protein?",
            "那绿色的呢？",
            "What is the carbon footprint of pea protein? 那绿色的呢？",
        ),
        ("哪些问题还没有解决？", "还有别的吗？", "哪些问题还没有解决？ 还有别的吗？"),
    ] {
        check(before, question, alone);
    }
}
