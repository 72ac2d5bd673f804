#[test]
fn load() {
    let dir = std::env::var("RECIPES").unwrap();
    for e in std::fs::read_dir(dir).unwrap() {
        let p = e.unwrap().path();
        if p.extension().is_some_and(|e| e == "toml") {
            let t = std::fs::read_to_string(&p).unwrap();
            let n = p.file_name().unwrap().to_str().unwrap().to_owned();
            if let Err(e) = hookglass_signing::Registry::load(&[(&n, &t)]) {
                println!("ERR {e}");
            }
        }
    }
}
