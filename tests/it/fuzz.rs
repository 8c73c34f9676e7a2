//! What the fuzz targets do, over the fixtures and a few seeded edits of each.
//!
//! For: a fuzz target that always builds, and the shallow part of fuzzing in every test run. Not for: searching, which
//! `scripts/fuzz` does.
//! Invariant: the same edits each time.

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, unexpected_cfgs, reason = "the targets of the fuzz crate call them, under its own flag")]
pub(crate) mod families;

use crate::hostile_formats::fixtures;
use crate::support::repository;

/// Edits that are tried of each fixture.
const SEEDS: std::ops::Range<u32> = 0..6;

/// Room that an edit has to make a document larger.
const ROOM: usize = 32 << 10;

#[test]
fn no_edit_of_a_fixture_makes_an_adapter_panic() {
    let families = [
        families::native,
        families::documents,
        families::legacy,
        families::text,
        families::criterion,
        families::mapping,
    ];
    let mut edited = 0;
    for (_, bytes) in fixtures() {
        for seed in SEEDS {
            let mut data = bytes.clone();
            data.resize(bytes.len() + ROOM, 0);
            let size = families::edit::json(&mut data, bytes.len(), seed);
            edited += usize::from(size.is_some());
            let data = &data[..size.unwrap_or(bytes.len())];
            families.iter().for_each(|family| family(data));
        }
    }
    assert!(edited > 300, "most fixtures are JSON, and most edits fit: {edited}");
}

/// The old system's tables are mappings under another name: the seeds of the target for mappings.
#[test]
fn a_mapping_that_cannot_be_read_or_applied_does_not_panic() {
    let tables = ["performance", "hardware", "compatibility", "integration", "other"];
    let file = |name| repository().join(format!("src/formats/legacy/{name}.toml"));
    let table =
        tables.map(|name| std::fs::read_to_string(file(name)).unwrap()).concat().replace("[[shape", "[[mapping");
    let document = include_str!("../fixtures/formats/legacy/suite-rows/normal.json");
    benchgate::formats::Mappings::parse(&table, "benchgate.toml").unwrap();
    for cut in (0..table.len()).step_by(997).filter(|cut| table.is_char_boundary(*cut)) {
        families::mapping(format!("{}\n---\n{document}", &table[..cut]).as_bytes());
    }
    families::mapping(format!("{table}\n---\n{document}").as_bytes());
}
