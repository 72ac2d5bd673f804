//! The house rules of ARCHITECTURE.md that can be read from `cargo metadata` and the sources, so that the plan cannot
//! rot unnoticed.

// The functions below the tests read what must be there; a test that cannot read it has failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use hookglass_tests::binaries::workspace_root;
use serde_json::Value;

/// Which members each member may use. One direction: nouns, then the parts, then the use cases, then the hosts.
const ARROWS: [(&str, &[&str]); 15] = [
    ("hookglass-model", &[]),
    ("hookglass-query", &["hookglass-model"]),
    ("hookglass-memory", &[]),
    ("hookglass-content", &["hookglass-model"]),
    ("hookglass-signing", &["hookglass-model"]),
    ("hookglass-listener", &["hookglass-model"]),
    ("hookglass-store", &["hookglass-model", "hookglass-query"]),
    ("hookglass-secrets", &["hookglass-model"]),
    ("hookglass-delivery", &["hookglass-model", "hookglass-signing"]),
    ("hookglass-exchange", &["hookglass-model", "hookglass-signing"]),
    (
        "hookglass-workbench",
        &[
            "hookglass-model",
            "hookglass-query",
            "hookglass-content",
            "hookglass-signing",
            "hookglass-listener",
            "hookglass-store",
            "hookglass-secrets",
            "hookglass-delivery",
            "hookglass-exchange",
        ],
    ),
    ("hookglass-desktop", &["hookglass-memory", "hookglass-model", "hookglass-workbench"]),
    ("hookglass-cli", &["hookglass-memory", "hookglass-model", "hookglass-workbench"]),
    ("hookglass-tests", &[]),
    ("xtask", &[]),
];

/// What a member may not reach, also not through others.
const OUT_OF_REACH: [(&str, &[&str]); 10] = [
    ("hookglass-model", &["tokio", "rusqlite", "reqwest", "hyper", "axum", "tauri"]),
    ("hookglass-query", &["tokio", "rusqlite", "reqwest", "hyper", "axum", "tauri"]),
    ("hookglass-content", &["tokio", "rusqlite", "reqwest", "hyper", "axum", "tauri"]),
    ("hookglass-signing", &["tokio", "rusqlite", "reqwest", "hyper", "axum", "tauri"]),
    ("hookglass-listener", &["rusqlite", "reqwest"]),
    ("hookglass-store", &["hyper", "axum", "reqwest", "hmac"]),
    ("hookglass-delivery", &["rusqlite"]),
    ("hookglass-exchange", &["rusqlite", "reqwest", "hyper", "axum"]),
    ("hookglass-secrets", &["rusqlite", "reqwest", "hyper", "axum"]),
    ("hookglass-cli", &["tauri", "wry", "webkit2gtk"]),
];

/// What may stand at the top of the repository, beside names that begin with a dot.
const ROOMS: [&str; 13] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "clippy.toml",
    "deny.toml",
    "icons",
    "rustfmt.toml",
    "src-tauri",
    "tests",
    "ui",
];

/// Older versions can lose a commit when a checkpoint and a write race (the WAL reset bug, fixed in 3.51.3).
const SQLITE_LEAST: u32 = 3_051_003;

/// Longer files are named, not refused: length is a hint that a file has more than one reason to change.
const FILE_LENGTH_HINT: usize = 400;

#[test]
fn members_use_only_what_is_below_them() {
    let workspace = Workspace::read();
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    let mut problems = Vec::new();
    for package in workspace.members() {
        let Some(allowed) = allowed.get(package.name.as_str()) else {
            problems.push(format!("{} is not in the table of arrows", package.name));
            continue;
        };
        for dependency in workspace.direct(package) {
            let is_member = ARROWS.iter().any(|(member, _)| *member == dependency.name.as_str());
            if is_member && !allowed.contains(&dependency.name.as_str()) {
                problems.push(format!("{} uses {}", package.name, dependency.name));
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn members_keep_out_of_each_others_trades() {
    let workspace = Workspace::read();
    let mut problems = Vec::new();
    for (member, banned) in OUT_OF_REACH {
        let reachable = workspace.reachable(workspace.member(member));
        problems.extend(
            banned.iter().filter(|name| reachable.contains(**name)).map(|name| format!("{member} reaches {name}")),
        );
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn only_the_desktop_reaches_tauri_and_only_the_store_uses_sqlite() {
    let workspace = Workspace::read();
    let reaching_tauri: Vec<&str> = workspace
        .members()
        .filter(|package| workspace.reachable(package).contains("tauri"))
        .map(|package| package.name.as_str())
        .collect();
    assert_eq!(reaching_tauri, ["hookglass-desktop"]);
    let using_sqlite: Vec<&str> = workspace
        .members()
        .filter(|package| workspace.direct(package).any(|dependency| dependency.name.as_str() == "rusqlite"))
        .map(|package| package.name.as_str())
        .collect();
    assert_eq!(using_sqlite, ["hookglass-store"]);
}

#[test]
fn every_member_says_what_it_is_for_and_takes_the_shared_lints() {
    let workspace = Workspace::read();
    let mut problems = Vec::new();
    for package in workspace.members() {
        if package.description.as_deref().is_none_or(str::is_empty) {
            problems.push(format!("{} has no description", package.name));
        }
        let manifest: toml::Value = toml::from_str(&read(package.manifest_path.as_std_path())).unwrap();
        let shared = manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
        if shared != Some(true) {
            problems.push(format!("{} does not take the workspace's lints", package.name));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn bundled_sqlite_has_the_wal_reset_fix() {
    let workspace = Workspace::read();
    let sqlite = workspace.package("libsqlite3-sys");
    assert!(workspace.features(sqlite).contains("bundled"), "the system's SQLite would be used, of whatever version");
    let header = sqlite.manifest_path.as_std_path().parent().unwrap().join("sqlite3/sqlite3.h");
    let version: u32 = read(&header)
        .lines()
        .find_map(|line| line.strip_prefix("#define SQLITE_VERSION_NUMBER"))
        .and_then(|number| number.trim().parse().ok())
        .expect("sqlite3.h names its version");
    assert!(version >= SQLITE_LEAST, "SQLite {version} is older than {SQLITE_LEAST}");
}

#[test]
fn the_top_level_holds_only_the_named_rooms() {
    let ignored = ["target"];
    let strangers: Vec<String> = fs::read_dir(workspace_root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.') && !ROOMS.contains(&name.as_str()) && !ignored.contains(&name.as_str()))
        .collect();
    assert!(strangers.is_empty(), "{strangers:?}");
}

#[test]
fn only_the_backend_folder_talks_to_tauri() {
    let ui = workspace_root().join("ui/src");
    let problems: Vec<PathBuf> = sources(&ui, &["ts", "svelte"])
        .into_iter()
        .filter(|path| !path.starts_with(ui.join("backend")) && !path.starts_with(ui.join("bindings")))
        .filter(|path| read(path).contains("@tauri-apps/"))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn captured_text_is_never_made_into_markup_or_code() {
    let markup = ["{@html", ".innerHTML", ".outerHTML", "insertAdjacentHTML", "document.write(", "new Function("];
    let mut problems = Vec::new();
    for path in sources(&workspace_root().join("ui/src"), &["ts", "svelte"]) {
        // Tests may look at markup; they may not be the way it gets into the window.
        if path.to_string_lossy().contains(".test.") {
            continue;
        }
        let text = read(&path);
        problems.extend(markup.iter().filter(|word| text.contains(**word)).map(|word| format!("{word} in {path:?}")));
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn the_content_security_policy_is_strict_and_the_same_in_development() {
    let security = &tauri_configuration()["app"]["security"];
    let policy = directives(&security["csp"]);
    assert_eq!(policy, directives(&security["devCsp"]), "csp and devCsp differ");

    let default: Vec<&str> = policy.get("default-src").expect("a default-src").iter().map(String::as_str).collect();
    assert!(matches!(default[..], ["'none'" | "'self'"]), "default-src is {default:?}");
    let scripts = policy.get("script-src").or_else(|| policy.get("default-src")).unwrap();
    for source in scripts {
        let harmless = source == "'self'" || source == "'none'" || source == "'wasm-unsafe-eval'";
        assert!(harmless, "script-src allows {source}");
    }
    for (directive, sources) in &policy {
        for source in sources {
            let own = source == "http://ipc.localhost";
            let remote = source == "*" || source.starts_with("http") || source.starts_with("ws");
            assert!(own || !remote, "{directive} allows {source}");
        }
    }
}

#[test]
fn one_capability_for_the_main_window_and_none_for_remote_pages() {
    let folder = workspace_root().join("src-tauri/capabilities");
    let files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [file] = &files[..] else { panic!("exactly one capability file is expected, found {files:?}") };
    let capability: Value = serde_json::from_str(&read(file)).unwrap();
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
    assert!(capability.get("remote").is_none(), "no remote page may call a command");
    assert!(capability.get("webviews").is_none(), "the window is named, its web views are not");
}

#[test]
fn long_files_are_named() {
    let root = workspace_root();
    let mut long = Vec::new();
    for (folder, kinds) in [("src-tauri", &["rs"][..]), ("tests", &["rs"]), ("ui/src", &["ts", "svelte", "css"])] {
        for path in sources(&root.join(folder), kinds) {
            let lines = read(&path).lines().count();
            if lines > FILE_LENGTH_HINT && !path.starts_with(root.join("ui/src/bindings")) {
                long.push(format!("{lines} lines: {}", path.strip_prefix(root).unwrap_or(&path).display()));
            }
        }
    }
    for line in long {
        println!("{line}");
    }
}

/// The dependency graph with all features, without what only tests and build scripts use.
struct Workspace {
    metadata: Metadata,
    edges: BTreeMap<PackageId, Vec<PackageId>>,
}

impl Workspace {
    fn read() -> Self {
        let metadata = MetadataCommand::new()
            .manifest_path(workspace_root().join("Cargo.toml"))
            .features(CargoOpt::AllFeatures)
            .exec()
            .expect("cargo metadata");
        let nodes = &metadata.resolve.as_ref().expect("a resolved graph").nodes;
        let edges = nodes
            .iter()
            .map(|node| {
                let normal = node
                    .deps
                    .iter()
                    .filter(|dependency| dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
                (node.id.clone(), normal.map(|dependency| dependency.pkg.clone()).collect())
            })
            .collect();
        Self { metadata, edges }
    }

    fn members(&self) -> impl Iterator<Item = &Package> {
        self.metadata.workspace_packages().into_iter()
    }

    fn member(&self, name: &str) -> &Package {
        self.members().find(|package| package.name.as_str() == name).unwrap_or_else(|| panic!("no member {name}"))
    }

    fn package(&self, name: &str) -> &Package {
        self.metadata.packages.iter().find(|p| p.name.as_str() == name).unwrap_or_else(|| panic!("no package {name}"))
    }

    fn features(&self, package: &Package) -> BTreeSet<String> {
        let nodes = &self.metadata.resolve.as_ref().expect("a resolved graph").nodes;
        let node = nodes.iter().find(|node| node.id == package.id).expect("a node");
        node.features.iter().map(ToString::to_string).collect()
    }

    fn direct<'a>(&'a self, package: &Package) -> impl Iterator<Item = &'a Package> {
        self.edges[&package.id].iter().map(|id| &self.metadata[id])
    }

    /// The names of everything a member is built from, itself left out.
    fn reachable(&self, package: &Package) -> BTreeSet<String> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&PackageId> = self.edges[&package.id].iter().collect();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(&self.edges[id]);
            }
        }
        seen.into_iter().map(|id| self.metadata[id].name.to_string()).collect()
    }
}

fn tauri_configuration() -> Value {
    serde_json::from_str(&read(&workspace_root().join("src-tauri/tauri.conf.json"))).unwrap()
}

/// A policy, which Tauri takes as text or as an object, by directive.
fn directives(policy: &Value) -> BTreeMap<String, Vec<String>> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    match policy {
        Value::String(text) => text
            .split(';')
            .filter_map(|part| part.trim().split_once(' '))
            .map(|(directive, sources)| (directive.to_owned(), words(sources)))
            .collect(),
        Value::Object(parts) => parts
            .iter()
            .map(|(directive, sources)| {
                let sources = match sources {
                    Value::String(text) => words(text),
                    Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                    other => panic!("{directive} is {other}"),
                };
                (directive.clone(), sources)
            })
            .collect(),
        other => panic!("there is no policy: {other}"),
    }
}

/// All files below a folder with one of these extensions, without what is installed or built.
fn sources(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap_or_default();
            if name != "node_modules" && name != "target" && name != "dist" {
                found.extend(sources(&path, extensions));
            }
        } else if path.extension().is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
