//! Other names of models and hardware.
//!
//! For: one name for what is spelled in several ways. Not for: guessing that two names mean one thing; what is not in the
//! table stays as it is.
//! Invariant: the verbatim name of a model is kept, and decides its series; the canonical one stands beside it. Hardware
//! is kept under the name that its alias leads to.

use std::collections::BTreeMap;

/// Names that a project gives, by spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    /// Hardware types and device names: spelling -> name.
    pub hardware: BTreeMap<String, String>,
    /// Models: spelling -> canonical name. They come before the spellings that are known without them.
    pub models: BTreeMap<String, String>,
}

/// Spellings that the old system used for a model that has a published name.
const KNOWN_MODELS: [(&str, &str); 10] = [
    ("bert_base_uncased", "bert-base-uncased"),
    ("clip-vit-base-patch32", "openai/clip-vit-base-patch32"),
    ("deit-tiny-patch16-224", "facebook/deit-tiny-patch16-224"),
    ("distilbert/distilbert-base-uncased", "distilbert-base-uncased"),
    ("resnet-50", "microsoft/resnet-50"),
    ("t5-efficient-tiny", "google/t5-efficient-tiny"),
    ("t5_small", "t5-small"),
    ("vit-base-patch16-224", "google/vit-base-patch16-224"),
    ("wav2vec2-base", "facebook/wav2vec2-base"),
    ("whisper-tiny", "openai/whisper-tiny"),
];

impl Aliases {
    /// The name of a hardware type or device.
    #[must_use]
    pub fn hardware(&self, spelling: &str) -> String {
        self.hardware.get(spelling).cloned().unwrap_or_else(|| spelling.to_owned())
    }

    /// The canonical name of a model, where that is another than the verbatim one.
    #[must_use]
    pub fn canonical_model(&self, name: &str) -> Option<&str> {
        let known = || KNOWN_MODELS.iter().find(|(spelling, _)| *spelling == name).map(|(_, canonical)| *canonical);
        self.models.get(name).map(String::as_str).or_else(known).filter(|canonical| *canonical != name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_projects_names_come_before_those_that_are_known() {
        let models = BTreeMap::from([
            ("whisper-tiny".to_owned(), "our/whisper".to_owned()),
            ("t5_small".to_owned(), "t5_small".to_owned()),
        ]);
        let aliases = Aliases { models, ..Aliases::default() };
        assert_eq!(aliases.canonical_model("whisper-tiny"), Some("our/whisper"));
        assert_eq!(aliases.canonical_model("t5_small"), None, "an alias of itself keeps the name");
        assert_eq!(aliases.canonical_model("resnet-50"), Some("microsoft/resnet-50"));
        assert_eq!(aliases.canonical_model("gpt2"), None);
    }

    #[test]
    fn no_known_alias_leads_to_another() {
        for (_, canonical) in KNOWN_MODELS {
            assert_eq!(Aliases::default().canonical_model(canonical), None);
        }
    }
}
