//! The little HTML that a helpdesk does: to text, from text, and cleaned.

/// The text as HTML that shows it literally.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What a reader of the HTML sees.
pub(crate) fn to_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let Some((tag, after)) = tag.split_once('>') else {
            rest = "";
            break;
        };
        let tag = tag.to_ascii_lowercase();
        if ["br", "/p", "/div", "/li", "/blockquote"].iter().any(|block| tag.starts_with(block)) {
            text.push('\n');
        }
        rest = after;
    }
    text.push_str(rest);
    decode(&text).trim().to_owned()
}

fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, entity)) = rest.split_once('&') {
        decoded.push_str(before);
        if let Some((character, after)) = entity.split_once(';').and_then(|(name, after)| Some((character(name)?, after))) {
            decoded.push(character);
            rest = after;
        } else {
            decoded.push('&');
            rest = entity;
        }
    }
    decoded.push_str(rest);
    decoded
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        "zwj" => Some('\u{200d}'),
        "zwnj" => Some('\u{200c}'),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// What the vendors leave of foreign HTML, on the worst assumption: no scripts, no comments, no attribute that
/// could carry a mark of ours (`class`, `id`, `title`, `data-…`).
pub(crate) fn clean(html: &str) -> String {
    ammonia::Builder::default().rm_generic_attributes(["title", "lang"]).clean(html).to_string()
}

/// The longest beginning of `text` that fits into `bytes`.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_the_text_that_a_reader_sees() {
        for (html, text) in [
            ("<p>one</p><p>two &amp; three</p>", "one\ntwo & three"),
            ("a<br>b", "a\nb"),
            ("&#123;&#x7b;x", "{{x"),
            ("fish & chips &unknown; <b>bold", "fish & chips &unknown; bold"),
        ] {
            assert_eq!(to_text(html), text);
        }
        assert_eq!(to_text(&escape("<b> & \"q\"")), "<b> & \"q\"");
    }

    #[test]
    fn cleaning_leaves_no_place_for_a_mark() {
        let dirty = r#"<p class="x" id="y" title="z" data-key="k">hi<!-- mark --><script>alert(1)</script></p>"#;
        assert_eq!(clean(dirty), "<p>hi</p>");
    }
}
