//! What happens to bodies between signing and checking.

use std::{fmt::Write as _, io::Write as _};

use flate2::{Compression, write::GzEncoder};

use super::Way;
use crate::{
    corpus::{Size, document, form},
    json_text::differences,
    stacks::{FORM_FORMS, Form, JSON_FORMS},
    story::{Story, push},
};

/// A body of which every byte is signed.
fn raw(
    name: &str,
    causes: &'static [&'static str],
    tell: impl Fn(&mut Story<'_>) -> Option<()> + Sync + 'static,
) -> Way {
    Way::new("body", name, move |story| {
        story.expect(causes);
        story.scheme.provider.covers_body() && tell(story).is_some()
    })
}

/// The same for JSON documents alone.
fn json(
    name: &str,
    causes: &'static [&'static str],
    tell: impl Fn(&mut Story<'_>) -> Option<()> + Sync + 'static,
) -> Way {
    raw(name, causes, move |story| if story.scheme.content.takes_form_apart { None } else { tell(story) })
}

pub(crate) fn ways() -> Vec<Way> {
    let mut ways: Vec<_> = JSON_FORMS.iter().map(|form| reserialised(*form)).collect();
    ways.extend(["node compact", "python default", "php default", "ruby compact", "go map"].map(numbers));
    ways.extend(FORM_FORMS.iter().filter(|form| form.stack != "go").map(|form| reencoded(*form)));
    ways.extend(edges());
    ways.extend(transport());
    ways.extend(charsets());
    ways.extend(stringified());
    ways
}

/// Whether the stack forgets the order of an object's names.
fn sorts(form: Form) -> bool {
    form.stack == "go" || form.way.starts_with("sorted")
}

/// One stack signs the document as it writes it, and another has written it again by the time it is checked.
fn reserialised(arriving: Form) -> Way {
    let name = format!("JSON arrives as {} {}", arriving.stack, arriving.way);
    let is_usual = arriving == JSON_FORMS[0] || arriving == JSON_FORMS[3];
    let mut way = Way::new("body", name, move |story| {
        if !story.scheme.provider.covers_body() || story.scheme.content.takes_form_apart {
            return false;
        }
        let stacks = story.stacks;
        // What a stack lost nobody can write again: the order of names, and whether an empty array was an object.
        let loses_nothing = |sender: &&Form| (sorts(**sender) || !sorts(arriving)) && sender.way != "arrays";
        let others = JSON_FORMS.iter().filter(|sender| **sender != arriving && stacks.has(sender.stack));
        let senders: Vec<_> = others.filter(loses_nothing).collect();
        let signing = *senders[story.rng.usize(..senders.len())];
        let (Some(signed), Some(arrived)) = (stacks.write(signing, &story.body), stacks.write(arriving, &story.body))
        else {
            return false;
        };
        let causes = differences(&signed, &arrived);
        if causes.is_empty() || arriving.way == "arrays" && causes.contains("body.json_empty") {
            return false;
        }
        story.expected.push(causes.into_iter().map(ToOwned::to_owned).collect());
        story.note = format!("signed as {} {}", signing.stack, signing.way);
        story.body = signed;
        story.arriving = Some(arrived);
        true
    })
    .tried(3);
    way.pairs = is_usual;
    way
}

/// The sender's numbers are of a kind that the receiver's stack writes otherwise.
fn numbers(arriving: &'static str) -> Way {
    let (stack, way) = arriving.split_once(' ').unwrap();
    json(&format!("numbers arrive as {arriving}"), &["body.json_numbers"], move |story| {
        let mut text = document(story.scheme, &mut story.rng, Size::Small).to_string();
        let number = ["10.0", "4.50", "1e3", "0.00001", "1E-7", "1.0", "100.00"][story.rng.usize(..7)];
        text.truncate(text.len() - 1);
        let source = format!("{text},\"z_total\":{number}}}");
        let form = JSON_FORMS.into_iter().find(|form| form.stack == stack && form.way == way).unwrap();
        let arrived = story.stacks.write(form, source.as_bytes())?;
        story.note = format!("signed with {number}");
        // Signed in the sender's own writing, which has the receiver's form but for that number.
        let shown = String::from_utf8(arrived.clone()).unwrap();
        let at = shown.find("\"z_total\":")? + "\"z_total\":".len();
        let at = at + shown[at..].len() - shown[at..].trim_start().len();
        let end = at + shown[at..].find([',', '}'])?;
        story.body = format!("{}{number}{}", &shown[..at], &shown[end..]).into_bytes();
        story.arriving = Some(arrived);
        Some(())
    })
    .tried(1)
}

/// A form body that is signed as it is, written by one stack and written again by another.
fn reencoded(arriving: Form) -> Way {
    let name = format!("form arrives as {} {}", arriving.stack, arriving.way);
    raw(&name, &["body.form_encoding"], move |story| {
        use_form(story)?;
        let senders: Vec<_> = FORM_FORMS
            .iter()
            .filter(|form| **form != arriving && form.stack != "go" && story.stacks.has(form.stack))
            .collect();
        let signing = *senders[story.rng.usize(..senders.len())];
        let arrived = story.stacks.write(arriving, &story.body)?;
        story.body = story.stacks.write(signing, &story.body)?;
        story.arriving = Some(arrived);
        Some(())
    })
    .tried(5)
}

/// Gives the story a form body, where its provider sends such.
fn use_form(story: &mut Story<'_>) -> Option<()> {
    if !["slack", "github", "signalwire"].contains(&story.scheme.id()) {
        return None;
    }
    let size = if story.rng.bool() { Size::Small } else { Size::Large };
    story.body = form(&mut story.rng, size).into_bytes();
    story.headers.set("Content-Type", "application/x-www-form-urlencoded");
    Some(())
}

fn edges() -> Vec<Way> {
    let ended = |story: &mut Story<'_>| {
        while story.body.last().is_some_and(u8::is_ascii_whitespace) {
            story.body.pop();
        }
    };
    vec![
        raw("newline added", &["body.newline_added"], move |story| {
            story.arriving.is_none().then(|| ended(story));
            story.arrives(|body| [body, b"\n"].concat());
            Some(())
        })
        .paired(),
        raw("CRLF added", &["body.newline_added"], move |story| {
            ended(story);
            story.arrives(|body| [body, b"\r\n"].concat());
            Some(())
        }),
        raw("newline removed", &["body.newline_removed"], move |story| {
            story.arriving.is_none().then(|| ended(story));
            story.signs(|body| [body, b"\n"].concat());
            if story.scheme.content.goes_on_after_body {
                // The same bytes: a line end of the body, or one between it and what is signed after it.
                story.expected.pop();
                story.expect(&["body.newline_removed", "scheme.separator"]);
            }
            Some(())
        })
        .paired(),
        json("LF became CRLF", &["body.line_endings"], |story| {
            story.body = story.stacks.python("indent 2", &story.body)?;
            story.arrives(crlf);
            Some(())
        })
        .paired(),
        json("CRLF became LF", &["body.line_endings"], |story| {
            story.body = story.stacks.python("indent 4", &story.body)?;
            story.signs(crlf);
            Some(())
        }),
        raw("byte order mark added", &["body.bom"], |story| {
            story.arrives(|body| [&b"\xef\xbb\xbf"[..], body].concat());
            Some(())
        })
        .paired(),
        raw("byte order mark removed", &["body.bom"], |story| {
            story.signs(|body| [&b"\xef\xbb\xbf"[..], body].concat());
            Some(())
        }),
    ]
}

fn crlf(body: &[u8]) -> Vec<u8> {
    String::from_utf8(body.to_vec()).unwrap().replace('\n', "\r\n").into_bytes()
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn transport() -> Vec<Way> {
    let large = |story: &mut Story<'_>| {
        let body = document(story.scheme, &mut story.rng, Size::Large).to_string();
        // Padded to a length that any of the sizes cuts.
        story.body = format!("{{\"pad\":\"{}\",{}", "x".repeat(4200), &body[1..]).into_bytes();
    };
    vec![
        raw("compressed on the way", &["body.compressed"], |story| {
            story.arrives(gzip);
            push(&mut story.headers, "Content-Encoding", "gzip");
            Some(())
        }),
        raw("decompressed on the way", &["body.decompressed"], |story| {
            push(&mut story.headers, "Content-Encoding", "gzip");
            story.signs(gzip);
            story.is_provable = false;
            Some(())
        }),
        json("cut at a round size on the way", &["body.truncated"], move |story| {
            large(story);
            let size = 1024 << story.rng.u8(..3);
            story.arrives(|body| body[..size].to_vec());
            story.is_provable = false;
            Some(())
        }),
        json("a round size of it signed", &["body.truncated"], move |story| {
            large(story);
            let size = 1024 << story.rng.u8(..3);
            story.signs(|body| body[..size].to_vec());
            Some(())
        }),
        raw("empty body signed", &["body.empty"], |story| {
            story.signs(|_| Vec::new());
            Some(())
        }),
        raw("form field of the form arrives alone", &["body.form_decoded"], |story| {
            let json = story.body.clone();
            use_form(story)?;
            let text = std::str::from_utf8(&json).ok()?;
            story.body = story.stacks.python("form", format!("payload={}", percent_encoded(text)).as_bytes())?;
            story.arriving = Some(json);
            Some(())
        }),
    ]
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        let _ = write!(all, "%{byte:02X}");
        all
    })
}

fn charsets() -> Vec<Way> {
    vec![
        json("UTF-8 read as Latin-1", &["body.charset"], |story| {
            let arrived = story.stacks.python("latin-1 for utf-8", &story.body)?;
            story.arriving = Some(arrived);
            Some(())
        }),
        json("UTF-8 read as Windows-1252", &["body.charset"], |story| {
            let arrived = story.stacks.python("cp1252 for utf-8", &story.body)?;
            // Five bytes have no character there, and the replacement says no more which it was.
            story.is_provable = !String::from_utf8_lossy(&arrived).contains('\u{fffd}');
            if !story.is_provable {
                story.expected.clear();
                story.expect(&["body.charset", "body.characters_lost"]);
            }
            story.arriving = Some(arrived);
            Some(())
        }),
        json("Latin-1 signed", &["body.charset"], |story| {
            let text = String::from_utf8(story.body.clone()).unwrap();
            story.body =
                text.chars().filter(|c| c.is_ascii() || ('\u{a0}'..='\u{ff}').contains(c)).collect::<String>().into();
            let signed = story.stacks.python("latin-1", &story.body)?;
            story.signs(|_| signed);
            Some(())
        }),
        json("characters became question marks", &["body.characters_lost"], |story| {
            let arrived = story.stacks.python("ascii with question marks", &story.body)?;
            story.arriving = Some(arrived);
            story.is_provable = false;
            Some(())
        }),
    ]
}

fn stringified() -> Vec<Way> {
    vec![
        json("[object Object] signed", &["body.object_placeholder"], |story| {
            let signed = story.stacks.node("object", &story.body)?;
            story.signs(|_| signed);
            Some(())
        }),
        json("stringified twice and signed", &["body.json_in_string"], |story| {
            story.body = story.stacks.node("compact", &story.body)?;
            let signed = story.stacks.node("twice stringified", &story.body)?;
            story.signs(|_| signed);
            Some(())
        }),
        json("stringified twice on the way", &["body.json_in_string"], |story| {
            story.body = story.stacks.node("compact", &story.body)?;
            story.arriving = story.stacks.node("twice stringified", &story.body);
            Some(())
        }),
    ]
}
