//! F07: the data directory or its database may not be written. Nothing is replaced, nothing is acknowledged, and the
//! reason is told.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt, chown},
    path::Path,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use hookglass_tests::http;

use crate::{
    case::{Case, Run},
    listener::{Launch, Started},
    program::{needs_root, needs_tool},
    stored::{self, DATABASE},
};

pub(crate) const CASES: [Case; 1] = [Case {
    id: "F07",
    title: "a database and a folder that may not be written",
    quick: true,
    run: |run| Box::pin(nothing_may_be_written(run)),
}];

/// "nobody" on every Linux: owns nothing.
const NOBODY: &str = "65534";

/// Permission bits bind everybody but the administrator, so the listener runs as somebody else.
async fn nothing_may_be_written(run: &mut Run) -> Result<()> {
    needs_root("running as another user")?;
    let tool = needs_tool("setpriv")?.display().to_string();
    let id = |name: &str| format!("--{name}={NOBODY}");
    let as_nobody = [tool, id("reuid"), id("regid"), "--clear-groups".to_owned()];
    // The build may lie where others cannot go.
    mode(run.folder(), 0o755)?;
    let program = run.program.copied_to(&run.folder().join("hookglass"))?;
    mode(program.path(), 0o755)?;

    let made = run.data("made");
    let mut listener = Launch::new(&run.program, &made).start().await?;
    listener.until_stored("F07", Duration::from_secs(5)).await?;
    listener.stop().await?;

    for (name, folder_mode, file_mode, owner) in [
        ("db 0444", 0o755, 0o444, None),
        ("folder 0555", 0o555, 0o644, None),
        ("folder 0555 of its own", 0o555, 0o444, Some(65534)),
    ] {
        let data = run.data(&name.replace(' ', "-"));
        fs::create_dir(&data)?;
        for entry in fs::read_dir(&made)?.flatten().filter(|entry| entry.path().is_file()) {
            let copy = data.join(entry.file_name());
            fs::copy(entry.path(), &copy)?;
            mode(&copy, file_mode)?;
            chown(&copy, owner, owner)?;
        }
        chown(&data, owner, owner)?;
        mode(&data, folder_mode)?;
        let before = stored::file_hash(&data.join(DATABASE))?;
        let launch = Launch::new(&program, &data).through(&as_nobody);
        let what = unwritable(&launch).await.with_context(|| name.to_owned())?;
        run.figure(name, what);
        ensure!(stored::file_hash(&data.join(DATABASE))? == before, "{name}: the database was changed");
        let names: Vec<_> = fs::read_dir(&data)?.flatten().map(|entry| entry.file_name()).collect();
        ensure!(!names.iter().any(|name| name.to_string_lossy().contains("corrupt")), "{name}: it was set aside");
    }

    let empty = run.data("empty");
    fs::create_dir(&empty)?;
    mode(&empty, 0o555)?;
    let what = unwritable(&Launch::new(&program, &empty).through(&as_nobody)).await.context("an empty folder")?;
    run.figure("empty folder 0555", what);
    ensure!(fs::read_dir(&empty)?.next().is_none(), "something was written into a folder that may not be written");
    Ok(())
}

/// It either listens and answers 503, or ends with a reason; which one is told.
async fn unwritable(launch: &Launch) -> Result<String> {
    match launch.try_start(Duration::from_secs(10)).await? {
        Started::Listening(mut listener) => {
            let answer = http::send(listener.address(), &http::post("/F07-refused", &[], b"x")).await?;
            ensure!(answer.status == 503, "answered {} although nothing can be stored", answer.status);
            ensure!(answer.header("retry-after").is_some(), "503 without Retry-After");
            listener.ensure_alive()?;
            Ok("listens and answers 503".to_owned())
        }
        Started::Ended(status, said) => {
            let said = said.join(" ");
            ensure!(!status.success() && !said.contains("panicked"), "{status}: {said}");
            ensure!(said.to_lowercase().contains("writ"), "it does not say that it may not write: {said}");
            Ok("refused with the reason".to_owned())
        }
    }
}

fn mode(path: &Path, mode: u32) -> Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode)).with_context(|| format!("the rights of {}", path.display()))
}
