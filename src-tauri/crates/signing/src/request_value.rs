//! Single values of a request as handshakes ask for and repeat them: stricter than where signatures stand.

use std::borrow::Cow;

use crate::{form_fields, message::Message, place::Place, wire_text};

/// Bodies above this are not read for values. Handshakes are some hundred bytes, and every capture of a provider that
/// has one is asked.
const BODY_READ_MAX_BYTES: usize = 64 * 1024;

/// The value, `None` when the request lacks it or it is blank. Form fields are those of a body that says it is a form:
/// in a delivery, text between two `&` may be anybody's.
pub(crate) fn read<'a>(place: &Place, message: &Message<'a>) -> Option<Cow<'a, [u8]>> {
    let readable = match place {
        Place::Header(_) | Place::Query(_) => true,
        Place::Json(_) => message.body.len() <= BODY_READ_MAX_BYTES,
        Place::Form(_) => message.body.len() <= BODY_READ_MAX_BYTES && form_fields::is_form(message),
    };
    // Asked before the body is looked into: this is on the way of every capture.
    if !readable {
        return None;
    }
    place.read(message).filter(|value| !wire_text::is_blank(value))
}

/// The value as text.
pub(crate) fn read_text(place: &Place, message: &Message<'_>) -> Option<String> {
    std::str::from_utf8(&read(place, message)?).ok().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use hookglass_model::HeaderList;

    use super::*;

    #[test]
    fn values_are_decoded_and_the_first_of_a_name_counts() {
        let mut headers = HeaderList::new();
        headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        let target = "/hook?hub.mode=subscribe&hub.challenge=a%2Bb+c&hub.challenge=2&bare";
        let message = Message { method: "GET", target, url: None, headers: &headers, body: b"webhook_id=7&x=%ff" };
        let query = |name: &str| Place::Query(name.to_owned().try_into().unwrap());
        let form = |name: &str| Place::Form(name.to_owned().try_into().unwrap());
        assert_eq!(read(&query("hub.challenge"), &message).unwrap(), &b"a+b c"[..]);
        assert_eq!(read(&query("bare"), &message), None);
        assert_eq!(read(&query("hub"), &message), None);
        assert_eq!(read(&form("webhook_id"), &message).unwrap(), &b"7"[..]);
        assert_eq!(read(&form("x"), &message).unwrap(), &b"\xff"[..]);
        assert_eq!(read_text(&form("x"), &message), None);
    }

    #[test]
    fn only_forms_have_fields_and_large_bodies_have_no_values() {
        let headers = HeaderList::new();
        let body = br#"{"text":"&ssl_check=1&","n":1}"#;
        let message = Message { method: "POST", target: "/", url: None, headers: &headers, body };
        assert_eq!(read(&Place::Form("ssl_check".to_owned().try_into().unwrap()), &message), None);
        let pointer = Place::Json("/n".to_owned().try_into().unwrap());
        assert_eq!(read_text(&pointer, &message).as_deref(), Some("1"));
        let large = [b"{\"n\":1".as_slice(), &vec![b' '; BODY_READ_MAX_BYTES], b"}"].concat();
        assert_eq!(read(&pointer, &Message { body: &large, ..message }), None);
    }
}
