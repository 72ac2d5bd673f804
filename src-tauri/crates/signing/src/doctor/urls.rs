//! URLs and targets that a sender may have signed behind tunnels, proxies and rewritten paths.

use std::borrow::Cow;

use hookglass_model::HeaderList;

use super::{
    edit::{Edit, Edits, Mend},
    url_parts::{Parts, path_and_query, paths, queries, split_port},
};
use crate::Message;

/// Most URLs that are tried: every change alone, and two at once.
const URLS_MAX: usize = 400;

/// What a request line and a URL may have been when they were signed.
#[derive(Clone, Debug)]
pub(super) struct Address<'a> {
    pub(super) url: Option<Cow<'a, str>>,
    pub(super) target: Cow<'a, str>,
    pub(super) edits: Edits,
}

/// One way in which a URL may have been another.
type Change = (&'static str, Box<dyn Fn(&mut Parts)>);

/// The addresses that may have been signed, fewest changes first; the one as it is comes not among them.
pub(super) fn variants<'a>(message: &Message<'a>, covers_url: bool, covers_target: bool) -> Vec<Address<'a>> {
    let mut all = Vec::new();
    if covers_url {
        full_urls(message, &mut all);
    }
    if covers_target {
        targets(message, &mut all);
    }
    all.truncate(URLS_MAX);
    all
}

fn full_urls<'a>(message: &Message<'a>, all: &mut Vec<Address<'a>>) {
    let configured = message.url.and_then(Parts::read);
    let is_missing = configured.is_none();
    let hosts = hosts(message.headers);
    let Some(base) = configured.or_else(|| {
        let authority = hosts.first()?;
        let (host, port) = split_port(authority);
        let scheme = message.headers.first_text("x-forwarded-proto").unwrap_or("https").trim();
        let (path, query) = path_and_query(message.target);
        Some(Parts { scheme: scheme.to_owned(), host: host.to_owned(), port, path, query })
    }) else {
        return;
    };
    let changes = changes(&base, message, &hosts);
    let mut tried = if is_missing { Vec::new() } else { vec![base.write()] };
    let mut add = |parts: &Parts, causes: &[&'static str]| {
        let url = parts.write();
        if tried.len() < URLS_MAX && !tried.contains(&url) {
            // Without a configured URL all that is said is what it has to be.
            let edits = if is_missing { [missing(&url)].into_iter().collect() } else { edits(causes, &base, parts) };
            all.push(Address { url: Some(Cow::Owned(url.clone())), target: Cow::Borrowed(message.target), edits });
            tried.push(url);
        }
    };
    add(&base, &[]);
    for (cause, change) in &changes {
        let mut parts = base.clone();
        change(&mut parts);
        add(&parts, &[cause]);
    }
    for (at, (first, change)) in changes.iter().enumerate() {
        for (second, other) in &changes[at + 1..] {
            // Two changes of one part would undo each other, but for those of a path.
            if first == second {
                continue;
            }
            let mut parts = base.clone();
            change(&mut parts);
            other(&mut parts);
            add(&parts, &[first, second]);
        }
    }
}

/// The part of the path that a proxy took away and named.
fn forwarded_prefix<'a>(message: &Message<'a>) -> Option<&'a str> {
    message.headers.first_text("x-forwarded-prefix").or_else(|| message.headers.first_text("x-script-name"))
}

/// Every authority that the request names, most telling first.
fn hosts(headers: &HeaderList) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut add = |host: &str| {
        let host = host.trim().trim_matches('"');
        if !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_graphic())
            && !all.iter().any(|known| known == host)
        {
            all.push(host.to_owned());
        }
    };
    for name in ["x-forwarded-host", "x-original-host", "x-forwarded-server"] {
        headers.first_text(name).into_iter().flat_map(|value| value.split(',')).for_each(&mut add);
    }
    if let Some(forwarded) = headers.first_text("forwarded") {
        for part in forwarded.split([';', ',']) {
            if let Some((name, value)) = part.trim().split_once('=')
                && name.eq_ignore_ascii_case("host")
            {
                add(value);
            }
        }
    }
    headers.first_text("host").into_iter().for_each(&mut add);
    all
}

fn changes(base: &Parts, message: &Message<'_>, hosts: &[String]) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    let other_scheme = if base.scheme.eq_ignore_ascii_case("https") { "http" } else { "https" };
    all.push(("url.scheme", Box::new(move |parts| other_scheme.clone_into(&mut parts.scheme))));
    for (cause, path) in paths(&base.path, message.target, forwarded_prefix(message)) {
        all.push((cause, Box::new(move |parts| parts.path.clone_from(&path))));
    }
    let (_, target_query) = path_and_query(message.target);
    for (cause, query) in queries(base.query.as_deref(), target_query.as_deref()) {
        all.push((cause, Box::new(move |parts| parts.query.clone_from(&query))));
    }
    match &base.port {
        Some(_) => all.push(("url.port", Box::new(|parts| parts.port = None))),
        None => all.push((
            "url.port",
            Box::new(|parts| {
                let port = if parts.scheme.eq_ignore_ascii_case("https") { "443" } else { "80" };
                parts.port = Some(port.to_owned());
            }),
        )),
    }
    let own_port = hosts.iter().find_map(|host| split_port(host).1);
    if let Some(port) = own_port.clone().filter(|port| base.port.as_ref() != Some(port)) {
        all.push(("url.port", Box::new(move |parts| parts.port = Some(port.clone()))));
    }
    let mut authorities: Vec<String> = hosts.to_vec();
    for local in ["localhost", "127.0.0.1"] {
        authorities.push(local.to_owned());
        authorities.extend(own_port.iter().map(|port| format!("{local}:{port}")));
    }
    for authority in authorities {
        let (host, port) = split_port(&authority);
        if !host.eq_ignore_ascii_case(&base.host) {
            let host = host.to_owned();
            all.push((
                "url.host",
                Box::new(move |parts| {
                    parts.host.clone_from(&host);
                    parts.port.clone_from(&port);
                }),
            ));
        }
    }
    let lower = base.host.to_ascii_lowercase();
    if lower != base.host {
        all.push(("url.host", Box::new(move |parts| parts.host.clone_from(&lower))));
    }
    all
}

/// Other targets, for schemes that sign path and query as received.
fn targets<'a>(message: &Message<'a>, all: &mut Vec<Address<'a>>) {
    let url = message.url.map(Cow::Borrowed);
    let (path, query) = path_and_query(message.target);
    let configured = message.url.and_then(Parts::read);
    let joined = |path: &str, query: Option<&str>| match query {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut tried = vec![message.target.to_owned()];
    let mut add = |target: String, causes: &[&'static str]| {
        if !tried.contains(&target) {
            let edits = causes.iter().map(|cause| target_edit(cause, &target)).collect();
            all.push(Address { url: url.clone(), target: Cow::Owned(target.clone()), edits });
            tried.push(target);
        }
    };
    let mut paths_tried = Vec::new();
    if let Some(configured) = &configured {
        paths_tried.push(("url.path_prefix", configured.path.clone()));
        paths_tried.push(("url.path_prefix", format!("{}{path}", configured.path.trim_end_matches('/'))));
    }
    paths_tried.extend(paths(&path, message.target, forwarded_prefix(message)));
    let queries_tried = queries(query.as_deref(), configured.as_ref().and_then(|parts| parts.query.as_deref()));
    for (cause, other) in &paths_tried {
        add(joined(other, query.as_deref()), &[cause]);
    }
    for (cause, other) in &queries_tried {
        add(joined(&path, other.as_deref()), &[cause]);
    }
    for (first, other_path) in &paths_tried {
        for (second, other_query) in &queries_tried {
            add(joined(other_path, other_query.as_deref()), &[first, second]);
        }
    }
}

fn target_edit(cause: &'static str, target: &str) -> Edit {
    let (badge, happened) = told(cause);
    Edit::new(
        cause,
        badge,
        happened,
        "Let the proxy or tunnel in between pass path and query on as they are",
        format!("Take the path and query {target}"),
    )
}

fn edits(causes: &[&'static str], base: &Parts, parts: &Parts) -> Edits {
    let url = parts.write();
    let of = |cause: &&'static str| {
        let (badge, happened) = told(cause);
        let badge = if *cause == "url.scheme" { format!("URL differs: {}", parts.scheme) } else { badge.to_owned() };
        Edit::new(
            cause,
            badge,
            format!("{happened}: the sender signed {url}, and the endpoint's public URL is {}", base.write()),
            format!("Set the endpoint's public URL to {url}"),
            format!("Take the URL {url}"),
        )
        .mended_by(Mend::Url(url.clone()))
    };
    causes.iter().map(of).collect()
}

fn missing(url: &str) -> Edit {
    Edit::new(
        "url.missing",
        "Public URL missing",
        format!("this scheme signs the URL that it sends to, and the endpoint has none; the sender signed {url}"),
        format!("Set the endpoint's public URL to {url}"),
        format!("Take the URL {url}"),
    )
    .mended_by(Mend::Url(url.to_owned()))
}

fn told(cause: &str) -> (&'static str, &'static str) {
    match cause {
        "url.scheme" => ("URL differs: scheme", "the URL was signed with the other of http and https"),
        "url.port" => ("URL differs: port", "the URL was signed with another port"),
        "url.trailing_slash" => ("URL differs: slash", "the URL was signed with another slash at the end of its path"),
        "url.query_order" => ("URL differs: query order", "the query was signed in another order"),
        "url.query_encoding" => ("URL differs: escapes", "the query was signed with other escapes"),
        "url.query" => ("URL differs: query", "the URL was signed with another query"),
        "url.host" => ("URL differs: host", "the URL was signed with another host, such as that of a tunnel"),
        "url.path_prefix" => ("URL differs: path prefix", "a prefix of the path was added or taken away on the way"),
        _ => ("URL differs: path", "the URL was signed with another path"),
    }
}
