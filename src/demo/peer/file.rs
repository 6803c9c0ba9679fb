//! Files of comments, as both simulators keep them.

/// What the helpdesk knows about the harm a file can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scan {
    /// It found none.
    #[default]
    Clean,
    /// It has not looked yet.
    NotYet,
    /// It found some.
    Malware,
    /// It found some, and an administrator lets people have it all the same.
    Overridden,
}

/// A file that somebody adds to a comment inside the helpdesk, or that is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SimFile {
    /// Its id; 0 before it has one.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// What a look for malware said (Zendesk).
    pub scan: Scan,
    /// Whether it is a picture inside the text.
    pub inline: bool,
    /// The address that the helpdesk tells instead of its own, for one that leads astray.
    pub address: Option<String>,
    /// Whether it was redacted (Zendesk).
    pub redacted: bool,
}

impl SimFile {
    /// A file of this name and kind.
    pub fn new(name: &str, content_type: &str, content: &[u8]) -> Self {
        Self { name: name.to_owned(), content_type: content_type.to_owned(), content: content.to_vec(), ..Self::default() }
    }
}
