//! The tables of the old system's shapes, as read.
//!
//! For: the shapes in the order in which they are tried. Not for: what they say.
//! Invariant: the tables are part of the program, and a test reads them, so that they cannot be wrong at run time.

use std::sync::LazyLock;

use crate::formats::mapping::shape::Shape;

static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let tables = [
        include_str!("performance.toml"),
        include_str!("hardware.toml"),
        include_str!("compatibility.toml"),
        include_str!("other.toml"),
        include_str!("integration.toml"),
    ];
    tables.into_iter().flat_map(Shape::of_table).collect()
});

/// All shapes, the first that fits counts.
pub(in crate::formats) fn shapes() -> &'static [Shape] {
    &SHAPES
}
