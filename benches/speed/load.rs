//! A load generator that costs as little as it can: prepared bytes over plain TCP, HTTP/1.1 kept alive, each connection
//! sending its next request when the last one is answered. It runs on a thread and a runtime of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::machine;
use crate::tables::Latencies;

/// Requests as they go over the wire, one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Requests {
    /// Adds one: a path, headers with `\r\n` after each, and a body.
    pub(crate) fn push(&mut self, path: &str, headers: &str, body: &[u8]) {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n",
            body.len()
        );
        self.bytes.extend_from_slice(head.as_bytes());
        self.bytes.extend_from_slice(body);
        self.ends.push(self.bytes.len());
    }

    fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.bytes[start..end])
    }
}

/// What came of a load.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) elapsed: Duration,
    /// What this process, load generator included, spent on its cores.
    pub(crate) worked: Duration,
    pub(crate) latencies: Latencies,
}

impl Outcome {
    /// Answered requests per second.
    pub(crate) fn rate(&self) -> f64 {
        self.count() / self.elapsed.as_secs_f64()
    }

    /// Microseconds of a core that each answer took of this process, load generator included: a figure that neighbours
    /// on the machine disturb less than a rate.
    pub(crate) fn effort(&self) -> f64 {
        self.worked.as_secs_f64() * 1_000_000.0 / self.count()
    }

    fn count(&self) -> f64 {
        f64::from(u32::try_from(self.latencies.count()).unwrap_or(u32::MAX))
    }
}

/// Sends requests over so many connections until the time is over or all are sent. Each must be answered with 200 and
/// no word of `errors`.
pub(crate) async fn put(address: SocketAddr, requests: Arc<Requests>, connections: usize, time: Duration) -> anyhow::Result<Outcome> {
    apart(connections, time, move |turns| {
        let requests = Arc::clone(&requests);
        async move {
            let mut stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let (mut times, mut answer) = (Vec::new(), Vec::with_capacity(64 * 1024));
            while let Some(request) = turns.next().and_then(|turn| requests.get(turn)) {
                let sent = Instant::now();
                stream.write_all(request).await?;
                read_answer(&mut stream, &mut answer).await?;
                times.push(sent.elapsed());
            }
            Ok(times)
        }
    })
    .await
}

/// Whose turn it is, among all clients of one load.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    next: Arc<AtomicUsize>,
    begun: Instant,
    time: Duration,
}

impl Turns {
    /// The number of the next turn; none when the time is over.
    pub(crate) fn next(&self) -> Option<usize> {
        (self.begun.elapsed() < self.time).then(|| self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// Runs so many clients on a thread of their own, each until its turns are over, and collects their times.
pub(crate) async fn apart<C, F>(clients: usize, time: Duration, client: C) -> anyhow::Result<Outcome>
where
    C: Fn(Turns) -> F + Send + 'static,
    F: Future<Output = anyhow::Result<Vec<Duration>>> + Send + 'static,
{
    let run = move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async move {
            let before = machine::worked()?;
            let turns = Turns { next: Arc::default(), begun: Instant::now(), time };
            let running: Vec<_> = (0..clients).map(|_| tokio::spawn(client(turns.clone()))).collect();
            let mut times = Vec::new();
            for client in running {
                times.extend(client.await??);
            }
            let worked = machine::worked()?.saturating_sub(before);
            anyhow::Ok(Outcome { elapsed: turns.begun.elapsed(), worked, latencies: Latencies::of(times) })
        })
    };
    tokio::task::spawn_blocking(run).await?
}

async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) -> anyhow::Result<()> {
    answer.clear();
    let whole = loop {
        if stream.read_buf(answer).await? == 0 {
            bail!("the server closed a connection");
        }
        if let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") {
            break head + 4 + content_length(&answer[..head])?;
        }
    };
    while answer.len() < whole {
        if stream.read_buf(answer).await? == 0 {
            bail!("the server closed a connection");
        }
    }
    let has_errors = || answer.windows(9).take(600).any(|window| window == b"\"errors\":");
    if !answer.starts_with(b"HTTP/1.1 200 ") || has_errors() {
        bail!("the server answered {}", String::from_utf8_lossy(&answer[..answer.len().min(800)]));
    }
    Ok(())
}

fn content_length(head: &[u8]) -> anyhow::Result<usize> {
    let head = std::str::from_utf8(head)?;
    let named = |line: &&str| line.get(..15).is_some_and(|name| name.eq_ignore_ascii_case("content-length:"));
    let line = head.lines().find(named).context("an answer without content-length")?;
    Ok(line[15..].trim().parse()?)
}
