// The generated bindings take Tauri from here, so that this folder stays the only one that imports it.
export { Channel, invoke } from '@tauri-apps/api/core';
