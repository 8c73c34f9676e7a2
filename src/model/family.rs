//! Families of models, inferred from names.
//!
//! For: filters and comparisons by family where no file names one. Not for: identity; a model is its name.
//! Invariant: a word of a name decides, never a part of one, so that `distilbert` is no `bert` and `option` no `opt`; what is
//! not in the table has no family.

/// A family and what its models take in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// `text`, `image`, `audio`, `video`, `image_text` or `multimodal`.
    pub modality: &'static str,
}

/// The families, by the word that names them. A number may follow a word: `gpt2`, `llama3`, `qwen2`.
const FAMILIES: &[(&str, &str)] = &[
    ("albert", "text"),
    ("bart", "text"),
    ("bert", "text"),
    ("bloom", "text"),
    ("clap", "audio"),
    ("clip", "image_text"),
    ("codellama", "text"),
    ("convnext", "image"),
    ("deberta", "text"),
    ("deepseek", "text"),
    ("deit", "image"),
    ("detr", "image"),
    ("distilbert", "text"),
    ("efficientnet", "image"),
    ("electra", "text"),
    ("falcon", "text"),
    ("gemma", "text"),
    ("gpt", "text"),
    ("hubert", "audio"),
    ("llama", "text"),
    ("llava", "multimodal"),
    ("mistral", "text"),
    ("mixtral", "text"),
    ("mobilenet", "image"),
    ("opt", "text"),
    ("phi", "text"),
    ("qwen", "text"),
    ("resnet", "image"),
    ("roberta", "text"),
    ("swin", "image"),
    ("t5", "text"),
    ("vit", "image"),
    ("wav2vec", "audio"),
    ("whisper", "audio"),
    ("xclip", "video"),
    ("yolo", "image"),
];

/// The family that a model's name tells; `None` where it tells none.
#[must_use]
pub fn family(model: &str) -> Option<Family> {
    let lower = model.to_lowercase().replace("x-clip", "xclip");
    let mut words = lower.split(|character: char| !character.is_alphanumeric());
    words.find_map(|word| {
        let is_of = |name: &str| word.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphabetic));
        FAMILIES.iter().find(|(name, _)| is_of(name)).map(|(name, modality)| Family { name, modality })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_name_tells_the_family() {
        for (model, expected) in [
            ("bert-base-uncased", Some("bert")),
            ("distilbert-base-uncased", Some("distilbert")),
            ("FacebookAI/roberta-large", Some("roberta")),
            ("google/vit-base-patch16-224", Some("vit")),
            ("google/flan-t5-small", Some("t5")),
            ("openai/clip-vit-base-patch32", Some("clip")),
            ("microsoft/xclip-base-patch32", Some("xclip")),
            ("microsoft/x-clip-base", Some("xclip")),
            ("openai-community/gpt2", Some("gpt")),
            ("meta-llama/Llama-3.1-8B", Some("llama")),
            ("llava-hf/llava-1.5-7b-hf", Some("llava")),
            ("facebook/opt-125m", Some("opt")),
            ("facebook/wav2vec2-base", Some("wav2vec")),
            ("Qwen/Qwen2.5-7B", Some("qwen")),
            ("options-pricing", None),
            ("", None),
        ] {
            assert_eq!(family(model).map(|family| family.name), expected, "{model}");
        }
    }

    #[test]
    fn families_are_in_order_and_named_once() {
        assert!(FAMILIES.is_sorted_by(|first, second| first.0 < second.0));
    }
}
