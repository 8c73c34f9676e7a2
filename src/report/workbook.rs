//! Rows of a query as an Excel workbook.
//!
//! For: spreadsheets. Not for: programs, which CSV and JSON serve better.
//! Invariant: a text is a text, also where it looks like a formula or a link; NULL is an empty cell; a number that a
//! spreadsheet would round is a text.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::table::LARGEST_EXACT;
use crate::model::{Cell, Table};
use crate::text::escape;

/// Characters of a cell, at most: what a workbook takes.
const CELL: usize = 32_767;

/// Rows below the header, at most: what a worksheet takes.
const ROWS: usize = 1_048_575;

/// A workbook with one sheet, as the bytes of a file.
///
/// # Errors
/// In words, where a sheet cannot hold so many rows or columns.
pub fn workbook(table: &Table) -> Result<Vec<u8>, String> {
    if table.rows.len() > ROWS {
        return Err(format!("a worksheet holds {ROWS} rows at most: use CSV or Parquet, or a smaller --limit"));
    }
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet(), table).and_then(|()| workbook.save_to_buffer()).map_err(|error| error.to_string())
}

fn fill(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    for (column, name) in (0_u16..).zip(&table.columns) {
        sheet.write_string_with_format(0, column, shown(name), &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (row, cells) in (1_u32..).zip(&table.rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Null => {}
                Cell::Bool(value) => {
                    sheet.write_boolean(row, column, *value)?;
                }
                Cell::Integer(value) if value.unsigned_abs() <= LARGEST_EXACT.unsigned_abs() => {
                    sheet.write_number(row, column, *value as f64)?;
                }
                Cell::Float(value) if value.is_finite() => {
                    sheet.write_number(row, column, *value)?;
                }
                Cell::Integer(value) => {
                    sheet.write_string(row, column, value.to_string())?;
                }
                Cell::Float(value) => {
                    sheet.write_string(row, column, value.to_string())?;
                }
                Cell::Text(text) => {
                    sheet.write_string(row, column, shown(text))?;
                }
            }
        }
    }
    sheet.autofit();
    Ok(())
}

/// Control characters would make a file that no program opens.
fn shown(text: &str) -> String {
    escape::shorten(&escape::terminal(text), CELL)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use super::*;

    /// The worksheet and the shared texts of a workbook.
    fn parts(table: &Table) -> (String, String) {
        let mut archive = zip::ZipArchive::new(Cursor::new(workbook(table).unwrap())).unwrap();
        let mut read = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        (read("xl/worksheets/sheet1.xml"), read("xl/sharedStrings.xml"))
    }

    #[test]
    fn a_formula_is_a_text_and_a_number_is_a_number() {
        let row = vec![
            Cell::Text("=HYPERLINK(\"https://e.example\")".to_owned()),
            Cell::Float(1.5),
            Cell::Null,
            Cell::Integer(1 << 60),
            Cell::Float(f64::NAN),
            Cell::Text("a\u{1b}[31m<b>".to_owned()),
        ];
        let columns = (0..row.len()).map(|column| format!("c{column}")).collect();
        let (sheet, texts) = parts(&Table { columns, rows: vec![row], is_truncated: false });
        assert!(!sheet.contains("<f>") && !sheet.contains("hyperlink"), "{sheet}");
        assert!(sheet.contains("<v>1.5</v>") && !sheet.contains("r=\"C2\""), "NULL is no cell: {sheet}");
        for text in ["=HYPERLINK", "1152921504606846976", "NaN", "&lt;b&gt;"] {
            assert!(texts.contains(text), "{text} in {texts}");
        }
        assert!(!texts.contains('\u{1b}'));
    }

    #[test]
    fn more_rows_than_a_sheet_holds_are_refused() {
        let table = Table { columns: vec!["a".to_owned()], rows: vec![Vec::new(); ROWS + 1], is_truncated: false };
        assert!(workbook(&table).unwrap_err().contains("Parquet"));
    }
}
