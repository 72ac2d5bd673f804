//! Lets Tauri read its configuration and generate what the window needs.

fn main() {
    // The pages are part of the binary, and tauri-build does not watch them.
    println!("cargo:rerun-if-changed=../ui/dist");
    tauri_build::build();
}
