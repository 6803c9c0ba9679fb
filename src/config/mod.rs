//! Settings: defaults, then `trilogue.toml`, then the environment. The only place that reads the environment.

use std::fs::OpenOptions;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use config::{Config, File, FileFormat};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use crate::vault::{Vault, VaultError};

/// Everything that can be set about a process.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the data is.
    pub database_url: String,
    /// The address that the server listens on.
    pub bind: SocketAddr,
    /// The address that others reach it by.
    pub public_url: Option<Url>,
    /// Encrypts stored credentials.
    pub secret_key: Option<SecretString>,
    /// Database connections of this process.
    pub database_connections: u32,
    /// How many tickets are worked on at once.
    pub concurrency: u32,
    /// How many verified webhooks may wait for their commit.
    pub inbox_queue: usize,
    /// The largest webhook body, in bytes.
    pub webhook_limit: usize,
    /// How many requests a second one token may send; 0 for as many as it likes.
    pub rate_limit: u32,
    /// How many requests a second one network address may send to the doors of sign-in; 0 likewise.
    pub sign_in_rate_limit: u32,
    /// The header in which a proxy writes the address of who asks.
    pub client_address_header: Option<String>,
    /// The origins whose pages may call this server from a browser, with commas between them.
    pub page_origins: String,
    /// How often each helpdesk is asked what changed, in minutes.
    pub reconcile_minutes: u32,
    /// How long finished deliveries are kept, in days.
    pub keep_days: u32,
    /// Where files are kept: a folder, or `s3://BUCKET`; empty for a folder beside the SQLite file.
    pub attachments: String,
    /// The largest file, in bytes.
    pub attachment_limit: u64,
    /// At most so many files in one message.
    pub attachments_per_message: usize,
    /// Where the bucket is, for others than Amazon's.
    pub s3_endpoint: Option<String>,
    /// The bucket's region.
    pub s3_region: String,
    /// Whose access key; none for what the machine itself may use.
    pub s3_access_key: Option<String>,
    /// The secret that goes with it.
    pub s3_secret_key: Option<SecretString>,
    /// Where the built pages are.
    pub pages: PathBuf,
    /// How long a stop may take, in seconds.
    pub drain_seconds: u32,
    /// Which addresses webhooks may be sent to.
    pub webhook_targets: WebhookTargets,
    /// The mail server that e-mails are handed to; none for no e-mails.
    pub smtp_url: Option<SecretString>,
    /// Who they are from.
    pub smtp_from: Option<String>,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which log lines.
    pub log: String,
}

/// Which addresses webhooks may be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebhookTargets {
    /// Public ones, by `https`.
    Public,
    /// Any, by `http` too: for development.
    Any,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// What is wrong with the settings, and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value cannot be read.
    #[error("the settings cannot be read: {0}")]
    Unreadable(#[from] config::ConfigError),
    /// PostgreSQL without a key.
    #[error("TRILOGUE_SECRET_KEY is required with PostgreSQL; make one with `openssl rand -base64 32` and keep it safe")]
    KeyRequired,
    /// The key file beside the database cannot be read or written.
    #[error("the key file {} cannot be used: {source}", path.display())]
    KeyFile {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The demo's pace.
    #[cfg(feature = "demo")]
    #[error("TRILOGUE_DEMO_PACE must be a number from 0 to 10")]
    Pace,
    /// The key is not a key.
    #[error(transparent)]
    Key(#[from] VaultError),
}

/// What the environment says about how `trilogue demo` is shown.
#[cfg(feature = "demo")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DemoSettings {
    /// The pauses for reading, as a multiple of the usual ones (`TRILOGUE_DEMO_PACE`): 0 for none, at most 10.
    pub pace: f64,
    /// Whether a terminal is to show colours.
    pub colours: Colours,
}

/// Whether a terminal is to show colours.
#[cfg(feature = "demo")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// It is.
    On,
    /// Its owner wants none (`NO_COLOR`, <https://no-color.org>), or it has none.
    Off,
}

#[cfg(feature = "demo")]
impl DemoSettings {
    /// Reads the environment.
    pub fn load() -> Result<Self, ConfigError> {
        Self::from_environment(&std::env::vars().collect())
    }

    fn from_environment(variables: &std::collections::HashMap<String, String>) -> Result<Self, ConfigError> {
        let set = |name: &str| variables.get(name).map(String::as_str).filter(|value| !value.is_empty());
        let pace = set("TRILOGUE_DEMO_PACE").map_or(Some(1.0), |pace| pace.parse().ok().filter(|pace| (0.0..=10.0).contains(pace)));
        let plain = set("NO_COLOR").is_some() || set("TERM") == Some("dumb");
        Ok(Self { pace: pace.ok_or(ConfigError::Pace)?, colours: if plain { Colours::Off } else { Colours::On } })
    }
}

const DEFAULTS: &str = include_str!("default.toml");
const PREFIX: &str = "TRILOGUE_";

impl Settings {
    /// Reads the settings. `file` names a file that must be there; none takes `trilogue.toml` when it is there.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::from_sources(file, std::env::vars())
    }

    fn from_sources(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let chosen = match file {
            Some(path) => File::from(path).format(FileFormat::Toml),
            None => File::with_name("trilogue.toml").format(FileFormat::Toml).required(false),
        };
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml)).add_source(chosen);
        for (name, value) in environment {
            let key = match name.as_str() {
                "DATABASE_URL" => Some("database_url".to_owned()),
                _ => name.strip_prefix(PREFIX).map(str::to_lowercase),
            };
            // Other programs may use the prefix too, so an unknown name is not an error here, as it is in the file.
            if let Some(key) = key.filter(|key| is_known(key) && !value.is_empty()) {
                builder = builder.set_override(key, value)?;
            }
        }
        Ok(builder.build()?.try_deserialize()?)
    }

    /// The defaults alone, whatever file or variables are there.
    pub fn defaults() -> Result<Self, ConfigError> {
        Ok(Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml)).build()?.try_deserialize()?)
    }

    /// The address that others reach the server by.
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.bind),
        }
    }

    /// The vault with the key that was set, or with the one beside the SQLite file, which is made when there is none.
    pub fn vault(&self) -> Result<Vault, ConfigError> {
        if let Some(key) = &self.secret_key {
            return Ok(Vault::new(key.expose_secret())?);
        }
        let Some(path) = self.key_file() else { return Err(ConfigError::KeyRequired) };
        let failed = |source| ConfigError::KeyFile { path: path.clone(), source };
        match read_or_make(&path) {
            Ok(key) => Ok(Vault::new(&key)?),
            Err(error) => Err(failed(error)),
        }
    }

    /// The folder for files, unless it is a bucket: what was set, or the database's name with `.files` after it.
    pub fn attachments_folder(&self) -> PathBuf {
        let beside = || self.key_file().map(|key| key.with_extension("files"));
        if self.attachments.is_empty() {
            beside().unwrap_or_else(|| PathBuf::from("trilogue.files"))
        } else {
            PathBuf::from(&self.attachments)
        }
    }

    /// The key's file: the database's name with `.key` after it. None with PostgreSQL.
    pub fn key_file(&self) -> Option<PathBuf> {
        let rest = self.database_url.strip_prefix("sqlite:")?;
        let file = rest.strip_prefix("//").unwrap_or(rest).split('?').next().unwrap_or_default();
        Some(PathBuf::from(format!("{file}.key")))
    }
}

fn is_known(key: &str) -> bool {
    ["public_url", "client_address_header", "secret_key", "s3_endpoint", "s3_access_key", "s3_secret_key", "smtp_url", "smtp_from"]
        .contains(&key)
        || DEFAULTS.lines().any(|line| line.starts_with(&format!("{key} =")))
}

fn read_or_make(path: &Path) -> std::io::Result<String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            let key = Vault::generate_key();
            file.write_all(format!("{}\n", key.as_str()).as_bytes())?;
            file.sync_all()?;
            Ok(key.to_string())
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => std::fs::read_to_string(path),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: Option<&str>, environment: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        if let Some(text) = file {
            std::fs::write(&path, text).unwrap();
        }
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::from_sources(file.map(|_| path.as_path()), environment)
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        let settings = load(None, &[]).unwrap();
        assert_eq!(
            (settings.database_url.as_str(), settings.bind.port(), settings.public_url().as_str()),
            ("sqlite://trilogue.db", 8080, "http://127.0.0.1:8080")
        );
        let file = "bind = '127.0.0.1:9000'\nkeep_days = 3\n";
        let settings = load(
            Some(file),
            &[("TRILOGUE_BIND", "0.0.0.0:81"), ("DATABASE_URL", "postgres://x/y"), ("TRILOGUE_PUBLIC_URL", "https://t.example/")],
        )
        .unwrap();
        assert_eq!((settings.bind.port(), settings.keep_days, settings.database_url.as_str()), (81, 3, "postgres://x/y"));
        assert_eq!(settings.public_url(), "https://t.example");
        assert!(load(Some("bnid = '127.0.0.1:9000'"), &[]).is_err(), "a typing error in the file is told");
        assert!(load(None, &[("TRILOGUE_BIND", "nonsense")]).is_err());
        assert!(load(None, &[("TRILOGUE_UNRELATED", "1"), ("TRILOGUE_LOG", "")]).is_ok());
    }

    #[cfg(feature = "demo")]
    #[test]
    fn the_demo_is_shown_as_the_terminal_and_its_owner_want() {
        let read = |variables: &[(&str, &str)]| {
            DemoSettings::from_environment(&variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        let usual = DemoSettings { pace: 1.0, colours: Colours::On };
        assert_eq!(read(&[("TERM", "xterm")]).unwrap(), usual);
        assert_eq!(read(&[("TERM", "xterm"), ("NO_COLOR", "")]).unwrap(), usual, "an empty variable is none");
        for plain in [[("TERM", "xterm"), ("NO_COLOR", "1")], [("TERM", "dumb"), ("LANG", "C")]] {
            assert_eq!(read(&plain).unwrap().colours, Colours::Off);
        }
        let pace = |pace| read(&[("TRILOGUE_DEMO_PACE", pace)]).map(|show| show.pace);
        assert!(pace("0").unwrap() < 0.01 && pace("2.5").unwrap() > 2.4);
        assert!(["-1", "NaN", "fast", "11"].into_iter().all(|wrong| matches!(pace(wrong), Err(ConfigError::Pace))));
    }

    #[test]
    fn the_key_is_made_once_beside_the_sqlite_file_and_required_with_postgresql() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/t.db?mode=rwc", folder.path().display());
        let settings = Settings { database_url: url, ..load(None, &[]).unwrap() };
        let sealed = settings.vault().unwrap().seal("x", b"y").unwrap();
        assert_eq!(settings.vault().unwrap().open("x", &sealed).unwrap().as_slice(), b"y");
        let file = settings.key_file().unwrap();
        assert_eq!(file, folder.path().join("t.db.key"));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
        assert_eq!(settings.attachments_folder(), folder.path().join("t.db.files"));
        assert_eq!(Settings { attachments: "/srv/files".into(), ..settings.clone() }.attachments_folder(), PathBuf::from("/srv/files"));
        let postgres = Settings { database_url: "postgres://x/y".into(), ..load(None, &[]).unwrap() };
        assert!(matches!(postgres.vault(), Err(ConfigError::KeyRequired)));
        let short = Settings { secret_key: Some("c2hvcnQ=".to_owned().into()), ..postgres };
        assert!(matches!(short.vault(), Err(ConfigError::Key(VaultError::BadKey))));
    }
}
