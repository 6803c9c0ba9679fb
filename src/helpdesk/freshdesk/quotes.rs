//! Freshdesk's HTML as text, and a mail reply without the history that it carries along.

use std::collections::HashSet;

use ammonia::Builder;

#[cfg(test)]
mod tests;

/// Elements that begin and end on lines of their own.
const BLOCKS: [&str; 15] = ["blockquote", "dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "pre", "table", "tr"];

/// Classes that mail programs and Freshdesk put on the history under a reply.
const QUOTE_CLASSES: [&str; 3] = ["freshdesk_quote", "gmail_quote", "yahoo_quoted"];

/// The text of some HTML, with line breaks where blocks end.
pub(super) fn text(html: &str) -> String {
    let mut text = String::new();
    for piece in pieces(&cleaned(html)) {
        text.push_str(&piece.text());
    }
    tidy(&text)
}

/// The text of a mail reply without its history, when the history is clearly marked as such (a `blockquote` or one of the
/// known classes), comes last, and something stands before it. None when there is nothing to leave out: words under
/// or between quotations are answers to them, which make no sense alone.
pub(super) fn without_history(html: &str) -> Option<String> {
    let (mut reply, mut after, mut quotes, mut depth) = (String::new(), String::new(), 0_u32, 0_u32);
    for piece in pieces(&cleaned(html)) {
        match piece {
            Piece::Open { .. } if depth > 0 => depth += u32::from(!piece.is_void()),
            Piece::Open { .. } if piece.is_quote() => {
                depth = 1;
                quotes += 1;
            }
            Piece::Close(_) if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            _ if quotes > 0 => after.push_str(&piece.text()),
            _ => reply.push_str(&piece.text()),
        }
    }
    let reply = tidy(&reply);
    (quotes > 0 && after.trim().is_empty() && !reply.is_empty()).then_some(reply)
}

/// The HTML reduced to what is read here, and well-formed: every element closed, every attribute quoted.
fn cleaned(html: &str) -> String {
    let tags: HashSet<&str> = BLOCKS.into_iter().chain(["br"]).collect();
    Builder::new().tags(tags).tag_attributes([].into()).generic_attributes(HashSet::from(["class"])).link_rel(None).clean(html).to_string()
}

#[derive(Debug, Clone, Copy)]
enum Piece<'a> {
    Open { name: &'a str, attributes: &'a str },
    Close(&'a str),
    Text(&'a str),
}

impl Piece<'_> {
    fn is_void(&self) -> bool {
        matches!(self, Self::Open { name: "br", .. })
    }

    fn is_quote(&self) -> bool {
        let Self::Open { name, attributes } = self else { return false };
        let marked = || attributes.split(['"', ' ']).any(|class| QUOTE_CLASSES.contains(&class));
        *name == "blockquote" || marked()
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => unescaped(text),
            Self::Open { name: "br", .. } => "\n".to_owned(),
            Self::Open { name, .. } | Self::Close(name) if BLOCKS.contains(name) => "\n".to_owned(),
            Self::Open { .. } | Self::Close(_) => String::new(),
        }
    }
}

fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        if start > 0 {
            pieces.push(Piece::Text(&rest[..start]));
        }
        let tag = &rest[start + 1..];
        let end = end_of_tag(tag);
        let (inner, following) = tag.split_at(end);
        let (name, attributes) = inner.split_once(' ').unwrap_or((inner, ""));
        pieces.push(inner.strip_prefix('/').map_or(Piece::Open { name, attributes }, Piece::Close));
        rest = following.strip_prefix('>').unwrap_or(following);
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// Where the tag ends: at the first `>` outside of quotation marks.
fn end_of_tag(tag: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in tag.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at,
            _ => {}
        }
    }
    tag.len()
}

/// Undoes the escapes of the cleaner, which writes no others.
fn unescaped(text: &str) -> String {
    // Line breaks in the source are blanks; the last replacement must not make a new escape.
    text.replace(['\r', '\n'], " ")
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// Trims every line, and leaves at most one empty line between two others.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n").trim().to_owned()
}
