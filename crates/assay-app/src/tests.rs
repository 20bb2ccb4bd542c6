use assay_contract::{DocumentState, ModelRow, ModelState, PairRow, Precision, ProblemCode, Settings, ThresholdChoice};
use assay_domain::Problem;
use assay_models::{Family, ModelRegistry};

use crate::embedder::name_embedder;
use crate::model_rows::{model_rows, pair_rows};
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
    std::fs::write(&path, "threshold = 0.0\n").unwrap();
    let fixed = Settings { threshold: 0.0, threshold_rule: ThresholdChoice::Fixed, ..Settings::default() };
    assert_eq!(settings::read(&path).unwrap(), fixed, "a threshold without a rule is the user's own");
    std::fs::write(&path, "reranker = \"assay-reranker-mini\"\nsecond_reranker = \"assay-reranker-mini\"\n").unwrap();
    assert_eq!(settings::read(&path).unwrap(), Settings::default(), "a model that ships no longer is left to `auto`");
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
fn a_library_is_told_its_embedder_once_and_the_other_lines_stay() {
    let folder = tempfile::tempdir().unwrap();
    let home = assay_library::Home::open(&folder.path().join("library")).unwrap();
    let path = home.settings();
    std::fs::write(&path, "# mine\nkeep = 3\n").unwrap();
    let named = name_embedder(&home, settings::read(&path).unwrap()).unwrap();
    assert_eq!(named, Settings { keep: 3, ..Settings::default() });
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, format!("embedder = \"{}\"\n# mine\nkeep = 3\n", named.embedder));

    settings::set(&path, "embedder", "another").unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "embedder = \"another\"\n# mine\nkeep = 3\n");
    let named = name_embedder(&home, settings::read(&path).unwrap()).unwrap();
    assert_eq!(named.embedder, "another", "what is named stays");
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

/// Keeps the models of the pretend front end equal to the catalogue. After a change, run this test once with
/// `ASSAY_WRITE_CONTRACT=1` to write the file.
#[test]
fn the_pretend_front_end_offers_the_models_of_the_catalogue() {
    let folder = tempfile::tempdir().unwrap();
    let registry = ModelRegistry::open(folder.path().join("models")).unwrap();
    // What this machine has does not count.
    let known = |row: &ModelRow| registry.model(&row.name).is_ok_and(|model| model.family != Family::Imported);
    let models = model_rows(&registry).into_iter().filter(known).map(|row| {
        let shipped = row.repository.is_none();
        let state = if shipped { ModelState::BuiltIn } else { ModelState::NotHere };
        ModelRow { state, bytes: 0, recommended: false, ..row }
    });
    let pairs = pair_rows(&registry).into_iter().map(|row| PairRow { download: None, recommended: false, ..row });
    let mirrors = registry.mirrors().iter().map(convert::model::mirror);
    let wanted = serde_json::to_string_pretty(&serde_json::json!({
        "models": models.collect::<Vec<_>>(),
        "pairs": pairs.collect::<Vec<_>>(),
        "mirrors": mirrors.collect::<Vec<_>>(),
    }));
    let wanted = format!("{}\n", wanted.unwrap());
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/host/pretend/catalogue.json");
    if std::env::var_os("ASSAY_WRITE_CONTRACT").is_some() {
        std::fs::write(&file, &wanted).unwrap();
    }
    assert!(
        std::fs::read_to_string(&file).unwrap_or_default() == wanted,
        "{} is out of date: run this test with ASSAY_WRITE_CONTRACT=1 and commit the file",
        file.display()
    );
}
