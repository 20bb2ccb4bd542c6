//! Tests which crates a crate may use.

use assay_tests::root;

/// The layers of crates, lowest first. A crate may use only crates of lower layers.
const LAYERS: [&[&str]; 10] = [
    &["assay-domain", "assay-contract"],
    &["assay-text", "assay-encoder", "assay-index", "assay-catalogue", "assay-answer", "assay-process", "assay-remote"],
    &["assay-pipeline", "assay-accelerator"],
    &["assay-files", "assay-models"],
    &["assay-library"],
    &["assay-app"],
    &["assay-server"],
    &["assay-cli", "assay-desktop"],
    &["assay-tests"],
    &["xtask"],
];

#[test]
fn no_arrow_between_crates_runs_up() {
    let layer = |name: &str| LAYERS.iter().position(|layer| layer.contains(&name));
    let workspace = std::fs::read_to_string(root().join("Cargo.toml")).unwrap().parse::<toml::Table>().unwrap();
    let mut arrows = 0;
    for member in workspace["workspace"]["members"].as_array().unwrap() {
        let manifest = root().join(member.as_str().unwrap()).join("Cargo.toml");
        let manifest = std::fs::read_to_string(manifest).unwrap().parse::<toml::Table>().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap();
        let own = layer(name).unwrap_or_else(|| panic!("{name} has no layer: give it one in tests/tidy/crates.rs"));
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let used = manifest.get(table).and_then(toml::Value::as_table).into_iter().flatten();
            for (used, _) in used.filter(|(used, _)| used.as_str() != name) {
                let Some(floor) = layer(used) else { continue };
                arrows += 1;
                assert!(floor < own, "{name} uses {used}, which is not below it");
            }
        }
    }
    assert!(arrows > 20, "only {arrows} arrows were found");
}
