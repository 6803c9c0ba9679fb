//! The program itself: how soon it is ready, and how much memory it holds.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use trilogue::domain::parties::Role;

use crate::Scale;
use crate::databases::{Databases, Fresh, Kind};
use crate::house::{House, KEY};
use crate::load::{self, Requests};
use crate::tables::{self, Latencies, milliseconds};

/// How long a program that is ready is left alone before its memory is read.
const REST: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(20);
/// What GraphiQL and code generators ask, in short.
const INTROSPECTION: &str =
    "{ __schema { queryType { name } types { kind name description fields(includeDeprecated: true) { name description
    args { name description type { kind name ofType { kind name ofType { kind name } } } defaultValue }
    type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }
    inputFields { name description type { kind name ofType { kind name } } } enumValues { name description } possibleTypes { name } } } }";

/// Measures and prints.
pub(crate) async fn measure(databases: &Databases, kind: Kind, scale: Scale, binary: Option<&Path>) -> anyhow::Result<()> {
    let binary = binary.unwrap_or(Path::new(env!("CARGO_BIN_EXE_trilogue")));
    let (mut new, mut again) = (Vec::new(), Vec::new());
    for _ in 0..scale.starts {
        let database = databases.fresh(kind).await?;
        for times in [&mut new, &mut again] {
            let program = Program::start(binary, &database).await?;
            times.push(program.ready_after);
            program.stop().await?;
        }
        databases.remove(database).await?;
    }
    let (idle, asked) = memory(databases, kind, binary).await?;
    let time = |what: &str, times: Vec<Duration>| {
        let times = Latencies::of(times);
        let cells = [50, 100].map(|percent| format!("{} ms", milliseconds(times.percentile(percent))));
        [vec![what.to_owned()], cells.to_vec()].concat()
    };
    let held = |what: &str, memory: Memory| vec![what.to_owned(), megabytes(memory.resident), megabytes(memory.private)];
    tables::print(
        &format!("footprint, {}: {}", kind.name(), size(binary)?),
        &["start until /readyz answers", "p50", "slowest"],
        &[time("new database", new), time("existing database", again)],
    );
    tables::print("memory", &["", "resident", "of it private"], &[held("idle", idle), held("after an introspection query", asked)]);
    Ok(())
}

/// Idle, and after an introspection query.
async fn memory(databases: &Databases, kind: Kind, binary: &Path) -> anyhow::Result<(Memory, Memory)> {
    let database = databases.fresh(kind).await?;
    let house = House::found(&database, "https://bench.example.com").await?;
    let token = house.token(Role::Operator, None).await?;
    house.cx.store.close().await;
    let program = Program::start(binary, &database).await?;
    tokio::time::sleep(REST).await;
    let idle = program.memory()?;
    let mut requests = Requests::default();
    requests.push("/graphql", &format!("authorization: Bearer {token}\r\n"), json!({ "query": INTROSPECTION }).to_string().as_bytes());
    load::put(program.address, Arc::new(requests), 1, PATIENCE).await?;
    tokio::time::sleep(REST).await;
    let asked = program.memory()?;
    program.stop().await?;
    databases.remove(database).await?;
    Ok((idle, asked))
}

/// The program, serving.
struct Program {
    child: Child,
    address: SocketAddr,
    ready_after: Duration,
}

/// In kibibytes, as Linux counts it.
#[derive(Debug, Clone, Copy)]
struct Memory {
    resident: u64,
    private: u64,
}

impl Program {
    async fn start(binary: &Path, database: &Fresh) -> anyhow::Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = Command::new(binary);
        command.arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        command.env("DATABASE_URL", &database.url).env("TRILOGUE_SECRET_KEY", KEY).env("TRILOGUE_BIND", address.to_string());
        let begun = Instant::now();
        let mut child = command.spawn().with_context(|| format!("{} does not start", binary.display()))?;
        while begun.elapsed() < PATIENCE {
            if is_ready(address).await {
                return Ok(Self { child, address, ready_after: begun.elapsed() });
            }
            if let Some(status) = child.try_wait()? {
                bail!("the program ended: {status}");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        bail!("the program is not ready after {PATIENCE:?}")
    }

    fn memory(&self) -> anyhow::Result<Memory> {
        let id = self.child.id().context("the program has ended")?;
        let rollup = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
        let sum = |name: &str| {
            let lines = rollup.lines().filter(|line| line.starts_with(name));
            lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum()
        };
        Ok(Memory { resident: sum("Rss:"), private: sum("Private_") })
    }

    async fn stop(mut self) -> anyhow::Result<()> {
        self.child.kill().await?;
        Ok(())
    }
}

async fn is_ready(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with(b"HTTP/1.1 200 "))
    };
    ask.await.unwrap_or(false)
}

fn megabytes(kibibytes: u64) -> String {
    format!("{:.1} MB", f64::from(u32::try_from(kibibytes).unwrap_or(u32::MAX)) * 1.024 / 1_000.0)
}

fn size(binary: &Path) -> anyhow::Result<String> {
    Ok(format!("a program of {}", megabytes(binary.metadata()?.len() / 1024)))
}
