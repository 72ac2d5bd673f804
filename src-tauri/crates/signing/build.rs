//! Lists every file of `providers/` into the binary, so that adding a provider is adding a file.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=providers");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("providers");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().into_string().map_err(|name| format!("{} is not UTF-8", name.display()))?;
        if Path::new(&name).extension().is_some_and(|extension| extension == "toml") {
            println!("cargo::rerun-if-changed=providers/{name}");
            names.push(name);
        }
    }
    names.sort_unstable();

    let mut list = String::from("&[\n");
    for name in names {
        let path = format!("/providers/{name}");
        writeln!(list, "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))),")?;
    }
    list.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("providers.rs"), list)?;
    Ok(())
}
