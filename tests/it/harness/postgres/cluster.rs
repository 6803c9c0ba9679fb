//! A `PostgreSQL` server of this process's own, made of the programs that the machine has. The benches use it too.

use std::fs::{self, OpenOptions};
use std::io::{Error, Result, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A server that runs until this process ends, however that comes about.
pub(crate) struct Cluster {
    /// Where its administrator connects to.
    pub(crate) url: String,
    /// A shell that waits for the end of its input, which is the end of this process, and then ends the server.
    _watchdog: Child,
}

impl Cluster {
    /// Starts a server with these lines in its configuration, on loopback, in a folder that goes with it. None where
    /// the machine has no `PostgreSQL`.
    pub(crate) fn start(settings: &str) -> Result<Option<Self>> {
        let Some(binaries) = find_binaries() else { return Ok(None) };
        let files = Files::create(binaries)?;
        let watchdog = files.spawn_watchdog()?;
        let data = files.folder.join("data");
        let mut initdb = files.command("initdb");
        initdb.args(["--username=trilogue", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        initdb.arg("--pwfile").arg(files.folder.join("password")).arg("--pgdata").arg(&data);
        run(&mut initdb)?;
        files.configure("listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\n")?;
        files.configure(settings)?;

        // Another process can take the port between the look and the start.
        let mut failure = String::new();
        for _ in 0..5 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            files.configure(&format!("port = {port}\n"))?;
            let mut start = files.command("pg_ctl");
            start.args(["start", "--wait", "--silent", "--log"]).arg(files.folder.join("log")).arg("--pgdata").arg(&data);
            match run(&mut start) {
                Ok(()) => {
                    let url = format!("postgres://trilogue:{}@127.0.0.1:{port}/postgres", files.password);
                    return Ok(Some(Self { url, _watchdog: watchdog }));
                }
                Err(error) => failure = error.to_string(),
            }
        }
        let log = fs::read_to_string(files.folder.join("log")).unwrap_or_default();
        Err(Error::other(format!("PostgreSQL does not start: {failure}\n{log}")))
    }
}

/// The files of the server, and whom they belong to.
struct Files {
    binaries: PathBuf,
    folder: PathBuf,
    /// The user and group to run as, where this process is root: `PostgreSQL` refuses to be.
    owner: Option<(u32, u32)>,
    password: String,
}

impl Files {
    fn create(binaries: PathBuf) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("trilogue-postgres-").tempdir()?;
        let owner = if folder.path().metadata()?.uid() == 0 { Some(unprivileged_user()?) } else { None };
        let files = Self { binaries, folder: folder.keep(), owner, password: format!("{:032x}", rand::random::<u128>()) };
        let password_file = files.folder.join("password");
        fs::write(&password_file, &files.password)?;
        if let Some((user, group)) = owner {
            chown(&password_file, Some(user), Some(group))?;
            chown(&files.folder, Some(user), Some(group))?;
        }
        Ok(files)
    }

    /// Later settings win over earlier ones.
    fn configure(&self, settings: &str) -> Result<()> {
        let file = self.folder.join("data/postgresql.conf");
        OpenOptions::new().append(true).open(file)?.write_all(settings.as_bytes())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = self.as_owner(self.binaries.join(program));
        command.stdin(Stdio::null()).env("LC_ALL", "C");
        command
    }

    fn as_owner(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(&self.folder);
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }

    fn spawn_watchdog(&self) -> Result<Child> {
        let script = r#"trap '' HUP; read -r _; "$1" stop --mode=immediate --pgdata="$2/data"; cd /; rm -rf "$2""#;
        let mut shell = self.as_owner("/bin/sh");
        shell.args(["-c", script, "watchdog"]).arg(self.binaries.join("pg_ctl")).arg(&self.folder);
        // A group of its own, so that what ends this process by the keyboard leaves it its work.
        shell.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        shell.spawn()
    }
}

/// Debian keeps the server's programs out of `PATH`, one folder per version.
fn find_binaries() -> Option<PathBuf> {
    let in_path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<_> = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    debian.sort();
    std::env::split_paths(&in_path)
        .chain(debian.into_iter().rev().map(|version| version.join("bin")))
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

fn unprivileged_user() -> Result<(u32, u32)> {
    let id = |what, user| {
        let output = Command::new("id").args([what, user]).output().ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    let both = |user| Some((id("-u", user)?, id("-g", user)?));
    let found = both("postgres").or_else(|| both("nobody"));
    found.ok_or_else(|| Error::other("root needs a user `postgres` or `nobody` to start PostgreSQL as"))
}

/// Runs it to its end; what it said is the error, if it failed.
fn run(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    if output.status.success() { Ok(()) } else { Err(Error::other(String::from_utf8_lossy(&output.stderr).into_owned())) }
}
