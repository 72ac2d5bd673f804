//! Lists every file of `providers/` and `samples/` into the binary, so that adding a provider is adding a file.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    list("providers", |name| name)?;
    list("samples", |name| name.strip_suffix(".toml").unwrap_or(name))
}

/// Writes `<folder>.rs`: a slice of (what `label` makes of the file's name, the file's text), sorted.
fn list(folder: &str, label: impl Fn(&str) -> &str) -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={folder}");
    let path = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join(folder);
    let mut names = Vec::new();
    for entry in fs::read_dir(&path)? {
        let name = entry?.file_name().into_string().map_err(|name| format!("{} is not UTF-8", name.display()))?;
        if Path::new(&name).extension().is_some_and(|extension| extension == "toml") {
            println!("cargo::rerun-if-changed={folder}/{name}");
            names.push(name);
        }
    }
    names.sort_unstable_by(|a, b| label(a).cmp(label(b)));

    let mut list = String::from("&[\n");
    for name in &names {
        let (label, path) = (label(name), format!("/{folder}/{name}"));
        writeln!(list, "    ({label:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))),")?;
    }
    list.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join(format!("{folder}.rs")), list)?;
    Ok(())
}
