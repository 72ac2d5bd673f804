//! Schemes whose signature is a token with claims, with tokens made by Python's `hmac` and `cryptography`.

use hookglass_model::{UnixMillis, VerdictKind};

use crate::{
    placed_schemes::{BODY, Case, ED25519, P256, RSA},
    request::{Request, SIGNED_AT, provider},
};

const CASES: &[Case] = &[
    // Tokens whose claims cover the body.
    Case {
        id: "livekit",
        secret: "api:key",
        headers: &[(
            "Authorization",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhcGkiLCJleHAiOjE3MDAwMDAwNjAsInNoYTI1NiI6IkFWcTlmMXpGZWkzWlMzV1E4RXJZQ0VKemtGN2pQc1hPdnE1aUoycVgrR0k9In0.0pIAqC9YiRYOzdDPvAYVcraTVbQ-g6DrNrPF_gDj588",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
    Case {
        id: "netlify",
        secret: "key",
        headers: &[(
            "X-Webhook-Signature",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJuZXRsaWZ5Iiwic2hhMjU2IjoiMDE1YWJkN2Y1Y2M1N2EyZGQ5NGI3NTkwZjA0YWQ4MDg0MjczOTA1ZWUzM2VjNWNlYmVhZTYyMjc2YTk3Zjg2MiJ9.13Df63de2Y-wr40KNFKQhXmmrF2A-it44Nye198VCQk",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
    Case {
        id: "vonage",
        secret: "key",
        headers: &[(
            "Authorization",
            "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJWb25hZ2UiLCJpYXQiOjE3MDAwMDAwMDAsInBheWxvYWRfaGFzaCI6IjAxNWFiZDdmNWNjNTdhMmRkOTRiNzU5MGYwNGFkODA4NDI3MzkwNWVlMzNlYzVjZWJlYWU2MjI3NmE5N2Y4NjIifQ.IxxuNnhKUkeDa1HGLmw0zl9H5j5Rk1CxayyBUzJIdlI",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
    Case {
        id: "fusionauth",
        secret: "key",
        headers: &[(
            "X-FusionAuth-Signature-JWT",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyZXF1ZXN0X2JvZHlfc2hhMjU2IjoiQVZxOWYxekZlaTNaUzNXUThFcllDRUp6a0Y3alBzWE92cTVpSjJxWCtHST0ifQ.0rvbTYcEHOM6vrwZpOcg9yfXLFQJhwJ4mOvhi9qkeQk",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
    // A token for this URL, which covers no body.
    Case {
        id: "monday",
        secret: "key",
        headers: &[(
            "Authorization",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhdWQiOiJodHRwczovL2hvb2tzLmV4YW1wbGUuY29tL2hvb2s_eD0xIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDAwNjB9.MrYi7ak_MD2IYK2ZsFA395b2MJc7Df9jPwdmOe0PZ8c",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
    // Schemes with a public half.
    Case {
        id: "plaid",
        secret: P256,
        headers: &[(
            "Plaid-Verification",
            "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3MDAwMDAwMDAsInJlcXVlc3RfYm9keV9zaGEyNTYiOiIwMTVhYmQ3ZjVjYzU3YTJkZDk0Yjc1OTBmMDRhZDgwODQyNzM5MDVlZTMzZWM1Y2ViZWFlNjIyNzZhOTdmODYyIn0.ic247tVVg-o3pMETrqxs9VJHSLTUY_fDwjXbW2u4KROnm7SW9JNximT6Qu7smoOsSC8iEb4C45UVDOQ_RqEzTg",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
    Case {
        id: "google-pubsub",
        secret: RSA,
        headers: &[(
            "Authorization",
            "Bearer eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20iLCJhdWQiOiJodHRwczovL2hvb2tzLmV4YW1wbGUuY29tL2hvb2s_eD0xIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImVtYWlsX3ZlcmlmaWVkIjp0cnVlfQ.NzkGbGzAF_Sj3hjxJlK1mlGGa03mn8dmVQn8iDkySrxhjooTp3YdPm7DlN8WTl2Ijk-Fh93JuAT7qSuTCEoEormV40Yz0bigKcBNChhI07YB9C0pWoBORiuN9gmFjho2xMhYNMF7VZaroJoKsgnKT8nldfHBGU3fSh0y05Ynzt4",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
    Case {
        id: "fusionauth-public-key",
        secret: ED25519,
        headers: &[(
            "X-FusionAuth-Signature-JWT",
            "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJyZXF1ZXN0X2JvZHlfc2hhMjU2IjoiQVZxOWYxekZlaTNaUzNXUThFcllDRUp6a0Y3alBzWE92cTVpSjJxWCtHST0ifQ.PUs3tlNDNajsXG1PIzAHHHHgVLV7oHocipqncfYmbHFrMv5aIa4HNefOiZuVpl7a_gYAFytcPgQUB_p6T5UrAA",
        )],
        body: BODY,
        target: "/hook?x=1",
    },
];

#[test]
fn every_token_scheme_takes_the_independent_token() {
    CASES.iter().for_each(Case::check);
}

/// What lies about the body, the URL or the moment beside a right signature.
#[test]
fn what_a_token_says_must_be_so() {
    let request = |id: &str| CASES.iter().find(|case| case.id == id).unwrap().request();
    for (id, secret) in [("livekit", "api:key"), ("netlify", "key"), ("vonage", "key"), ("plaid", P256)] {
        let changed = Request { body: b"{}".to_vec(), ..request(id) };
        assert_eq!(changed.verify(provider(id), &[secret]).reason_code(), Some("claim_differs"), "{id}");
    }
    for (id, secret) in [("monday", "key"), ("google-pubsub", RSA)] {
        let moved = Request { url: Some("https://other.example/".to_owned()), ..request(id) };
        assert_eq!(moved.verify(provider(id), &[secret]).reason_code(), Some("claim_differs"), "{id}");
    }
    // Another key's id, and so another issuer.
    let verdict = request("livekit").verify(provider("livekit"), &["other:key"]);
    assert_eq!(verdict.reason_code(), Some("claim_differs"));
    let late = UnixMillis(SIGNED_AT.0 + 10_000_000);
    for (id, secret, code) in [("livekit", "api:key", "token_expired"), ("plaid", P256, "timestamp_too_old")] {
        let verdict = request(id).verify_at(provider(id), &[secret], late, None);
        assert_eq!(verdict.reason_code(), Some(code), "{id}");
    }
}

/// The vendor's own list of what must not pass (messagebird/messagebird-nodejs
/// lib/testdata/webhook-signature-jwt-reference.json).
#[test]
fn a_vendors_invalid_tokens_are_refused() {
    for (name, secret, url, body, token) in [
        (
            "Token received before it was issued",
            "36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb",
            "https://example.com/",
            "",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ4MjgwMCwiZXhwIjoxNjI1NDgyODYwLCJqdGkiOiJmOWY4YzM4Mi0yNDQ5LTQzMTEtYjcyYi0xZGY3MTY4NzkzMWUiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.ZELgDFNGhjZH9CffQKcq3sytBe2I0KciLxpBhcfstHQ",
        ),
        (
            "Token received after it was expired",
            "36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb",
            "https://example.com/",
            "",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3NTYwMCwiZXhwIjoxNjI1NDc1NjYwLCJqdGkiOiI1ZjAyZjUyMi02MDMwLTQ2YzgtYjVhMy0wMTI0NjQ3OGQ4YmMiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.45MSST3B_2PsjNUeiuW54_vUQgVw4rBXrdWrOUEz3lM",
        ),
        (
            "Token received on different URL (parameters were sorted out of order)",
            "36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb",
            "https://example.com/path?foo=1&bar=2",
            "",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiJhNzVjOTA5Ni1lODIzLTQ0MmItODVmMi03ZDNjOWQ5YjcyNmIiLCJ1cmxfaGFzaCI6IjZhMDIyZDgzNGMxODMzMGJhYWQ4YTJiZDYxMzUxNzNlZDIxNjEwYTQ1NDUxNmJlMGRmM2YxY2MwMTUxNjEwZWEifQ.z6Sw1XQIM0wuEQGBhXBdawDIIrtMg2XnmA_bpDq53pE",
        ),
        (
            "Payload does not match",
            "36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb",
            "https://example.com/",
            "Hello, World!",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiIxNDUwMTUzMi05NmYyLTQ2ODQtOTgzMi02OGYwOTUxYWUzNDIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDciLCJwYXlsb2FkX2hhc2giOiJmYjYyZjAyYWNkYTdkNzQxNzdhNzAxYTFjZTAwNmU2YmFjZDkwYzdkNGQ3YWI0ODE2OTJjMWRhNDdjODEwNzZiIn0.m79RCwO6dGa9pvzsQypkVuXQ6eM0CkRl6_U7MfWg6TM",
        ),
        (
            "Different secret",
            "36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb",
            "https://example.com/",
            "",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiIyNDNjMjdhZS0yZjAyLTQ2YTAtODg1Mi1jNjZmMzdlYTlmNDYiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.JgSeYyOtlEKAXk8bz30iJI4tXgf4lxknoiezawuVhb4",
        ),
        (
            "payload was removed in transit",
            "36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb",
            "https://example.com/",
            "",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiIxNDUwMTUzMi05NmYyLTQ2ODQtOTgzMi02OGYwOTUxYWUzNDIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDciLCJwYXlsb2FkX2hhc2giOiJkZmZkNjAyMWJiMmJkNWIwYWY2NzYyOTA4MDllYzNhNTMxOTFkZDgxYzdmNzBhNGIyODY4OGEzNjIxODI5ODZmIn0.bHfsjj3tljfzTufoG3EU3p_yFrQh9CufyzRSaRMd4ss",
        ),
        (
            "payload was added in transit",
            "36efdd1aace2e26cd490f0d951138253bef2f7c6d34d18981da781555cc4cebb",
            "https://example.com/",
            "Hello, World!",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.6Fp0rVOsRr1fj9S2GidXAfkmPVofKr8_RTffC6G6r2E",
        ),
        (
            "none alg",
            "no secret",
            "https://example.com/",
            "",
            "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJNZXNzYWdlQmlyZCIsImlhdCI6MTYyNTQ3OTIwMCwiZXhwIjoxNjI1NDc5MjYwLCJqdGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzIiLCJ1cmxfaGFzaCI6IjBmMTE1ZGIwNjJiN2MwZGQwMzBiMTY4NzhjOTlkZWE1YzM1NGI0OWRjMzdiMzhlYjg4NDYxNzljNzc4M2U5ZDcifQ.",
        ),
    ] {
        // 2021-07-05T12:00:00+02:00, when all of them arrive.
        let arrival = UnixMillis(1_625_479_200_000);
        let request =
            Request { url: Some(url.to_owned()), ..Request::new(body) }.with("MessageBird-Signature-JWT", token);
        let verdict = request.verify_at(provider("messagebird-jwt"), &[secret], arrival, None);
        assert_eq!(verdict.kind(), VerdictKind::Invalid, "{name}: {verdict:?}");
    }
}
