//! What an archive does to what is known of a history.
//!
//! For: what the command line cannot show. Not for: what it can (see `tests/it/rotate.rs`).

use super::super::tests::{create, import, now, result, run};
use super::Leaving;
use crate::model::{ArchivedPart, Decision, DecisionKind, SNAPSHOT};

fn decision(kind: DecisionKind) -> Decision {
    Decision { kind, actor: "octo".to_owned(), reason: "a test".to_owned(), decided_at: now() }
}

#[test]
fn what_left_is_known_until_it_is_taken_back_and_what_a_snapshot_tells_is_not() {
    let place = tempfile::tempdir().expect("a folder");
    let store = create(place.path());
    for day in 1..=3 {
        import(&store, &format!("{day}.json"), run(day), vec![result("a", 10.0)]).expect("imported");
    }
    let mut told = run(4);
    told.environment.insert(SNAPSHOT.to_owned(), "1".to_owned());
    import(&store, "snapshot.json", told, vec![result("a", 10.0)]).expect("imported");
    let contents = || store.contents(None, now()).expect("counted");
    assert_eq!((contents().runs, contents().known.len()), (4, 3));
    let runs = store.rotation_facts().expect("read").runs;
    let tables = store.stage_leaving(&Leaving::Runs(vec![runs[0].id])).expect("staged");
    assert_eq!(tables.iter().find(|table| table.name == "results").map(|table| table.rows), Some(1));
    let archive =
        DecisionKind::Archive { part: ArchivedPart::Rotated, archive: "rotate-1".to_owned(), manifest: "0".repeat(64) };
    let rotated = decision(archive);
    store.let_leave(std::slice::from_ref(&rotated)).expect("left");
    assert_eq!((contents().runs, contents().known.len()), (3, 3));
    assert_eq!(store.content_hashes().expect("read").len() + 1, store.seen_contents().expect("read").len());
    store.decide(&[decision(DecisionKind::Undo { decision: rotated.id() })]).expect("decided");
    assert_eq!((contents().runs, contents().known.len()), (3, 2));
}
