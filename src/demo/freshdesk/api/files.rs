//! Files: sent as forms, had by addresses that do not last. <https://developers.freshdesk.com/api/#reply_ticket>

use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::super::problem::{Fault, Problem};
use super::super::state::{State, stamp};
use super::{Answer, body};
use crate::demo::peer::{Call, Reply, SimFile};

/// What all files of a ticket may have together, in bytes. <https://developers.freshdesk.com/api/#attachments>
const LARGEST: usize = 20 * 1024 * 1024;
/// How long an address is good for; the vendor does not say.
const LIFE: TimeDelta = TimeDelta::minutes(5);

impl State {
    /// The body of a reply or note: JSON without files, or a form with `attachments[]`.
    pub(super) fn body_with_files(
        &mut self,
        call: &Call,
        known: &[&str],
        number: u64,
    ) -> Result<(Map<String, Value>, Vec<SimFile>), Problem> {
        let kind = call.header("content-type").unwrap_or_default().to_owned();
        let Some(boundary) = kind.strip_prefix("multipart/form-data;").and_then(|rest| rest.split("boundary=").nth(1)) else {
            let body = body(call, known)?;
            if body.contains_key("attachments") {
                return Err(Fault::mistyped("attachments", "Array of files").into());
            }
            return Ok((body, Vec::new()));
        };
        let (fields, mut files) = form(&call.body, boundary.trim_matches('"')).ok_or(Problem::InvalidJson)?;
        let unknown: Vec<_> = fields.keys().filter(|key| !known.contains(&key.as_str())).map(|key| Fault::unknown(key)).collect();
        if !unknown.is_empty() {
            return Err(Problem::Invalid(unknown));
        }
        let there: usize = self.ticket(number)?.conversations.iter().flat_map(|known| &known.files).map(|file| file.content.len()).sum();
        if there + files.iter().map(|file| file.content.len()).sum::<usize>() > LARGEST {
            return Err(Fault::invalid("attachments", "The total attachment size exceeds 20 MB").into());
        }
        for file in &mut files {
            file.id = self.ids.long().unsigned_abs();
        }
        Ok((fields, files))
    }

    pub(super) fn file_json(&self, file: &SimFile, size_key: &str) -> Value {
        let now = self.now();
        let name: String = url::form_urlencoded::byte_serialize(file.name.as_bytes()).collect();
        let address = format!(
            "{}/data/helpdesk/attachments/production/{}/original/{name}?expires={}",
            self.base_url,
            file.id,
            (now + LIFE).timestamp()
        );
        json!({
            "id": file.id, "name": file.name, "content_type": file.content_type, size_key: file.content.len(),
            "attachment_url": file.address.clone().unwrap_or(address), "thumb_url": null, "created_at": stamp(now), "updated_at": stamp(now),
        })
    }

    /// Where the files lie: the address is the only key, and lasts for minutes.
    pub(super) fn hand_out_file(&self, call: &Call, id: &str) -> Answer {
        if call.header("authorization").is_some() {
            return Err(Problem::InvalidJson);
        }
        let good =
            call.query("expires").and_then(|expires| expires.parse().ok()).is_some_and(|expires: i64| self.now().timestamp() < expires);
        if !good {
            return Err(Problem::AccessDenied);
        }
        let of_tickets =
            self.tickets.values().flat_map(|ticket| ticket.files.iter().chain(ticket.conversations.iter().flat_map(|known| &known.files)));
        let mut files = of_tickets;
        let file = files.find(|file| file.id.to_string() == id).ok_or(Problem::NotFound)?;
        Ok(Reply::file(&file.content_type, file.content.clone()))
    }
}

/// A form's fields and files; none when it is no form. Numbers and truth values are read as such, as a form knows texts only.
fn form(content: &[u8], boundary: &str) -> Option<(Map<String, Value>, Vec<SimFile>)> {
    let (mut fields, mut files) = (Map::new(), Vec::new());
    let mark = format!("--{boundary}");
    let mut rest = after(content, mark.as_bytes())?;
    while !rest.starts_with(b"--") {
        let rest_of_part = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest_of_part, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&rest_of_part[..head_end]).ok()?;
        let content = &rest_of_part[head_end + 4..];
        let end = find(content, format!("\r\n{mark}").as_bytes())?;
        let value = &content[..end];
        let quoted = |key: &str| head.split(&format!("{key}=\"")).nth(1)?.split('"').next().map(str::to_owned);
        let name = quoted(" name")?;
        match quoted("filename") {
            Some(file) if name == "attachments[]" => {
                let kind = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-type: ").map(str::to_owned))?;
                files.push(SimFile::new(&file, &kind, value));
            }
            Some(_) => return None,
            None => {
                let text = std::str::from_utf8(value).ok()?;
                fields.insert(
                    name,
                    text.parse::<bool>().map(Value::from).or_else(|_| text.parse::<i64>().map(Value::from)).unwrap_or_else(|_| json!(text)),
                );
            }
        }
        rest = &content[end + 2 + mark.len()..];
    }
    Some((fields, files))
}

fn find(content: &[u8], part: &[u8]) -> Option<usize> {
    content.windows(part.len()).position(|window| window == part)
}

fn after<'a>(content: &'a [u8], part: &[u8]) -> Option<&'a [u8]> {
    find(content, part).map(|at| &content[at + part.len()..])
}
