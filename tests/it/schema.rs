//! The published interface: what `schema.graphql` says is what the server does, every part of it is described, and what
//! clients rely on does not go away unnoticed.
#![expect(clippy::unwrap_used, reason = "a test that cannot read the schema has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn types(sdl: &str) -> Vec<TypeDefinition> {
    let definitions = parse_schema(sdl).unwrap().definitions;
    definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(found) => Some(found.node),
            TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
        })
        .collect()
}

#[test]
fn the_file_says_what_the_server_does() {
    let path = file("schema.graphql");
    let sdl = trilogue::graphql::sdl();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &sdl).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let first = kept.lines().zip(sdl.lines()).position(|(kept, now)| kept != now).unwrap_or(kept.lines().count().min(sdl.lines().count()));
    let line = |text: &str| text.lines().nth(first).unwrap_or("(the end)").to_owned();
    assert!(
        kept == sdl,
        "schema.graphql is out of date, from line {} on.\n  it says:  {}\n  it should: {}\nWrite it anew with UPDATE=1 cargo test --test it schema",
        first + 1,
        line(&kept),
        line(&sdl),
    );
}

fn undescribed(sdl: &str) -> Vec<String> {
    let mut gaps = Vec::new();
    let mut check = |path: String, description: Option<&Positioned<String>>| {
        if description.is_none_or(|text| text.node.trim().is_empty()) {
            gaps.push(path);
        }
    };
    for found in types(sdl) {
        let name = found.name.node.to_string();
        check(name.clone(), found.description.as_ref());
        match &found.kind {
            TypeKind::Object(_) | TypeKind::Interface(_) => {
                for field in fields(&found.kind) {
                    let path = format!("{name}.{}", field.name.node);
                    check(path.clone(), field.description.as_ref());
                    for argument in &field.arguments {
                        check(format!("{path}({}:)", argument.node.name.node), argument.node.description.as_ref());
                    }
                }
            }
            TypeKind::InputObject(input) => {
                for field in &input.fields {
                    check(format!("{name}.{}", field.node.name.node), field.node.description.as_ref());
                }
            }
            TypeKind::Enum(values) => {
                for value in &values.values {
                    check(format!("{name}.{}", value.node.value.node), value.node.description.as_ref());
                }
            }
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
    }
    gaps
}

#[test]
fn everything_is_described() {
    // What every GraphQL client knows, named as the root of the schema.
    let gaps: Vec<_> = undescribed(&trilogue::graphql::sdl())
        .into_iter()
        .filter(|gap| !["Query", "Mutation", "Subscription"].contains(&gap.as_str()))
        .collect();
    assert!(gaps.is_empty(), "no description: {gaps:#?}");
    let gaps = undescribed("type Query { \"has\" a(b: Int): E } input I { c: Int } enum E { D } \"has\" scalar S");
    assert_eq!(gaps, ["Query", "Query.a(b:)", "I", "I.c", "E", "E.D"]);
}

/// One thing that a client can rely on.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// A type, of this kind.
    Kind(&'static str),
    /// Something that is there or not: an enum value, a member of a union, an interface.
    Member,
    /// What a field gives.
    Output(Type),
    /// What an argument or an input field takes, and whether it must be given.
    Input { takes: Type, required: bool },
}

/// Everything that clients can rely on, by its path.
fn parts(sdl: &str) -> BTreeMap<String, Part> {
    let mut parts = BTreeMap::new();
    for found in types(sdl) {
        let name = found.name.node.to_string();
        let kind = match &found.kind {
            TypeKind::Scalar => "a scalar",
            TypeKind::Object(_) => "an object",
            TypeKind::Interface(_) => "an interface",
            TypeKind::Union(_) => "a union",
            TypeKind::Enum(_) => "an enum",
            TypeKind::InputObject(_) => "an input",
        };
        parts.insert(name.clone(), Part::Kind(kind));
        for field in fields(&found.kind) {
            let path = format!("{name}.{}", field.name.node);
            parts.insert(path.clone(), Part::Output(field.ty.node.clone()));
            for argument in &field.arguments {
                parts.insert(format!("{path}({}:)", argument.node.name.node), input(&argument.node));
            }
        }
        match &found.kind {
            TypeKind::InputObject(object) => {
                for field in &object.fields {
                    parts.insert(format!("{name}.{}", field.node.name.node), input(&field.node));
                }
            }
            TypeKind::Enum(values) => {
                parts.extend(values.values.iter().map(|value| (format!("{name}.{}", value.node.value.node), Part::Member)));
            }
            TypeKind::Union(union) => parts.extend(union.members.iter().map(|member| (format!("{name} | {}", member.node), Part::Member))),
            TypeKind::Object(object) => {
                parts.extend(object.implements.iter().map(|face| (format!("{name} implements {}", face.node), Part::Member)));
            }
            TypeKind::Scalar | TypeKind::Interface(_) => {}
        }
    }
    parts
}

fn fields(kind: &TypeKind) -> Vec<&FieldDefinition> {
    match kind {
        TypeKind::Object(object) => object.fields.iter().map(|field| &field.node).collect(),
        TypeKind::Interface(face) => face.fields.iter().map(|field| &field.node).collect(),
        _ => Vec::new(),
    }
}

fn input(value: &InputValueDefinition) -> Part {
    Part::Input { takes: value.ty.node.clone(), required: !value.ty.node.nullable && value.default_value.is_none() }
}

/// Whether every value of `narrow` is one of `wide`: a field may promise more than before, an argument may take more.
fn fits(narrow: &Type, wide: &Type) -> bool {
    (wide.nullable || !narrow.nullable)
        && match (&narrow.base, &wide.base) {
            (BaseType::Named(one), BaseType::Named(other)) => one == other,
            (BaseType::List(one), BaseType::List(other)) => fits(one, other),
            _ => false,
        }
}

/// What a client of the old schema could trip over in the new one.
fn breaks(old: &str, new: &str) -> BTreeSet<String> {
    let (old, new) = (parts(old), parts(new));
    let owner_in = |parts: &BTreeMap<String, Part>, path: &str| {
        path.rfind(['.', '(', ' ']).is_none_or(|_| {
            let owner = path.split_once('(').map_or_else(|| path.split(['.', ' ']).next(), |(field, _)| Some(field));
            owner.is_some_and(|owner| parts.contains_key(owner))
        })
    };
    let gone_or_changed = old.iter().filter_map(|(path, before)| match (before, new.get(path)) {
        // Its owner is gone, which is said once.
        (_, None) => owner_in(&new, path).then(|| format!("{path} is gone")),
        (Part::Output(before), Some(Part::Output(now))) => (!fits(now, before)).then(|| format!("{path} was {before}, is {now}")),
        (Part::Input { takes: before, .. }, Some(Part::Input { takes: now, required })) => {
            // What may be left out stays so, by a default if need be.
            let left_out = before.nullable && *required;
            let unwrapped = Type { nullable: true, ..before.clone() };
            let still_left_out = before.nullable && !*required && fits(&unwrapped, &Type { nullable: true, ..now.clone() });
            let takes_less = !(fits(before, now) || still_left_out);
            (left_out || takes_less).then(|| format!("{path} took {before}, takes {now}"))
        }
        (before, Some(now)) => (before != now).then(|| format!("{path} is something else")),
    });
    let asked_for = new.iter().filter_map(|(path, now)| {
        let required = matches!(now, Part::Input { required: true, .. });
        (required && !old.contains_key(path) && owner_in(&old, path)).then(|| format!("{path} is new and required"))
    });
    gone_or_changed.chain(asked_for).collect()
}

#[test]
fn what_was_published_still_holds() {
    let published = fs::read_to_string(file("tests/it/schema/published.graphql")).unwrap();
    let declared = fs::read_to_string(file("tests/it/schema/declared_breaks.txt")).unwrap();
    let declared: BTreeMap<_, _> = declared
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| line.split_once(" -- ").unwrap_or((line, "")))
        .collect();
    let without_reason: Vec<_> = declared.iter().filter(|(_, reason)| reason.trim().is_empty()).collect();
    assert!(without_reason.is_empty(), "declared without a reason: {without_reason:?}");
    let found = breaks(&published, &trilogue::graphql::sdl());
    let undeclared: Vec<_> = found.iter().filter(|change| !declared.contains_key(change.as_str())).collect();
    assert!(undeclared.is_empty(), "clients would break; declare it in declared_breaks.txt or take it back: {undeclared:#?}");
    let stale: Vec<_> = declared.keys().filter(|change| !found.contains(**change)).collect();
    assert!(stale.is_empty(), "declared, but not so (any more): {stale:#?}");
}

#[test]
fn breaking_changes_are_told_from_harmless_ones() {
    let check = |old: &str, new: &str, expected: &[&str]| {
        let found: Vec<_> = breaks(old, new).into_iter().collect();
        assert_eq!(found, expected, "{old}  ->  {new}");
    };
    check("type A { b: Int }", "type A { b: Int c: Int }", &[]);
    check("type A { b: Int c: Int }", "type A { b: Int }", &["A.c is gone"]);
    check("type A { b: Int } type B { c: Int }", "type A { b: Int }", &["B is gone"]);
    check("type A { b: Int }", "type A { b: Int! }", &[]);
    check("type A { b: Int! }", "type A { b: Int }", &["A.b was Int!, is Int"]);
    check("type A { b: [Int!]! }", "type A { b: [Int]! }", &["A.b was [Int!]!, is [Int]!"]);
    check("type A { b: Int }", "type A { b: String }", &["A.b was Int, is String"]);
    check("type A { b: Int }", "interface A { b: Int }", &["A is something else"]);
    check("type A { b(c: Int): Int }", "type A { b: Int }", &["A.b(c:) is gone"]);
    check("type A { b: Int }", "type A { b(c: Int): Int }", &[]);
    check("type A { b: Int }", "type A { b(c: Int!): Int }", &["A.b(c:) is new and required"]);
    check("type A { b: Int }", "type A { b(c: Int! = 1): Int }", &[]);
    check("type A { b(c: Int): Int }", "type A { b(c: Int!): Int }", &["A.b(c:) took Int, takes Int!"]);
    check("type A { b(c: Int): Int }", "type A { b(c: String): Int }", &["A.b(c:) took Int, takes String"]);
    check("type A { b(c: Int!): Int }", "type A { b(c: Int): Int }", &[]);
    check("type A { d: Int }", "type A { d: Int } type B { b(c: Int!): Int }", &[]);
    check("input A { b: Int }", "input A { b: Int c: Int }", &[]);
    check("input A { b: Int }", "input A { b: Int c: Int! }", &["A.c is new and required"]);
    check("input A { b: Int }", "input A { b: Int! }", &["A.b took Int, takes Int!"]);
    check("input A { b: Int! }", "input A { b: Int }", &[]);
    check("enum A { B C }", "enum A { B }", &["A.C is gone"]);
    check("enum A { B }", "enum A { B C }", &[]);
    check("union A = B | C", "union A = B", &["A | C is gone"]);
    check("type A implements B { c: Int }", "type A { c: Int }", &["A implements B is gone"]);
}
