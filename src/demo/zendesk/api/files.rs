//! Files: uploaded, shown, had. <https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/>

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::state::{Comment, State, Uploaded};
use super::{Answer, Problem, long};
use crate::demo::peer::{Call, Reply, Scan, SimFile};

/// The largest file.
const LARGEST: usize = 50 * 1024 * 1024;
/// How long an upload waits for a comment.
const WAIT: TimeDelta = TimeDelta::minutes(60);

impl State {
    /// `POST /uploads?filename=…`: a raw body; `token` adds to an earlier upload.
    pub(super) fn post_upload(&mut self, call: &Call) -> Answer {
        let Some(name) = call.query("filename").filter(|name| !name.is_empty()) else {
            let description = "filename is missing".to_owned();
            return Err(Problem::BadRequest { error: "InvalidParameter", description });
        };
        let unfit = |description: &str| Problem::Unprocessable { error: "AttachmentUnprocessable", description: description.to_owned() };
        let Some(content_type) = call.header("content-type").filter(|kind| kind.contains('/') && !kind.starts_with("multipart/")) else {
            return Err(unfit("The content type does not fit"));
        };
        if call.body.is_empty() || call.body.len() > LARGEST {
            return Err(unfit("The file is empty or too large"));
        }
        let mut file = SimFile::new(name, content_type, &call.body);
        file.id = self.ids.long().unsigned_abs();
        let now = self.now();
        let token = if let Some(token) = call.query("token") {
            let waiting = self.uploads.get_mut(token).filter(|upload| now - upload.at < WAIT);
            waiting.ok_or(Problem::NotFound)?.files.push(file.clone());
            token.to_owned()
        } else {
            let token = self.ids.secret();
            self.uploads.insert(token.clone(), Uploaded { files: vec![file.clone()], at: now });
            token
        };
        let shown = self.file_json(&file);
        let all: Vec<_> =
            self.uploads.get(&token).map(|upload| upload.files.iter().map(|file| self.file_json(file)).collect()).unwrap_or_default();
        Ok(Reply::json(201, json!({"upload": {"token": token, "attachment": shown, "attachments": all}})))
    }

    /// Takes the files of upload tokens. Each token is good once, for an hour.
    pub(super) fn take_uploads(&mut self, tokens: Option<&Value>) -> Result<Vec<SimFile>, Problem> {
        let Some(tokens) = tokens.filter(|tokens| !tokens.is_null()) else { return Ok(Vec::new()) };
        let invalid = || Problem::invalid("base", "Uploads: are invalid");
        let tokens: Vec<&str> =
            tokens.as_array().ok_or_else(invalid)?.iter().map(|token| token.as_str().ok_or_else(invalid)).collect::<Result<_, _>>()?;
        let now = self.now();
        if !tokens.iter().all(|token| self.uploads.get(*token).is_some_and(|upload| now - upload.at < WAIT)) {
            return Err(invalid());
        }
        let mut files = Vec::new();
        for token in tokens {
            files.extend(self.uploads.remove(token).ok_or_else(invalid)?.files);
        }
        Ok(files)
    }

    pub(super) fn show_file(&self, id: &str) -> Answer {
        let id = long(id)?.unsigned_abs();
        let file = self.files().find(|file| file.id == id).ok_or(Problem::NotFound)?;
        Ok(Reply::json(200, json!({"attachment": self.file_json(file)})))
    }

    /// The content address, with private attachments: the account's own page asks who it is, then leads on to where the
    /// files lie, which takes no credentials but the address.
    pub(super) fn open_file(&self, call: &Call, token: &str, who: Option<i64>) -> Answer {
        let file = self.files().find(|file| secret(file) == token).ok_or(Problem::NotFound)?;
        who.ok_or(Problem::Unauthenticated)?;
        if file.scan == Scan::Malware {
            return Err(Problem::Forbidden);
        }
        let name: String = url::form_urlencoded::byte_serialize(call.query("name").unwrap_or_default().as_bytes()).collect();
        Ok(Reply::nothing(302).with("Location", format!("{}/zdusercontent/{token}?name={name}", self.base_url)))
    }

    /// Where the files lie: a signed address and credentials together are refused.
    pub(super) fn hand_out_file(&self, call: &Call, token: &str) -> Answer {
        if call.header("authorization").is_some() {
            return Err(Problem::BadRequest { error: "InvalidArgument", description: "Only one auth mechanism allowed".to_owned() });
        }
        let file = self.files().find(|file| secret(file) == token).ok_or(Problem::NotFound)?;
        Ok(Reply::file(&file.content_type, file.content.clone()))
    }

    fn files(&self) -> impl Iterator<Item = &SimFile> {
        self.tickets.values().flat_map(|ticket| &ticket.comments).flat_map(|comment| &comment.files)
    }

    pub(super) fn files_json(&self, comment: &Comment, with_inline: bool) -> Value {
        comment.files.iter().filter(|file| with_inline || !file.inline).map(|file| self.file_json(file)).collect()
    }

    pub(in super::super) fn file_json(&self, file: &SimFile) -> Value {
        let scan = match file.scan {
            Scan::Clean => "malware_not_found",
            Scan::NotYet => "not_scanned",
            Scan::Malware | Scan::Overridden => "malware_found",
        };
        let name: String = url::form_urlencoded::byte_serialize(file.name.as_bytes()).collect();
        let address = format!("{}/attachments/token/{}/?name={name}", self.base_url, secret(file));
        json!({
            "url": format!("{}/api/v2/attachments/{}.json", self.base_url, file.id), "id": file.id, "file_name": file.name,
            "content_url": file.address.clone().unwrap_or(address), "mapped_content_url": null, "content_type": file.content_type,
            "size": file.content.len(), "width": null, "height": null, "inline": file.inline, "deleted": false,
            "malware_access_override": file.scan == Scan::Overridden, "malware_scan_result": scan, "thumbnails": [],
        })
    }
}

/// The part of a file's address that nobody guesses.
fn secret(file: &SimFile) -> String {
    format!("k{:x}{}", file.id.wrapping_mul(0x9e37_79b9_7f4a_7c15), file.id)
}
