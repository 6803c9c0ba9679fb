//! On what it was measured.

use std::fs::{File, read_to_string};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::databases::Databases;
use crate::tables::{Latencies, milliseconds};

/// Prints what the machine and its databases are.
pub(crate) async fn describe(databases: &Databases) -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism()?;
    let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_else(|| "unknown".to_owned());
    let kernel = read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let busy = read_to_string("/proc/loadavg").unwrap_or_default();
    let sync = fdatasync(databases.folder())?;
    println!("machine     {cores} cores, {model}; {memory} memory; Linux {}", kernel.trim());
    println!(
        "disk        {}: fdatasync of 4 KiB p50 {} ms, p99 {} ms",
        databases.folder().parent().unwrap_or(Path::new("/")).display(),
        milliseconds(sync.percentile(50)),
        milliseconds(sync.percentile(99))
    );
    println!("load before {}", busy.split(' ').take(3).collect::<Vec<_>>().join(" "));
    let mut sqlite = SqliteConnection::connect("sqlite::memory:").await?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut sqlite).await?;
    println!("SQLite      {version}: journal_mode=WAL, synchronous=FULL");
    match databases.postgres() {
        None => println!("PostgreSQL  not found, left out: install it, or name a server in TRILOGUE_BENCH_POSTGRES"),
        Some(url) => {
            let mut postgres = PgConnection::connect(url.as_str()).await?;
            let of = "current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes')";
            let says: String = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
                "SELECT format('%s: fsync=%s, synchronous_commit=%s, full_page_writes=%s', {of})"
            )))
            .fetch_one(&mut postgres)
            .await?;
            println!("PostgreSQL  {says}");
        }
    }
    println!("Load generator, server and database share the machine.");
    Ok(())
}

/// How long all threads of this process have run so far.
pub(crate) fn worked() -> anyhow::Result<Duration> {
    let stat = read_to_string("/proc/self/stat")?;
    // Behind the program's name, which may hold anything: utime and stime are the 14th and 15th field, in hundredths.
    let (_, rest) = stat.rsplit_once(") ").context("/proc/self/stat is not as documented")?;
    let ticks = rest.split(' ').skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(Duration::from_millis(ticks * 10))
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = read_to_string(file).ok()?;
    let (_, value) = text.lines().find(|line| line.starts_with(name))?.split_once(':')?;
    Some(value.trim().to_owned())
}

fn fdatasync(folder: &Path) -> anyhow::Result<Latencies> {
    let path = folder.join("fdatasync");
    let mut file = File::create(&path)?;
    let mut once = || -> std::io::Result<Duration> {
        file.write_all(&[0x55; 4096])?;
        let begun = Instant::now();
        file.sync_data()?;
        Ok(begun.elapsed())
    };
    let times = (0..300).map(|_| once()).collect::<Result<_, _>>()?;
    std::fs::remove_file(path)?;
    Ok(Latencies::of(times))
}
