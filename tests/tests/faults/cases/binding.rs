//! F17: the address cannot be listened on. The reason is told, and never another port taken in silence.

use std::{fs, net::TcpListener, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use hookglass_tests::http;

use crate::{
    case::{Case, Run},
    listener::{Launch, Started},
    program::{needs_root, needs_tool},
};

pub(crate) const CASES: [Case; 1] = [Case {
    id: "F17",
    title: "ports in use, privileged, gone; IPv6",
    quick: true,
    run: |run| Box::pin(addresses(run)),
}];

const LIMIT: Duration = Duration::from_secs(10);

async fn addresses(run: &mut Run) -> Result<()> {
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let address = taken.local_addr()?.to_string();
    let launch = Launch::at(&run.program, &run.data("taken"), &address);
    let said = refused(&launch, &["in use"]).await.context("a port in use")?;
    let offers = said.contains("is free");
    ensure!(offers, "no other port is offered: {said}");
    run.figure("in use", "told, another offered");
    drop(taken);
    // The port it was refused is taken again without another start of anything else.
    launch.start().await.context("the port after it became free")?.stop().await?;

    match privileged(run).await {
        Ok(()) => run.figure("privileged", "told"),
        Err(error) if error.is::<crate::case::Skip>() => run.left_out("privileged", error),
        Err(error) => return Err(error),
    }

    // TEST-NET-1 (RFC 5737): no computer has it, as when a VPN is down.
    let launch = Launch::at(&run.program, &run.data("gone"), "192.0.2.1:4665");
    refused(&launch, &["address"]).await.context("an address this computer does not have")?;
    run.figure("address gone", "told");

    match Launch::at(&run.program, &run.data("six"), "[::1]:0").try_start(LIMIT).await? {
        Started::Listening(listener) => {
            let answer = http::send(listener.address(), &http::post("/F17", &[], b"six")).await?;
            ensure!(answer.status == 200, "answered {} over IPv6", answer.status);
            listener.stop().await?;
            run.figure("IPv6", "listens");
        }
        Started::Ended(_, said) => {
            ensure!(TcpListener::bind("[::1]:0").is_err(), "IPv6 works here, yet: {}", said.join(" "));
            run.figure("IPv6 off", "told");
        }
    }
    Ok(())
}

async fn privileged(run: &Run) -> Result<()> {
    needs_root("running as another user")?;
    let tool = needs_tool("setpriv")?.display().to_string();
    let lowest: u16 = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start")?.trim().parse()?;
    if lowest <= 80 {
        return Err(crate::case::skip("everybody may listen on port 80 here"));
    }
    let data = run.data("privileged");
    // As root, without the right to low ports: no other user would reach the build.
    let through = [tool, "--bounding-set=-net_bind_service".into(), "--inh-caps=-net_bind_service".into()];
    refused(&Launch::at(&run.program, &data, "127.0.0.1:80").through(through), &["may not", "right", "permission"])
        .await
        .map(drop)
        .context("a privileged port")
}

/// It ends with a reason that holds the address and one of these words.
async fn refused(launch: &Launch, words: &[&str]) -> Result<String> {
    match launch.try_start(LIMIT).await? {
        Started::Listening(listener) => bail!("it listens on {}", listener.address()),
        Started::Ended(status, said) => {
            let said = said.join(" ");
            ensure!(!status.success() && !said.contains("panicked"), "{status}: {said}");
            let lower = said.to_lowercase();
            ensure!(words.iter().any(|word| lower.contains(word)), "it does not say why: {said}");
            Ok(said)
        }
    }
}
