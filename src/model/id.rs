//! Ids derived from content.
//!
//! For: naming rows so that any number of writers agree without talking, importing twice changes nothing, and two
//! histories merge by union. Not for: security; an id proves nothing about who wrote a row.
//! Invariant: the same natural key gives the same id on every machine and in every version; changing a digest is a
//! schema migration.
//!
//! An id is the first 64 bits of BLAKE3 over the kind and the length-prefixed fields of the natural key. Among ten
//! million ids of one kind the chance of any collision is 3e-6 (birthday bound, n^2 / 2^65).

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{:016x}", self.0)
            }
        }
    };
}

id!(
    /// Names a model: its verbatim name.
    ModelId
);
id!(
    /// Names a hardware: type, device and machine.
    HardwareId
);
id!(
    /// Names a configuration: model, hardware, test case, batch size, precision, parameters, real or simulated.
    ConfigurationId
);
id!(
    /// Names a series: configuration and metric.
    SeriesId
);
id!(
    /// Names a run: its key, attempt, suite and commit.
    RunId
);
id!(
    /// Names a decision about a baseline: what, who, why and when.
    DecisionId
);
id!(
    /// Names an imported source: content hash and the run it was imported for.
    SourceId
);

impl ModelId {
    /// The id of a model by its verbatim name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(Digest::new("model").text(name).finish())
    }
}

/// A digest over the fields of a natural key, which are gathered and hashed at once: they are short, and there are many.
#[derive(Debug)]
pub struct Digest(Vec<u8>);

impl Digest {
    /// Starts a digest for one kind of id, so that equal fields of different kinds differ.
    #[must_use]
    pub fn new(kind: &str) -> Self {
        let mut digest = Self(Vec::with_capacity(256));
        digest.push(kind.as_bytes());
        digest
    }

    /// Adds a text field.
    #[must_use]
    pub fn text(mut self, field: &str) -> Self {
        self.push(field.as_bytes());
        self
    }

    /// Adds a field that may be absent; absent differs from every present value, the empty text included.
    #[must_use]
    pub fn optional(mut self, field: Option<&str>) -> Self {
        match field {
            Some(text) => {
                self.0.push(1);
                self.push(text.as_bytes());
            }
            None => {
                self.0.push(0);
            }
        }
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, field: u64) -> Self {
        self.push(&field.to_le_bytes());
        self
    }

    /// The first 64 bits of the digest.
    #[must_use]
    pub fn finish(self) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(&blake3::hash(&self.0).as_bytes()[..8]);
        u64::from_le_bytes(first)
    }

    fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.0.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_same_in_every_version() {
        // Frozen: a change here orphans every stored history.
        assert_eq!(ModelId(Digest::new("model").text("bert").finish()).to_string(), "50c7af1d129bdd5a");
    }

    #[test]
    fn field_borders_and_absence_count() {
        let ids = [
            Digest::new("x").text("ab").text("c").finish(),
            Digest::new("x").text("a").text("bc").finish(),
            Digest::new("x").optional(None).finish(),
            Digest::new("x").optional(Some("")).finish(),
            Digest::new("y").optional(None).finish(),
        ];
        for (index, id) in ids.iter().enumerate() {
            assert!(!ids[index + 1..].contains(id), "collision at {index}");
        }
    }
}
