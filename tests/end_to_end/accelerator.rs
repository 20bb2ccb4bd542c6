//! Tests of the fallback: without a working accelerator, questions run on the processor and state the reason.

use assay_tests::{Library, built, root, word};
use serde_json::Value;

#[test]
fn an_unusable_accelerator_falls_back_to_the_processor_with_a_reason() {
    let library = Library::default();
    let document = root().join("samples/library/fathomlight-release-notes.md");
    assert_eq!(library.json(&["ingest", document.to_str().unwrap()]).0, 0);
    let plain = asked(&library, None);
    assert!(!word(&plain, "device").contains("accelerator"), "{plain}");
    // First the accelerator built without CUDA, as in tests; then a program that is no accelerator.
    for (program, why) in [(built("assay-accelerator"), "it found no card"), (built("assay"), "ended")] {
        let reply = asked(&library, Some(program));
        let device = word(&reply, "device");
        assert!(device.starts_with("cpu") && device.contains("the accelerator is not used"), "{device}");
        assert!(device.contains(why), "{device}");
        assert_eq!(reply["candidates"], plain["candidates"]);
    }
}

fn asked(library: &Library, accelerator: Option<std::path::PathBuf>) -> Value {
    let mut command = library.command(&["ask", "Which version removed the old format?", "--no-answer", "--json"]);
    if let Some(program) = accelerator {
        command.env("ASSAY_ACCELERATOR", program);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
