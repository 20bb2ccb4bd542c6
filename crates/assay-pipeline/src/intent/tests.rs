use assay_domain::Wanted::{Best, Everything, Rows};

use super::{Intent, intent};

#[test]
fn questions_about_the_library_are_known() {
    for question in [
        "What topics are covered in my documents?",
        "What is in here?",
        "What's in this library?",
        "Which files do I have?",
        "Which documents are there?",
        "How many documents are there in the library?",
        "How many files do I have?",
        "List my files",
        "List all documents",
        "Show me all files",
        "Show the contents of this folder",
        "What are these documents about?",
        "What does the library contain?",
        "What kinds of files are in the collection?",
        "Summarise my documents",
        "资料库里有哪些文件？",
        "这里有什么？",
        "我的文档都讲了些什么？",
        "一共有多少个文件？",
        "列出所有文件",
        "我有哪些资料？",
        "这些文件都讲了什么内容？",
        "文件夹里有什么？",
    ] {
        assert_eq!(intent(question), Intent::Library, "{question}");
    }
}

#[test]
fn questions_for_the_files_about_a_topic_are_known() {
    for (question, topic) in [
        ("Which files do I have about recipes?", "recipes"),
        ("Which of my documents mention the ferry?", "the ferry"),
        ("What documents are there on heating?", "heating"),
        ("Do I have any documents about solar panels?", "solar panels"),
        ("Is there anything about bread?", "bread"),
        ("List all files that mention the choir", "the choir"),
        ("Show me the notes about the orchard", "the orchard"),
        ("我有哪些关于菜谱的文件？", "菜谱"),
        ("有没有关于太阳能的资料？", "太阳能"),
        ("关于合同的文件有哪些？", "合同"),
        ("哪些文件提到了合唱团？", "合唱团"),
        ("列出关于果园的文档", "果园"),
    ] {
        assert_eq!(intent(question), Intent::Files { topic: topic.into() }, "{question}");
    }
}

#[test]
fn lists_and_counts_want_more_than_the_best() {
    for (question, wanted) in [
        ("List all open issues", Everything),
        ("Name all suppliers", Everything),
        ("列出所有未解决的问题", Everything),
        ("How many issues are open?", Rows),
        ("What does each supplier charge for copper pipe 15 mm?", Rows),
        ("哪些问题还没有解决？", Rows),
        ("SKU-14082的库存是多少？", Rows),
        ("When did Ada Brand die?", Best),
    ] {
        assert_eq!(intent(question), Intent::Passages(wanted), "{question}");
    }
}

#[test]
fn questions_about_what_files_say_are_no_questions_about_files() {
    for question in [
        "How do I list all files in a folder?",
        "How do I sort my files by names?",
        "How do you show the contents of a folder?",
        "How are the documents covered by the contract stored?",
        "What is a folder?",
        "What is a document?",
        "What are files?",
        "What is the library?",
        "What do I do about the files?",
        "What is the context about?",
        "What files does the printer need?",
        "What do the documents say about the boiler?",
        "What does the document mention about the deposit?",
        "Are the documents about the sale signed?",
        "Is there anything on the second floor?",
        "What are the notes on page 3?",
        "What topics are covered in the safety course?",
        "What does a file of the archive contain?",
        "Does the folder contain a key?",
        "Where is the collection of stamps?",
        "租房合同里写了什么？",
        "文件什么时候提交？",
        "怎么列出文件夹里的所有文件？",
        "如何查看全部文档？",
        "什么是文件？",
        "什么是知识库？",
        "文件是什么？",
        "关于合同的文件什么时候提交？",
        "文件里提到了什么费用？",
        "文档中提到的保修期是多久？",
        "这里几点开门？",
        "这里的停车费怎么收？",
        "文件夹的颜色代表什么意思？",
        "资料费是什么时候交的？",
        "文件由谁保管？",
        "为什么要备份所有文件？",
        "文章的作者是谁？",
        "文档里的水泵多久清洗一次？",
        "有关押金的规定是什么？",
        "资料室在几楼？",
    ] {
        assert_eq!(intent(question), Intent::Passages(Best), "{question}");
    }
}
