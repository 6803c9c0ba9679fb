//! The bundle for programs: an index with hashes, then the files, one at a time.

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::papers::word;
use crate::domain::attachments::Attachment;
use crate::domain::disputes::Evidence;
use crate::domain::parties::View;
use crate::workflow::disputes::bundle::{self, Bundle, Bytes};
use crate::workflow::{Cx, Error};

/// The bundle, as it is written.
pub(super) fn body(cx: Cx, bundle: Bundle) -> Body {
    Body::from_stream(written(cx, bundle))
}

fn entry(bundle: &Bundle, piece: &Evidence, file: Option<&Attachment>) -> Value {
    let mut entry = json!({
        "id": piece.id, "by": piece.by, "text": piece.text, "sha256": hex::encode(piece.sha256), "submittedAt": piece.at,
        "file": file.map(|file| json!({ "name": file.name, "contentType": file.content_type, "size": file.size })),
    });
    if bundle.view == View::Whole {
        entry["audience"] = piece.audience.parties().map(word).collect();
    }
    entry
}

fn head(bundle: &Bundle) -> Value {
    let dispute = &bundle.dispute;
    let requests = dispute.evidence_requests.iter();
    let requests: Vec<_> =
        requests.map(|one| json!({ "of": one.of, "text": one.text, "requestedAt": one.at, "dueAt": one.due_at })).collect();
    json!({
        "format": "trilogue-dispute-evidence", "version": 1, "generatedAt": bundle.generated_at,
        "marketplace": { "id": bundle.marketplace.id, "name": bundle.marketplace.name },
        "dispute": {
            "id": dispute.id, "order": bundle.order, "line": dispute.order_line, "opener": dispute.opener, "reason": dispute.reason,
            "text": dispute.text, "answer": dispute.answer, "amount": dispute.amount, "stage": dispute.stage, "openedAt": dispute.opened_at,
        },
        "requests": requests,
    })
}

/// A bundle that is written, a file at a time.
struct Writer {
    cx: Cx,
    bundle: Bundle,
    digest: Sha256,
    /// Which piece comes next; none before the index, and beyond the last at the end.
    next: Option<usize>,
    begun: bool,
    over: bool,
}

impl Writer {
    async fn next(&mut self) -> Result<Option<String>, Error> {
        let Some(position) = self.next else {
            self.next = Some(0);
            let index: Vec<_> =
                self.bundle.pieces.iter().map(|(piece, file)| entry(&self.bundle, piece, file.as_ref()).to_string()).collect();
            return Ok(Some(self.keep(format!(
                "{{\"header\":{},\n\"index\":[\n{}\n],\n\"files\":[",
                head(&self.bundle),
                index.join(",\n")
            ))));
        };
        if self.over {
            return Ok(None);
        }
        let rest = self.bundle.pieces.iter().enumerate().skip(position);
        let mut rest = rest;
        let Some((position, piece, file)) = rest.find_map(|(at, (piece, file))| Some((at, piece, file.as_ref()?))) else {
            self.over = true;
            let end = self.keep("\n],\n".to_owned());
            let digest = hex::encode(std::mem::take(&mut self.digest).finalize());
            return Ok(Some(format!(
                "{end}\"manifest\":{{\"algorithm\":\"sha256\",\"covers\":\"every byte before this line\",\"digest\":\"{digest}\"}}}}\n"
            )));
        };
        self.next = Some(position + 1);
        let mut shown = json!({ "evidence": piece.id });
        match bundle::bytes(&self.cx, piece, file).await? {
            Bytes::Whole(bytes) => shown["base64"] = STANDARD.encode(bytes).into(),
            Bytes::Changed => shown["missing"] = "the file is not what was handed in".into(),
            Bytes::Gone => shown["missing"] = "the file was removed".into(),
        }
        let comma = if std::mem::replace(&mut self.begun, true) { ",\n" } else { "\n" };
        Ok(Some(self.keep(format!("{comma}{shown}"))))
    }

    /// Counts a piece in before it goes out.
    fn keep(&mut self, piece: String) -> String {
        self.digest.update(piece.as_bytes());
        piece
    }
}

fn written(cx: Cx, bundle: Bundle) -> impl stream::Stream<Item = Result<String, Error>> + Send {
    let writer = Writer { cx, bundle, digest: Sha256::new(), next: None, begun: false, over: false };
    stream::try_unfold(writer, async |mut writer| match writer.next().await {
        Ok(piece) => Ok(piece.map(|piece| (piece, writer))),
        Err(error) => {
            tracing::error!(%error, "an export of evidence broke off");
            Err(error)
        }
    })
}
