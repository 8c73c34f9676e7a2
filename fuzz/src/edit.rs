//! Edits that keep JSON valid, so that mutants reach beyond the parser.
//!
//! For: one random edit of one random value: another number, another type, a value nested, repeated, renamed, removed
//! or moved. Not for: broken syntax, which libFuzzer's own mutations make.
//! Invariant: the same document and the same seed give the same edit.

use std::ops::Range;

use serde_json::{Map, Value, json};

/// Numbers that measure nothing, and texts that stand for numbers and times.
fn odd(pick: u64) -> Value {
    let values = [
        json!(0),
        json!(-1),
        json!(1e308),
        json!(5e-324),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(0.1),
        json!("NaN"),
        json!("1e400"),
        json!("-5 ms"),
        json!("2026-13-45T99:00:00Z"),
        json!(253_402_300_800_i64),
        json!(""),
        json!("\u{0}\u{202e}|`<@"),
        json!(null),
        json!(true),
        json!([]),
        json!({}),
    ];
    values[index(pick, values.len())].clone()
}

/// A small generator (SplitMix64): libFuzzer gives one seed an edit.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        index(self.next(), end)
    }
}

fn index(number: u64, end: usize) -> usize {
    usize::try_from(number % (end.max(1) as u64)).unwrap_or(0)
}

/// Edits one of the documents in `data`, which are apart at lines of `---` or are lines themselves; the new length, or
/// `None` where the one that was picked is no JSON or the edit does not fit.
pub fn json(data: &mut [u8], size: usize, seed: u32) -> Option<usize> {
    let room = data.len();
    let mut random = Random(seed.into());
    let (mut span, mut document) = pick(&data[..size], b"\n---\n", 0..size, &mut random);
    if document.is_none() {
        (span, document) = pick(&data[..size], b"\n", span, &mut random);
    }
    let mut document = document?;
    let count = count(&document);
    let donor = nth(&mut document, random.below(count)).clone();
    let target = random.below(count);
    edit(nth(&mut document, target), donor, room, &mut random);
    let edited = [&data[..span.start], &serde_json::to_vec(&document).ok()?, &data[span.end..size]].concat();
    data.get_mut(..edited.len())?.copy_from_slice(&edited);
    Some(edited.len())
}

/// One of the pieces of `within`, and what it is as JSON.
fn pick(data: &[u8], separator: &[u8], within: Range<usize>, random: &mut Random) -> (Range<usize>, Option<Value>) {
    let (mut pieces, mut start) = (Vec::new(), within.start);
    while let Some(at) = data[start..within.end].windows(separator.len()).position(|window| window == separator) {
        pieces.push(start..start + at);
        start += at + separator.len();
    }
    pieces.push(start..within.end);
    let piece = pieces.swap_remove(random.below(pieces.len()));
    let document = serde_json::from_slice(&data[piece.clone()]).ok();
    (piece, document)
}

fn edit(value: &mut Value, donor: Value, room: usize, random: &mut Random) {
    match (random.below(8), value) {
        (0, value) => *value = donor,
        (1, value) => {
            for _ in 0..=random.below(70) {
                let inner = value.take();
                *value = if random.below(2) == 0 { json!([inner]) } else { json!({ "a": inner }) };
            }
        }
        (2 | 3, Value::Array(list)) if !list.is_empty() => repeat(list, room, random),
        (2, Value::Object(fields)) if !fields.is_empty() => {
            let key = key(fields, random);
            fields.remove(&key);
        }
        (3, Value::Object(fields)) if !fields.is_empty() => {
            let key = key(fields, random);
            let moved = fields.remove(&key).unwrap_or(donor);
            fields.insert(format!("{key}{}", random.below(3)), moved);
        }
        (4, Value::Object(fields)) if !fields.is_empty() => {
            // Many fields of one kind: what is done for each field must not be done for all others too.
            let key = key(fields, random);
            let copy = fields[&key].clone();
            let most = room / (copy.to_string().len() + key.len() + 12);
            for number in 0..random.below(most.min(20_000)) {
                fields.insert(format!("{key}{number}"), copy.clone());
            }
        }
        (5, Value::Number(number)) => {
            let scale = [1e-9, 0.5, -1.0, 1e3, 1e300][random.below(5)];
            let scaled = number.as_f64().and_then(|number| serde_json::Number::from_f64(number * scale));
            *number = scaled.unwrap_or_else(|| 0.into());
        }
        (_, value) => *value = odd(random.next()),
    }
}

/// Repeats an element, as it is or each time with another number in it.
fn repeat(list: &mut Vec<Value>, room: usize, random: &mut Random) {
    let element = list[random.below(list.len())].clone();
    let text = element.to_string();
    let most = (room / (text.len() + 1)).min(20_000);
    let is_numbered = random.below(2) == 0;
    for number in 0..random.below(most) {
        let copy = if is_numbered { numbered(&element, number) } else { element.clone() };
        list.push(copy);
    }
}

/// The element with the number at the end of its first text.
fn numbered(element: &Value, number: usize) -> Value {
    match element {
        Value::String(text) => json!(format!("{text}{number}")),
        Value::Object(fields) => {
            let mut fields = fields.clone();
            if let Some(text) = fields.values_mut().find(|value| value.is_string()) {
                *text = numbered(text, number);
            }
            Value::Object(fields)
        }
        other => other.clone(),
    }
}

fn key(fields: &Map<String, Value>, random: &mut Random) -> String {
    fields.keys().nth(random.below(fields.len())).cloned().unwrap_or_default()
}

fn children(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(list) => list.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => Vec::new(),
    }
}

/// How many values a document holds, itself included.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(count).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// The value at a place, counted from the document itself.
fn nth(value: &mut Value, mut place: usize) -> &mut Value {
    if place == 0 {
        return value;
    }
    // The place lies in one of the children; counting finds which, before anything is borrowed for the answer.
    place -= 1;
    let mut child = 0;
    for one in children(value) {
        let size = count(one);
        if place < size {
            break;
        }
        place -= size;
        child += 1;
    }
    nth(children(value).swap_remove(child), place)
}
