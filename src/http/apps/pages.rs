//! The pages as they were built: read once, at the start.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use axum::body::Bytes;

/// A file of a page: a script, a style, a picture.
#[derive(Debug, Clone)]
pub(super) struct Asset {
    pub(super) content: Bytes,
    pub(super) content_type: &'static str,
}

#[derive(Debug, Default)]
struct Built {
    pages: HashMap<String, String>,
    assets: HashMap<String, Asset>,
    documents: HashMap<String, Arc<str>>,
}

/// The built pages; none where they were not built.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    built: Arc<Built>,
    zendesk_sdk: Option<&'static str>,
}

/// What of a folder is not understood.
#[derive(Debug, thiserror::Error)]
pub enum UnfitPages {
    /// A file cannot be read.
    #[error("{file} cannot be read: {source}")]
    Unreadable {
        /// Which.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The list of operations is none.
    #[error("documents.json is no list of operations: {0}")]
    Documents(#[from] serde_json::Error),
}

fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit('.').next()? {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

fn read(path: &Path) -> Result<Vec<u8>, UnfitPages> {
    std::fs::read(path).map_err(|source| UnfitPages::Unreadable { file: path.display().to_string(), source })
}

fn files(folder: &Path) -> Result<Vec<(String, std::path::PathBuf)>, UnfitPages> {
    let failed = |source| UnfitPages::Unreadable { file: folder.display().to_string(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if let (Ok(name), true) = (entry.file_name().into_string(), entry.path().is_file()) {
            found.push((name, entry.path()));
        }
    }
    Ok(found)
}

impl Pages {
    /// The pages in a folder that a build has left; none when there is no such folder.
    pub fn load(folder: &Path) -> Result<Self, UnfitPages> {
        if !folder.is_dir() {
            return Ok(Self::default());
        }
        let mut built = Built::default();
        for (name, path) in files(folder)? {
            if let Some(page) = name.strip_suffix(".html") {
                built.pages.insert(page.to_owned(), String::from_utf8_lossy(&read(&path)?).into_owned());
            } else if name == "documents.json" {
                built.documents = serde_json::from_slice(&read(&path)?)?;
            }
        }
        let assets = folder.join("assets");
        for (name, path) in if assets.is_dir() { files(&assets)? } else { Vec::new() } {
            if let Some(content_type) = content_type(&name) {
                built.assets.insert(name, Asset { content: read(&path)?.into(), content_type });
            }
        }
        Ok(Self { built: Arc::new(built), zendesk_sdk: None })
    }

    /// The same, with Zendesk's script from here instead of the vendor's address: for those who are cut off from it.
    #[must_use]
    pub const fn with_own_zendesk_sdk(mut self) -> Self {
        self.zendesk_sdk = Some("/app/assets/zaf-sdk.js");
        self
    }

    /// Where Zendesk's script is, when not at the vendor's.
    pub(super) const fn zendesk_sdk(&self) -> Option<&'static str> {
        self.zendesk_sdk
    }

    /// Whether there is this page.
    pub fn have(&self, name: &str) -> bool {
        self.built.pages.contains_key(name)
    }

    /// A page by its name.
    pub(super) fn page(&self, name: &str) -> Option<&str> {
        self.built.pages.get(name).map(String::as_str)
    }

    /// A file of the pages.
    pub(super) fn asset(&self, name: &str) -> Option<&Asset> {
        self.built.assets.get(name)
    }

    /// Whether it is known which operations they send.
    pub fn lists_operations(&self) -> bool {
        !self.built.documents.is_empty()
    }

    /// An operation that the pages send by its SHA-256, in hex.
    pub fn document(&self, sha256: &str) -> Option<&str> {
        self.built.documents.get(sha256).map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_has_left_is_served_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Pages::load(&folder.path().join("none")).unwrap().page("sidebar").is_none());
        std::fs::create_dir(folder.path().join("assets")).unwrap();
        for (name, content) in [
            ("sidebar.html", "<p>"),
            ("documents.json", r#"{"ab":"{ viewer { role } }"}"#),
            ("assets/a-1.js", "1"),
            ("assets/secret.txt", "no"),
        ] {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        let pages = Pages::load(folder.path()).unwrap();
        assert_eq!((pages.page("sidebar"), pages.document("ab")), (Some("<p>"), Some("{ viewer { role } }")));
        assert_eq!(pages.asset("a-1.js").unwrap().content_type, "text/javascript; charset=utf-8");
        for none in ["secret.txt", "../sidebar.html", "sidebar.html", ""] {
            assert!(pages.asset(none).is_none(), "{none}");
        }
        std::fs::write(folder.path().join("documents.json"), "[]").unwrap();
        assert!(matches!(Pages::load(folder.path()), Err(UnfitPages::Documents(_))));
    }
}
