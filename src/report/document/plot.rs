//! Plots of a report of tables.
//!
//! For: bars, maps and curves beside a table, with their values as a table of their own. Not for: what is drawn in them.
//! Invariant: whoever cannot see a plot reads the same values below it.

use crate::report::html::{Block, Cell, Column, Figure, Table};
use crate::report::svg::{Bars, Curves, HeatMap};
use crate::text::number::significant;
use crate::text::quantity;

/// A plot.
#[derive(Clone, Debug, PartialEq)]
pub enum Plot {
    /// Values with intervals.
    Bars(Bars),
    /// Values of rows and columns.
    HeatMap(HeatMap),
    /// Values over a number, such as a batch size.
    Curves(Curves),
}

impl Plot {
    /// The figure of a page; `id` is of the program's own making.
    pub(super) fn figure(&self, id: &str) -> Block {
        let (picture, caption, values) = match self {
            Self::Bars(bars) => (bars.draw(), &bars.title, bar_values(bars, id)),
            Self::HeatMap(map) => (map.draw(), &map.title, map_values(map, id)),
            Self::Curves(curves) => (curves.draw(), &curves.title, curve_values(curves, id)),
        };
        Block::Figure(Figure { picture, caption: caption.clone(), values: Some(values) })
    }
}

fn value(value: Option<f64>, unit: &str) -> Cell {
    value.map_or_else(|| Cell::missing("none"), |value| Cell::number(quantity(value, unit), value))
}

fn bar_values(bars: &Bars, id: &str) -> Table {
    let columns = ["Value", "From", "To"].map(Column::number);
    let columns = std::iter::once(Column::text("Bar")).chain(columns).chain([Column::text("Remark")]).collect();
    let mut table = Table::new(id, &bars.title, columns);
    for bar in &bars.bars {
        let (low, high) = bar.interval.unzip();
        let values = [bar.value, low, high].map(|one| value(one, &bars.unit));
        table.push(std::iter::once(Cell::text(&bar.label)).chain(values).chain([Cell::text(&bar.note)]).collect());
    }
    table
}

fn map_values(map: &HeatMap, id: &str) -> Table {
    let columns = map.columns.iter().map(Column::number);
    let mut table = Table::new(id, &map.title, std::iter::once(Column::text("Row")).chain(columns).collect());
    for (name, values) in &map.rows {
        let values = values.iter().map(|one| value(*one, &map.unit));
        table.push(std::iter::once(Cell::text(name)).chain(values).collect());
    }
    table
}

fn curve_values(curves: &Curves, id: &str) -> Table {
    let columns = vec![Column::text("Curve"), Column::number(&curves.parameter), Column::number("Value")];
    let mut table = Table::new(id, &curves.title, columns);
    for curve in &curves.curves {
        for (place, height) in &curve.points {
            let place = Cell::number(significant(*place), *place);
            table.push(vec![Cell::text(&curve.name), place, value(Some(*height), &curves.unit)]);
        }
    }
    table
}
