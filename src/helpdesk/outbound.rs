//! Marketplace text, made harmless before it goes to a helpdesk.
//!
//! Both products expand `{{placeholders}}` and Liquid tags in what an agent writes, and our user is an agent: a
//! seller who writes `{{ticket.requester.email}}` would be told the buyer's address.
//! <https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/>

use super::HelpdeskError;

#[cfg(test)]
mod tests;

/// Put between two characters that would begin or end a placeholder. Of the characters that do not show, the
/// zero-width joiner is the one that nobody can afford to strip: emoji and several scripts are spelt with it.
const BREAK: char = '\u{200d}';

/// How the line ends that says whose words follow.
const SPEAKER_ENDS: &str = " (seller):";

/// The words as safe HTML: paragraphs and line breaks are kept, everything else is text. With a speaker, a first
/// line says whose words they are. Refuses what is blank.
pub(super) fn html(text: &str, speaker: Option<&str>) -> Result<String, HelpdeskError> {
    let text = plain(text);
    if text.trim().is_empty() {
        return Err(HelpdeskError::Unsendable { reason: "it has no text".to_owned() });
    }
    let signed = speaker.map(|name| format!("<p><strong>{}</strong>{SPEAKER_ENDS}</p>", escaped(&self::name(name)))).unwrap_or_default();
    Ok(format!("{signed}<p>{}</p>", escaped(text.trim()).replace('\n', "<br>")))
}

/// What a comment of ours says, without the line that says whose words they are.
pub fn without_speaker(text: &str) -> &str {
    match text.split_once('\n') {
        Some((first, rest)) if first.trim_end().ends_with(SPEAKER_ENDS) => rest.trim_start(),
        _ => text,
    }
}

/// Refuses HTML that is longer than the vendor takes, as both cut silently or not at all. `limit` is in bytes.
pub(super) fn within(html: String, limit: usize) -> Result<String, HelpdeskError> {
    if html.len() > limit {
        return Err(HelpdeskError::Unsendable { reason: format!("it is longer than the helpdesk's {limit} bytes") });
    }
    Ok(html)
}

/// The words as safe plain text: no control characters, one kind of line break, no placeholder left whole.
pub(super) fn plain(text: &str) -> String {
    let text: String = text.replace("\r\n", "\n").chars().filter_map(legible).collect();
    let mut safe = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        safe.push(character);
        if characters.peek().is_some_and(|next| forms_placeholder(character, *next)) {
            safe.push(BREAK);
        }
    }
    safe
}

/// A name as safe plain text: on one line, and unable to turn the text around it.
pub(super) fn name(name: &str) -> String {
    let one_line: String = name.chars().filter(|character| !turns_text(*character)).collect();
    let one_line = plain(&one_line).split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.is_empty() { "?".to_owned() } else { one_line }
}

/// What of a text survives every rewriting a helpdesk does to it: all but blanks and characters that do not show.
pub(super) fn fingerprint(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && !is_invisible(*character)).collect()
}

/// Whether the two may open or close a placeholder, or would if the helpdesk dropped the second, which does not show.
fn forms_placeholder(first: char, second: char) -> bool {
    match first {
        '{' => matches!(second, '{' | '%') || is_invisible(second),
        '}' | '%' => second == '}' || is_invisible(second),
        _ => false,
    }
}

fn legible(character: char) -> Option<char> {
    match character {
        '\r' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\n' | '\t' => Some(character),
        control if control.is_control() => None,
        other => Some(other),
    }
}

/// Characters that do not show and that a careful program may strip.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Marks that change the direction of the text after them.
fn turns_text(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
