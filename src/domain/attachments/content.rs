//! What a file is: by its content, whatever its name and its sender say.

use sha2::{Digest, Sha256};

use super::extension;

/// How much of a file's beginning is looked at. Office documents name themselves in their second or third entry.
const HEAD: usize = 16 * 1024;

/// What is taken: pictures, documents, sound and film. Nothing that a browser or a desktop would run.
const TAKEN: [&str; 21] = [
    "application/pdf",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "audio/aac",
    "audio/m4a",
    "audio/mpeg",
    "audio/ogg",
    "audio/x-wav",
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/heif",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "image/webp",
    "video/mp4",
];

/// More film, by the names that telephones use.
const FILMS: [&str; 3] = ["video/quicktime", "video/webm", "video/x-m4v"];

const TEXT: &str = "text/plain";

/// Claims that say the same as what was found, or less.
const SYNONYMS: [(&str, &[&str]); 10] = [
    ("image/jpeg", &["image/jpg", "image/pjpeg"]),
    ("image/heif", &["image/heic", "image/heic-sequence", "image/heif-sequence"]),
    ("image/bmp", &["image/x-ms-bmp"]),
    ("audio/mpeg", &["audio/mp3"]),
    ("audio/m4a", &["audio/mp4", "audio/x-m4a", "video/mp4"]),
    ("audio/ogg", &["audio/opus", "application/ogg", "video/ogg"]),
    ("audio/x-wav", &["audio/wav", "audio/wave", "audio/vnd.wave"]),
    ("video/webm", &["audio/webm"]),
    ("video/x-m4v", &["video/mp4"]),
    (TEXT, &["text/csv", "text/tab-separated-values", "text/markdown", "text/calendar", "application/json"]),
];

/// Endings that some desktop runs when the file is opened.
const RUN: [&str; 46] = [
    "app", "apk", "appx", "bash", "bat", "chm", "cmd", "com", "command", "cpl", "deb", "desktop", "dll", "dmg", "exe", "gadget", "hta",
    "htm", "html", "iso", "jar", "js", "jse", "lnk", "mht", "mjs", "msi", "msp", "php", "pif", "ps1", "psm1", "py", "reg", "rpm", "scr",
    "sct", "sh", "shtml", "svg", "svgz", "url", "vbe", "vbs", "wsf", "xhtml",
];

/// Beginnings and parts of text that something would run or render.
const LIVELY: [&str; 12] =
    ["<!doctype", "<html", "<head", "<body", "<script", "<svg", "<iframe", "<object", "<embed", "<?php", "<?xml", "javascript:"];

/// Why a file is not taken. The sentence may be shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// There is nothing in it.
    #[error("The file is empty.")]
    Empty,
    /// It is too large.
    #[error("The file is larger than the {limit} bytes that are allowed.")]
    TooLarge {
        /// The most it may have.
        limit: u64,
    },
    /// Its content is of no kind that is taken.
    #[error("Files of this kind are not taken. Send pictures, PDF, office documents, plain text, sound or film.")]
    Kind,
    /// Its name ends in what some desktop would run.
    #[error("Files whose name ends in .{ending} are not taken.")]
    Ending {
        /// The ending.
        ending: String,
    },
    /// Its sender says that it is something else.
    #[error("The file was sent as {claimed}, but its content is {found}.")]
    Contradiction {
        /// What the sender says.
        claimed: String,
        /// What it is.
        found: &'static str,
    },
}

/// What was found out about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// Its media type.
    pub content_type: &'static str,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: [u8; 32],
}

/// Looks at a file as it passes by, piece by piece.
#[derive(Debug, Clone)]
pub struct Inspector {
    limit: u64,
    size: u64,
    hash: Sha256,
    head: Vec<u8>,
    text: Text,
}

/// Whether all bytes so far are UTF-8 text.
#[derive(Debug, Clone)]
enum Text {
    /// They are; these begin a letter whose end is still to come.
    Legible(Vec<u8>),
    /// They are not.
    Binary,
}

impl Inspector {
    /// For a file of at most so many bytes.
    pub fn new(limit: u64) -> Self {
        Self { limit, size: 0, hash: Sha256::new(), head: Vec::new(), text: Text::Legible(Vec::new()) }
    }

    /// Looks at the next piece.
    pub fn look(&mut self, piece: &[u8]) -> Result<(), Unfit> {
        self.size += piece.len() as u64;
        if self.size > self.limit {
            return Err(Unfit::TooLarge { limit: self.limit });
        }
        self.hash.update(piece);
        self.head.extend(piece.iter().take(HEAD.saturating_sub(self.head.len())));
        if let Text::Legible(begun) = &self.text {
            self.text = read_on(begun, piece);
        }
        Ok(())
    }

    /// What the file is, when all of it has passed by. A sender's claim must fit the content; one that names no kind says
    /// nothing.
    pub fn conclude(self, name: &str, claim: Option<&str>) -> Result<Findings, Unfit> {
        if self.size == 0 {
            return Err(Unfit::Empty);
        }
        if let Some(ending) = extension(name).filter(|ending| RUN.contains(&ending.as_str())) {
            return Err(Unfit::Ending { ending });
        }
        let content_type = kind(&self.head, &self.text).ok_or(Unfit::Kind)?;
        if let Some(claimed) = claim.map(essence).filter(|claimed| !matches!(claimed.as_str(), "" | "application/octet-stream")) {
            let known_as = SYNONYMS.iter().find(|(of, _)| *of == content_type).map_or(&[][..], |(_, names)| *names);
            if claimed != content_type && !known_as.contains(&claimed.as_str()) {
                return Err(Unfit::Contradiction { claimed: claimed.chars().take(100).collect(), found: content_type });
            }
        }
        Ok(Findings { content_type, size: self.size, sha256: self.hash.finalize().into() })
    }
}

/// A media type without its parameters.
fn essence(claim: &str) -> String {
    claim.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn read_on(begun: &[u8], piece: &[u8]) -> Text {
    let joined: Vec<u8>;
    let bytes = if begun.is_empty() {
        piece
    } else {
        joined = [begun, piece].concat();
        &joined
    };
    let (text, rest) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, &[][..]),
        Err(error) if error.error_len().is_none() => {
            let (whole, rest) = bytes.split_at(error.valid_up_to());
            (std::str::from_utf8(whole).unwrap_or_default(), rest)
        }
        Err(_) => return Text::Binary,
    };
    let odd = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t' | '\u{c}');
    if text.chars().any(odd) { Text::Binary } else { Text::Legible(rest.to_vec()) }
}

fn kind(head: &[u8], text: &Text) -> Option<&'static str> {
    if let Some(known) = infer::get(head) {
        return TAKEN.iter().chain(&FILMS).copied().find(|taken| *taken == known.mime_type());
    }
    match text {
        Text::Legible(begun) if begun.is_empty() && !is_lively(head) => Some(TEXT),
        _ => None,
    }
}

/// Whether text would do more than be read: a page, a picture made of text, a script.
fn is_lively(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head).to_lowercase();
    let beginning = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    beginning.starts_with("#!")
        || beginning.starts_with("@echo")
        || beginning.starts_with("%!ps")
        || LIVELY.iter().any(|part| text.contains(part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n";

    fn judged(name: &str, claim: Option<&str>, content: &[u8]) -> Result<&'static str, Unfit> {
        let mut inspector = Inspector::new(1000);
        for piece in content.chunks(7) {
            inspector.look(piece)?;
        }
        inspector.conclude(name, claim).map(|findings| findings.content_type)
    }

    #[test]
    fn the_content_decides() {
        for (name, claim, content, kind) in [
            ("a.png", Some("image/png"), PNG, "image/png"),
            ("a", None, PNG, "image/png"),
            ("a.txt", Some("application/octet-stream"), PNG, "image/png"),
            ("a.pdf", Some("application/pdf; name=x"), PDF, "application/pdf"),
            ("a.jpg", Some("image/jpg"), b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg"),
            ("a.csv", Some("text/csv; charset=utf-8"), "Théière;2\n".as_bytes(), "text/plain"),
            ("a.txt", None, "Où est mon colis ? 1 < 2".as_bytes(), "text/plain"),
        ] {
            assert_eq!(judged(name, claim, content), Ok(kind), "{name} {claim:?}");
        }
    }

    #[test]
    fn what_could_harm_is_refused_whatever_it_claims_to_be() {
        for content in [
            &b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff"[..],
            b"\x7fELF\x02\x01\x01\0\0\0\0\0",
            b"#!/bin/sh\nrm -rf /\n",
            b"\xef\xbb\xbf#!/bin/sh\n",
            b"<!DOCTYPE html><p>x",
            b"  \n<html><body>x",
            b"text first <ScRiPt>alert(1)</script>",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>",
            b"<?xml version=\"1.0\"?><svg/>",
            b"<?php echo 1;",
            b"PK\x03\x04\x14\0\0\0\0\0something.exe",
            b"Rar!\x1a\x07\0",
            b"\xff\xfeh\0i\0",
            b"caf\xe9",
            b"cut \xc3",
            b"nul \0 byte",
        ] {
            for claim in [None, Some("image/png"), Some("text/plain"), Some("application/pdf")] {
                assert_eq!(judged("photo.png", claim, content), Err(Unfit::Kind), "{}", content.escape_ascii());
            }
        }
        assert_eq!(judged("setup.EXE", None, PNG), Err(Unfit::Ending { ending: "exe".into() }));
        assert_eq!(judged("a.js", None, b"alert(1)"), Err(Unfit::Ending { ending: "js".into() }));
        let contradiction = Unfit::Contradiction { claimed: "image/png".into(), found: "application/pdf" };
        assert_eq!(judged("a.png", Some("Image/PNG"), PDF), Err(contradiction));
        assert!(judged("a.txt", Some("text/html"), b"harmless").is_err());
        assert_eq!(judged("a.txt", None, b""), Err(Unfit::Empty));
        assert_eq!(judged("a.txt", None, &[b'a'; 1001]), Err(Unfit::TooLarge { limit: 1000 }));
    }

    proptest! {
        #[test]
        fn how_it_comes_in_pieces_does_not_matter(content in prop::collection::vec(any::<u8>(), 1..400), text in "\\PC{1,200}", cut in 1_usize..50) {
            for content in [content, text.into_bytes()] {
                let whole = { let mut one = Inspector::new(9999); one.look(&content).unwrap(); one.conclude("a", None) };
                let pieces = { let mut many = Inspector::new(9999); content.chunks(cut).for_each(|piece| many.look(piece).unwrap()); many.conclude("a", None) };
                prop_assert_eq!(whole, pieces);
            }
        }
    }
}
