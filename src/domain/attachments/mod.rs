//! Files that go with messages: where they stand, what they are called, and which are taken.

mod content;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{AttachmentId, ConnectionId, MessageId};

pub use content::{Findings, Inspector, Unfit};

/// The longest name, in characters.
pub const NAME_LIMIT: usize = 200;

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AttachmentState {
    /// Its bytes are on their way to us.
    Pending,
    /// It can be had.
    Ready,
    /// Its bytes could not be got, and will not be tried for again.
    Failed,
    /// It must not be had: it is dangerous, or of a kind that is not taken.
    Blocked,
    /// It was removed.
    Redacted,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Our id.
    pub id: AttachmentId,
    /// The message it belongs to; none while it waits for one.
    pub message: Option<MessageId>,
    /// Its place in the message, from 1.
    pub position: i32,
    /// Where it stands.
    pub state: AttachmentState,
    /// Its name, fit to be shown and saved under.
    pub name: String,
    /// Its media type: by its content once we have that, by hearsay before.
    pub content_type: String,
    /// Its size in bytes, once known.
    pub size: Option<u64>,
    /// The SHA-256 of its bytes, once we have had them.
    pub sha256: Option<[u8; 32]>,
    /// Where its bytes are kept, when they are.
    pub object_key: Option<String>,
    /// The helpdesk that it came from, and its id there.
    pub origin: Option<(ConnectionId, String)>,
    /// When we first heard of it.
    pub created_at: DateTime<Utc>,
}

/// The name as it may be shown and saved under: the last part of a path, without control characters and marks that turn
/// text around, at most [`NAME_LIMIT`] characters of which the ending is kept.
pub fn clean_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|letter| letter.is_whitespace() || !(letter.is_control() || turns_text(*letter))).collect();
    let name = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_matches(['.', ' ']);
    let bare = given.ends_with(['/', '\\']) || name.is_empty();
    if bare { "file".to_owned() } else { shortened(name) }
}

fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= NAME_LIMIT {
        return name.to_owned();
    }
    let ending = extension(name).filter(|ending| ending.chars().count() <= 10);
    let kept = ending.as_ref().map_or(0, |ending| ending.chars().count() + 1);
    let stem: String = name.chars().take(NAME_LIMIT - kept).collect();
    ending.map_or(stem.clone(), |ending| format!("{stem}.{ending}"))
}

/// The ending of a name, in small letters.
pub(super) fn extension(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).filter(|ending| !ending.is_empty())
}

/// Marks that change the direction of the text after them, or do not show: `photo\u{202e}gpj.exe` reads like a picture.
const fn turns_text(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_lose_paths_and_tricks() {
        for (given, kept) in [
            ("facture.pdf", "facture.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\photo.jpg", "photo.jpg"),
            ("été  à la\tmer.png", "été à la mer.png"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("a\r\nContent-Type: b", "a Content-Type: b"),
            ("..", "file"),
            (".htaccess", "htaccess"),
            ("", "file"),
            ("dir/", "file"),
            ("\u{0}", "file"),
        ] {
            assert_eq!(clean_name(given), kept, "{given:?}");
        }
        let long = clean_name(&format!("{}.docx", "x".repeat(500)));
        assert!(long.chars().count() == NAME_LIMIT && extension(&long).as_deref() == Some("docx"));
    }

    proptest! {
        #[test]
        fn any_name_becomes_a_harmless_one(given in any::<String>()) {
            let name = clean_name(&given);
            prop_assert!(!name.is_empty() && name.chars().count() <= NAME_LIMIT);
            prop_assert!(!name.contains(['/', '\\']) && !name.chars().any(char::is_control) && !name.starts_with('.'));
            prop_assert_eq!(clean_name(&name), name);
        }
    }
}
