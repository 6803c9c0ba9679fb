//! Articles of a help centre, as far as the products are alike.

use crate::domain::articles::Article;

/// The longest title and excerpt that are passed on, in characters.
const TITLE: usize = 300;
const EXCERPT: usize = 240;

/// What to look for in a help centre.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArticleSearch {
    /// Words that the article should have.
    pub words: String,
    /// In which language, a BCP 47 tag; none for any.
    pub locale: Option<String>,
}

/// An article whose texts came as HTML.
pub(super) fn article(title: &str, url: String, locale: Option<String>, html: &str) -> Article {
    Article { title: cut(&plain(title), TITLE), url, locale, excerpt: cut(&plain(html), EXCERPT) }
}

/// The words of HTML, on one line.
fn plain(html: &str) -> String {
    // Tags part words.
    let text = ammonia::Builder::empty().clean(&html.replace('<', " <")).to_string();
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&nbsp;", " ");
    text.replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let short: String = text.chars().take(limit).collect();
    format!("{}…", short.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_left_out() {
        let html = "<p>Un <em>colis</em> &amp; un <script>alert(1)</script>retard.</p><p>Voilà</p>";
        assert_eq!(plain(html), "Un colis & un retard. Voilà");
        assert_eq!(cut("abcdef", 3), "abc…");
    }
}
