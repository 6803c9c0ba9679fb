//! Articles of a simulated help centre.

/// Who may read an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Everybody.
    Everybody,
    /// Staff alone.
    Staff,
    /// Nobody yet: it is a draft.
    Nobody,
}

/// An article of a help centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimArticle {
    /// Its title.
    pub title: String,
    /// Its HTML.
    pub html: String,
    /// Its language.
    pub locale: String,
    /// Who may read it.
    pub readers: Readers,
}

impl SimArticle {
    /// An article in French.
    pub fn new(title: &str, html: &str, readers: Readers) -> Self {
        Self { title: title.to_owned(), html: html.to_owned(), locale: "fr".to_owned(), readers }
    }

    /// Whether any of the words stands in it.
    pub(crate) fn fits(&self, query: &str) -> bool {
        let text = format!("{} {}", self.title, self.html).to_lowercase();
        query.to_lowercase().split_whitespace().any(|word| text.contains(word))
    }
}
