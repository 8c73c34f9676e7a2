//! What the pages of a server have beside their content: the way to the others, and questions to ask.
//!
//! For: links between pages, and forms that work without a script. Not for: which pages there are.
//! Invariant: an address stays on the server: it begins with one `/`, or it is not linked. A form asks (`GET`) and
//! changes nothing.

use url::form_urlencoded::Serializer;

/// The surroundings of a page that a server answers with.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The places that every page leads to.
    pub places: Vec<Link>,
    /// The way from the first page to this one, itself excepted.
    pub trail: Vec<Link>,
    /// What can be asked of the page.
    pub form: Option<Form>,
    /// Which state of the history is shown, in a word of the server's: the page's script asks again when there is another.
    pub state: String,
}

/// A link to another page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub(super) text: String,
    pub(super) target: String,
    pub(super) is_here: bool,
}

/// A form whose answers become part of the address.
#[derive(Clone, Debug)]
pub struct Form {
    /// The page that is asked.
    pub action: String,
    /// The questions.
    pub fields: Vec<Field>,
    /// What the button says.
    pub button: &'static str,
}

/// A question of a form. Names are the program's own words.
#[derive(Clone, Debug)]
pub enum Field {
    /// A text.
    Words {
        /// Its parameter.
        name: &'static str,
        /// What is asked.
        label: &'static str,
        /// What it holds.
        value: String,
        /// An example.
        example: &'static str,
    },
    /// One of several.
    Choice {
        /// Its parameter.
        name: &'static str,
        /// What is asked.
        label: &'static str,
        /// Values, each with its words.
        options: Vec<(String, String)>,
        /// The value that is chosen.
        chosen: String,
    },
}

impl Link {
    /// A link to a page of the server; any other address is not linked.
    #[must_use]
    pub fn new(text: impl Into<String>, target: impl Into<String>) -> Self {
        Self { text: text.into(), target: local(target.into()), is_here: false }
    }

    /// Marked as the page that it stands on.
    #[must_use]
    pub fn here(mut self, is_here: bool) -> Self {
        self.is_here = is_here;
        self
    }
}

/// The address, where it is a page of the server.
pub(super) fn local(target: String) -> String {
    let is_local = target.starts_with('/') && !target.starts_with("//") && !target.starts_with("/\\");
    if is_local { target } else { String::new() }
}

/// The address of a page with parameters; those without a value are left out.
#[must_use]
pub fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(parameters.iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stays_on_the_server_and_names_travel_encoded() {
        for foreign in ["//e.example", "https://e.example", "javascript:alert(1)", "/\\e.example", ""] {
            assert_eq!(Link::new("a", foreign).target, "", "{foreign}");
        }
        let address = address("/dashboard/series", &[("model", "a&b=\"<ä> #?/"), ("q", "")]);
        assert_eq!(address, "/dashboard/series?model=a%26b%3D%22%3C%C3%A4%3E+%23%3F%2F");
        assert_eq!(Link::new("a", address.clone()).target, address);
    }
}
