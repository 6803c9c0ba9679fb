//! The house's plan, kept: which room may name which, which crates stay out of which room, and how files look.
#![expect(clippy::unwrap_used, reason = "a test that cannot read the source has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room of `src/`, and the rooms it may name. Change it together with the picture in `src/lib.rs`.
const LAYERS: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("domain", &[]),
    ("vault", &[]),
    ("files", &[]),
    ("policy", &["domain"]),
    ("store", &["clock", "domain"]),
    ("helpdesk", &["clock", "domain"]),
    ("identity", &["clock", "domain"]),
    ("courier", &[]),
    // Instructions to the marketplace's own software are carried and signed as all webhooks are.
    ("gateway", &["clock", "courier", "domain"]),
    ("workflow", &["clock", "courier", "domain", "files", "gateway", "helpdesk", "identity", "policy", "store", "vault"]),
    ("jobs", &["domain", "helpdesk", "store", "workflow"]),
    ("graphql", &["domain", "policy", "store", "workflow"]),
    ("http", &["domain", "graphql", "helpdesk", "identity", "store", "workflow"]),
    ("config", &["vault"]),
    ("telemetry", &["config"]),
    // The simulated helpdesks and payment systems share nothing with the house but the clock and the words for a signature.
    ("demo", &["clock", "helpdesk"]),
    ("app", &["clock", "config", "courier", "files", "graphql", "helpdesk", "http", "jobs", "store", "telemetry", "workflow"]),
    ("cli", &["app", "clock", "config", "demo", "domain", "graphql", "helpdesk", "http", "store", "telemetry", "workflow"]),
    ("main", &[]),
];

/// Crates that a room must not name.
const FOREIGN: &[(&str, &[&str])] = &[
    ("domain", &["async_graphql", "axum", "reqwest", "sea_orm", "sqlx", "tokio", "tracing"]),
    ("policy", &["async_graphql", "axum", "reqwest", "sea_orm", "sqlx", "tokio", "tracing"]),
    ("store", &["async_graphql", "axum", "object_store", "reqwest"]),
    ("files", &["async_graphql", "axum", "reqwest", "sea_orm", "sqlx"]),
    ("helpdesk", &["async_graphql", "sea_orm", "sqlx"]),
    ("identity", &["async_graphql", "axum", "sea_orm", "sqlx"]),
    ("courier", &["async_graphql", "axum", "sea_orm", "sqlx"]),
    ("gateway", &["async_graphql", "axum", "sea_orm", "sqlx"]),
    ("workflow", &["async_graphql", "axum", "object_store", "sea_orm", "sqlx"]),
    ("jobs", &["async_graphql", "axum", "reqwest", "sea_orm", "sqlx"]),
    ("graphql", &["axum", "reqwest", "sea_orm", "sqlx"]),
    ("http", &["reqwest", "sea_orm", "sqlx"]),
];

/// The longest file, in lines.
const LONGEST: usize = 500;

/// Where a file stands: `src/store/cases.rs` is the module `cases` in the room `store`.
struct Place<'a> {
    room: &'a str,
    /// How many modules lie between the crate's root and the file's own items: 1 for `src/store/mod.rs`.
    depth: usize,
}

impl<'a> Place<'a> {
    fn of(path: &'a Path) -> Self {
        let parts: Vec<_> = path.iter().map(|part| part.to_str().unwrap()).collect();
        let depth = parts.len() - usize::from(parts.last() == Some(&"mod.rs"));
        Self { room: parts[0].trim_end_matches(".rs"), depth }
    }
}

/// What a file does that its place does not allow.
fn faults(place: &Place<'_>, text: &str) -> Vec<String> {
    let allowed = LAYERS.iter().find(|(room, _)| *room == place.room).map(|(_, rooms)| *rooms);
    let Some(allowed) = allowed else { return vec![format!("the room `{}` is not in the plan", place.room)] };
    let foreign = FOREIGN.iter().find(|(room, _)| *room == place.room).map_or(&[][..], |(_, crates)| *crates);
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//")) {
        let mut fault = |what: String| faults.push(format!("line {number}: {what}: {}", line.trim()));
        if line.contains("crate::{") {
            fault("a grouped import hides which rooms it names".into());
        }
        for named in words_after(line, "crate::") {
            let known = LAYERS.iter().any(|(room, _)| *room == named);
            if known && named != place.room && !allowed.contains(&named) {
                fault(format!("`{}` must not name `{named}`", place.room));
            }
        }
        if climbs_out(line, place.depth) {
            fault("`super` leads out of the room; say `crate::`".into());
        }
        for name in foreign {
            if words_before(line, "::").any(|word| word == *name) {
                fault(format!("`{}` must not use the crate `{name}`", place.room));
            }
        }
    }
    faults
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The words that directly follow `mark`, where `mark` is not the end of a longer word itself.
fn words_after<'a>(line: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(mark).filter(|(at, _)| !line[..*at].ends_with(is_word)).map(move |(at, _)| {
        let rest = &line[at + mark.len()..];
        &rest[..rest.find(|letter| !is_word(letter)).unwrap_or(rest.len())]
    })
}

fn words_before<'a>(line: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(mark).map(|(at, _)| &line[line[..at].rfind(|letter| !is_word(letter)).map_or(0, |before| before + 1)..at])
}

/// Whether a chain of `super::` reaches the crate's root. `super::*` is how inline tests name what they test.
fn climbs_out(line: &str, depth: usize) -> bool {
    let mut rest = line;
    while let Some(at) = rest.find("super::") {
        let chain = &rest[at..];
        let mut steps = 0;
        let mut end = chain;
        while let Some(next) = end.strip_prefix("super::") {
            steps += 1;
            end = next;
        }
        let own_items = steps == 1 && end.starts_with('*');
        if steps >= depth && !own_items {
            return true;
        }
        rest = end;
    }
    false
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![source()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((path.strip_prefix(source()).unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(found.len() > 100, "only {} files found", found.len());
    found
}

#[test]
fn rooms_name_only_the_rooms_below_them() {
    let mut all = Vec::new();
    // `lib.rs` names every room; that is what it is for.
    for (path, text) in files().iter().filter(|(path, _)| path != Path::new("lib.rs")) {
        all.extend(faults(&Place::of(path), text).into_iter().map(|fault| format!("src/{} {fault}", path.display())));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn the_plan_has_no_circle_and_no_forgotten_room() {
    for (index, (room, below)) in LAYERS.iter().enumerate() {
        let earlier: Vec<_> = LAYERS[..index].iter().map(|(room, _)| *room).collect();
        assert!(below.iter().all(|name| earlier.contains(name)), "`{room}` names a room that stands beside or above it");
    }
    let rooms: BTreeSet<_> = files().iter().map(|(path, _)| Place::of(path).room.to_owned()).collect();
    let planned: BTreeSet<_> = LAYERS.iter().map(|(room, _)| (*room).to_owned()).chain(["lib".to_owned()]).collect();
    assert_eq!(rooms, planned);
}

#[test]
fn a_wrong_import_is_seen() {
    let count = |path: &str, text: &str| faults(&Place::of(Path::new(path)), text).len();
    for (path, line) in [
        ("domain/cases.rs", "use crate::graphql::Session;"),
        ("domain/cases.rs", "    let at = crate::clock::SystemClock;"),
        ("domain/cases.rs", "use tokio::sync::watch;"),
        ("policy/mod.rs", "    tracing::info!(\"x\");"),
        ("store/cases.rs", "use async_graphql::ID;"),
        ("store/cases.rs", "use crate::workflow::Cx;"),
        ("store/cases.rs", "use super::super::workflow::Cx;"),
        ("store/mod.rs", "use super::workflow::Cx;"),
        ("store/entity/cases.rs", "use super::super::super::jobs;"),
        ("helpdesk/wire.rs", "use ::sea_orm::EntityTrait;"),
        ("gateway/stripe/mod.rs", "use crate::store::Store;"),
        ("gateway/mod.rs", "use crate::helpdesk::Delivery;"),
        ("workflow/cases.rs", "fn f() -> axum::Router {}"),
        ("graphql/cases.rs", "use crate::{domain, store};"),
        ("graphql/cases.rs", "use crate::http::Doors;"),
        ("attic/cases.rs", "fn f() {}"),
    ] {
        assert_eq!(count(path, line), 1, "{path}: {line}");
    }
    for (path, line) in [
        ("store/cases.rs", "use crate::domain::ids::CaseId;"),
        ("store/cases.rs", "use crate::store::page::Page;"),
        ("store/cases.rs", "// never use crate::workflow::Cx here"),
        ("store/cases.rs", "use super::entity::cases;"),
        ("store/entity/cases.rs", "use super::super::codec;"),
        ("vault.rs", "    use super::*;"),
        ("domain/cases.rs", "let mytokio = 1; my_tokio::x();"),
        ("main.rs", "    trilogue::cli::run()"),
    ] {
        assert_eq!(count(path, line), 0, "{path}: {line}");
    }
}

/// The files that are compiled for tests only: those named so, and those declared under `#[cfg(test)]`.
fn is_test(path: &Path, all: &[(PathBuf, String)]) -> bool {
    if path.iter().any(|part| part == "tests" || part == "tests.rs") {
        return true;
    }
    let Some((folder, name)) = path.parent().zip(path.file_stem().and_then(|name| name.to_str())) else { return false };
    let parent = all.iter().find(|(path, _)| *path == folder.join("mod.rs"));
    parent.is_some_and(|(_, text)| {
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        lines.windows(2).any(|pair| pair[0] == "#[cfg(test)]" && pair[1].ends_with(&format!("mod {name};")))
    })
}

#[test]
fn files_are_short() {
    let long: Vec<_> = files()
        .iter()
        .filter(|(_, text)| text.lines().count() > LONGEST)
        .map(|(path, text)| format!("{}: {} lines", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{long:?}");
}

#[test]
fn nothing_outside_tests_unwraps() {
    let all = files();
    let mut found = Vec::new();
    for (path, text) in all.iter().filter(|(path, _)| !is_test(path, &all)) {
        // An inline test module stands at the end of its file.
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (number, line) in (1..).zip(code.lines()) {
            if line.contains(".unwrap()") || line.contains(".expect(") {
                found.push(format!("src/{}:{number}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
