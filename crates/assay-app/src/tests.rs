use assay_contract::{DocumentState, Precision, ProblemCode, Settings};
use assay_domain::Problem;

use crate::passage::{utf16, utf16_offsets};
use crate::{convert, settings};

#[test]
fn closed_sets_cross_the_contract_with_the_strings_of_the_domain() {
    for code in ProblemCode::ALL {
        let problem = Problem::parse(code.as_str());
        assert_eq!((problem.as_str(), convert::problem::code(problem)), (code.as_str(), *code));
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
    }
    for state in DocumentState::ALL {
        let domain = assay_domain::DocumentState::parse(state.as_str()).unwrap();
        assert_eq!(convert::document::state(domain), *state);
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
    for precision in Precision::ALL {
        let domain = assay_domain::Precision::parse(precision.as_str()).unwrap();
        assert_eq!(convert::model::precision(domain), *precision);
    }
}

#[test]
fn settings_survive_their_file_and_bad_ones_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    assert_eq!(settings::read(&path).unwrap(), Settings::default());
    let written = Settings { keep: 7, language: "zh".into(), ..Settings::default() };
    settings::write(&path, &written).unwrap();
    assert_eq!(settings::read(&path).unwrap(), written);

    std::fs::write(&path, "keep = 3\n").unwrap();
    assert_eq!(settings::read(&path).unwrap(), Settings { keep: 3, ..Settings::default() });
    std::fs::write(&path, "keep = many\n").unwrap();
    assert_eq!(settings::read(&path).unwrap_err().problem, Problem::BadSetting);

    for (bad, named) in [
        (Settings { keep: 0, ..Settings::default() }, "passages kept"),
        (Settings { chunk_overlap: 200, ..Settings::default() }, "chunk overlap"),
        (Settings { threshold: 1.5, ..Settings::default() }, "threshold"),
        (Settings { threshold: f32::NAN, ..Settings::default() }, "threshold"),
    ] {
        let failure = settings::checked(&bad).unwrap_err();
        assert!(failure.problem == Problem::BadSetting && failure.message.contains(named), "{failure}");
    }
}

#[test]
fn byte_offsets_become_utf16_offsets() {
    let text = "a灯🗼\u{301}b";
    let offsets = utf16_offsets(text, [99, 0, 1, 4, 5, 8, 10, 11, 4]);
    let mut offsets: Vec<_> = offsets.into_iter().collect();
    offsets.sort_unstable();
    assert_eq!(offsets, [(0, 0), (1, 1), (4, 2), (5, 2), (8, 4), (10, 5), (11, 6), (99, 6)]);
    assert_eq!(utf16(text, 8), 4);
}
