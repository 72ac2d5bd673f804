//! What happens to the signed URL.

use super::Way;
use crate::story::{Story, path_of};

/// The sender was told another URL than the one that is configured.
fn told(
    name: &str,
    causes: &'static [&'static str],
    tell: impl Fn(&mut Story<'_>) -> Option<()> + Sync + 'static,
) -> Way {
    Way::new("url", name, move |story| {
        story.expect(causes);
        story.scheme.provider.signs_url() && tell(story).is_some()
    })
}

/// The sender was told the one of two addresses, the other is configured.
fn address(name: &str, causes: &'static [&'static str], signed: &'static str, configured: &'static str) -> Way {
    told(name, causes, move |story| {
        let path = path_of(&story.signed_url).to_owned();
        story.signed_url = format!("{signed}{path}");
        story.public_url = Some(format!("{configured}{path}"));
        Some(())
    })
}

/// The sender was told the one of two paths, the other is configured and arrives.
fn path(name: &str, causes: &'static [&'static str], signed: &'static str, configured: &'static str) -> Way {
    told(name, causes, move |story| {
        story.signed_url = format!("https://hooks.example.com{signed}");
        story.public_url = Some(format!("https://hooks.example.com{configured}"));
        configured.clone_into(&mut story.target);
        Some(())
    })
}

pub(crate) fn ways() -> Vec<Way> {
    const HTTP: &str = "http://hooks.example.com";
    const HTTPS: &str = "https://hooks.example.com";
    // With the scheme also its port changes.
    const HOST: &[&str] = &["url.host", "url.scheme", "url.port"];
    let mut ways = vec![
        address("https signed, http configured", &["url.scheme"], HTTPS, HTTP).paired(),
        address("http signed, https configured", &["url.scheme"], HTTP, HTTPS),
        address("port signed", &["url.port"], "https://hooks.example.com:443", HTTPS),
        address("port 8443 configured", &["url.port"], HTTPS, "https://hooks.example.com:8443").paired(),
        address("port 3000 configured", &["url.port", "url.scheme"], HTTP, "http://hooks.example.com:3000"),
        path("trailing slash signed", &["url.trailing_slash"], "/in/box/?a=1", "/in/box?a=1").paired(),
        path("trailing slash configured", &["url.trailing_slash"], "/in/box", "/in/box/"),
        path("query in another order", &["url.query_order"], "/in/box?b=2&a=1&c=3", "/in/box?a=1&b=2&c=3"),
        path("query left out", &["url.query"], "/in/box", "/in/box?a=1"),
        told("query arrives, configured without", &["url.query"], |story| {
            "https://hooks.example.com/in/box?tenant=7".clone_into(&mut story.signed_url);
            story.public_url = Some("https://hooks.example.com/in/box".to_owned());
            "/in/box?tenant=7".clone_into(&mut story.target);
            Some(())
        }),
        path(
            "query with plus signs signed",
            &["url.query_encoding"],
            "/in/box?k=new+order+now",
            "/in/box?k=new%20order%20now",
        ),
        path("query with %20 signed", &["url.query_encoding"], "/in/box?k=new%20order", "/in/box?k=new+order"),
        path("escapes in lower case", &["url.query_encoding"], "/in/box?u=a%2fb%3dc", "/in/box?u=a%2Fb%3Dc"),
        path("query signed decoded", &["url.query_encoding"], "/in/box?u=a/b:c", "/in/box?u=a%2Fb%3Ac"),
    ];
    for header in ["X-Forwarded-Host", "Host"] {
        ways.push(told(&format!("host of a tunnel signed, in {header}"), HOST, move |story| {
            host(story, "https://f00d-203-0-113-7.tunnel.example", "http://localhost:3000", header)
        }));
    }
    ways.push(told("localhost signed, tunnel configured", HOST, |story| {
        host(story, "http://localhost:3000", "https://f00d-203-0-113-7.tunnel.example", "Host")
    }));
    ways.extend(prefixes());
    ways.push(
        told("no public URL", &["url.missing"], |story| {
            story.public_url = None;
            story.headers.set("X-Forwarded-Proto", "https");
            Some(())
        })
        .paired(),
    );
    ways
}

fn host(story: &mut Story<'_>, signed: &str, configured: &str, header: &str) -> Option<()> {
    let path = path_of(&story.signed_url).to_owned();
    let (_, name) = signed.split_once("://")?;
    story.headers.set("Host", configured.split_once("://")?.1);
    story.headers.set(header, name);
    story.signed_url = format!("{signed}{path}");
    story.public_url = Some(format!("{configured}{path}"));
    Some(())
}

fn prefixes() -> Vec<Way> {
    vec![
        told("path prefix stripped, named in a header", &["url.path_prefix"], |story| {
            story.headers.set("X-Forwarded-Prefix", "/api");
            "https://hooks.example.com/api/box?a=1".clone_into(&mut story.signed_url);
            story.public_url = Some("https://hooks.example.com/box?a=1".to_owned());
            "/box?a=1".clone_into(&mut story.target);
            Some(())
        }),
        told("path prefix added", &["url.path_prefix", "url.path"], |story| {
            "https://hooks.example.com/box?a=1".clone_into(&mut story.signed_url);
            story.public_url = Some("https://hooks.example.com/in/box?a=1".to_owned());
            "/in/box?a=1".clone_into(&mut story.target);
            Some(())
        }),
        told("path of the request signed", &["url.path", "url.path_prefix"], |story| {
            "https://hooks.example.com/orders/box?a=1".clone_into(&mut story.signed_url);
            story.public_url = Some("https://hooks.example.com/hooks/box?a=1".to_owned());
            "/orders/box?a=1".clone_into(&mut story.target);
            Some(())
        }),
    ]
}
