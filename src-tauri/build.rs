//! Lets Tauri read its configuration and generate what the window needs.

fn main() {
    tauri_build::build();
}
