//! Putting the application together: runtime, workbench, plugins, window.

use std::sync::Arc;

use hookglass_workbench::{Options, SystemClock, VaultChoice, Workbench, default_data_dir};
use tauri::{App, AppHandle, Manager, RunEvent, WindowEvent};

use crate::{
    arguments::Arguments,
    bindings,
    commands::listener::ChosenFiles,
    links, notifications,
    page_notices::PageNotices,
    preferences,
    tray::{self, WindowNews},
    window, zoom,
};

/// Set to `memory` by tests, so that they leave the user's keychain alone.
const VAULT_VARIABLE: &str = "HOOKGLASS_VAULT";

/// Runs the application until its window is closed.
pub(crate) fn run(arguments: Arguments) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| format!("No runtime could be started: {error}"))?;
    tauri::async_runtime::set(runtime.handle().clone());
    let commands = bindings::builder();
    let builder = tauri::Builder::default()
        // First of all plugins, as its documentation asks, so that a second start ends before it opens anything.
        .plugin(single_instance(&arguments))
        .plugin(tauri_plugin_store::Builder::default().build())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(window::keep_its_place())
        .invoke_handler(commands.invoke_handler())
        .on_window_event(|window, event| {
            if let WindowEvent::Focused(focused) = event
                && let Some(news) = window.try_state::<WindowNews>()
            {
                news.set_in_front(*focused);
            }
        })
        .setup(move |app| set_up(app, &arguments));
    #[cfg(target_os = "macos")]
    let builder = builder
        .menu(crate::macos_menu::build)
        .on_menu_event(|app, event| crate::macos_menu::chosen(app, event.id().as_ref()));
    let app = builder
        .build(tauri::generate_context!())
        .map_err(|error| format!("The window could not be set up: {error}"))?;
    app.run(|app, event| match event {
        RunEvent::Exit => close(app),
        // macOS hands a link over as an event, to the program that runs.
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => urls.iter().for_each(|url| links::open(app, url.as_str())),
        _ => {}
    });
    Ok(())
}

/// A second start of the same data directory brings the first one's window to the front, at the capture of its link.
fn single_instance(arguments: &Arguments) -> tauri::plugin::TauriPlugin<tauri::Wry> {
    let mut plugin =
        tauri_plugin_single_instance::Builder::new().callback(|app, arguments, _| match links::among(arguments) {
            Some(link) => links::open(app, &link),
            None => window::focus(app),
        });
    if let Some(data_dir) = &arguments.data_dir {
        // Another data directory is another instance: its absolute path is part of the name on the bus.
        let absolute = std::path::absolute(data_dir).unwrap_or_else(|_| data_dir.clone());
        let name = hex::encode(absolute.to_string_lossy().as_bytes());
        // Names on the bus have at most 255 characters (D-Bus specification, "Valid Names").
        let tail = &name[name.len().saturating_sub(200)..];
        plugin = plugin.dbus_id(format!("app.hookglass.desktop.d{tail}"));
    }
    plugin.build()
}

fn set_up(app: &mut App, arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    preferences::set_aside_unreadable(app.handle());
    let preferences = preferences::read(app.handle());
    let data_dir = match &arguments.data_dir {
        Some(dir) => dir.clone(),
        None => default_data_dir()?,
    };
    let vault = match std::env::var(VAULT_VARIABLE).as_deref() {
        Ok("memory") => VaultChoice::Memory,
        _ => VaultChoice::Chosen,
    };
    let set_up = preferences::read_listener(app.handle());
    let listen = arguments.listen.map_or(preferences.listen, |address| address.to_string());
    let bench = tauri::async_runtime::block_on(async {
        let bench = Workbench::open(Options { data_dir, vault }, Arc::new(SystemClock)).await?;
        // Set by commands that check them; what an edited file holds is not worth staying closed.
        if let Err(error) = bench.set_limits(set_up.limits).await {
            tracing::warn!(%error, "the stored limits cannot be used");
        }
        // A port in use is a state the window shows, not a reason to stay closed.
        if let Err(error) = bench.listen_on(&listen).await {
            tracing::warn!(%error, "the stored listening address cannot be used");
            bench.listen_on(&hookglass_workbench::DEFAULT_LISTEN_ADDRESS.to_string()).await?;
        }
        if set_up.tls.enabled
            && let Err(error) = bench.set_tls(set_up.tls).await
        {
            tracing::warn!(%error, "the stored TLS port cannot be used");
        }
        Ok::<_, hookglass_workbench::CommandError>(Arc::new(bench))
    });
    let bench = match bench {
        Ok(bench) => bench,
        Err(error) => {
            tell_and_exit(app.handle(), &error.message);
            return Ok(());
        }
    };
    {
        // The background of the workbench lives on the runtime of the window.
        let runtime = tauri::async_runtime::handle();
        let _entered = runtime.inner().enter();
        bench.start_diagnosing();
        bench.start_housekeeping();
    }
    app.manage(PageNotices::new());
    app.manage(WindowNews::default());
    app.manage(ChosenFiles::default());
    app.manage(Arc::clone(&bench));
    app.manage(zoom::OneAtATime::default());
    window::open(app.handle())?;
    zoom::restore(app.handle());
    if let Some(link) = &arguments.link {
        links::open(app.handle(), link);
    }
    tauri::async_runtime::spawn(notifications::watch(app.handle().clone(), Arc::clone(&bench)));
    tauri::async_runtime::spawn(tray::keep_up(app.handle().clone(), bench));
    Ok(())
}

/// Without a database there is nothing to show: say why in a native dialog, then end.
fn tell_and_exit(app: &AppHandle, message: &str) {
    use tauri_plugin_dialog::{DialogExt, MessageDialogKind};
    tracing::error!("{message}");
    let ending = app.clone();
    app.dialog()
        .message(message)
        .title("Hookglass cannot open its data")
        .kind(MessageDialogKind::Error)
        .show(move |_| ending.exit(1));
}

fn close(app: &AppHandle) {
    if let Some(bench) = app.try_state::<Arc<Workbench>>() {
        tauri::async_runtime::block_on(bench.close());
    }
}
