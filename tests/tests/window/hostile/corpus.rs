//! Text that does harm wherever it is taken for markup, script, style or a template: fifty seeds, ten forms of each.

use std::fmt::Write as _;

/// Where a seed calls the script that marks the page; its forms keep the letters, so that it would really run.
const RUN: &str = "@R";
/// Where a seed points at the canary.
const URL: &str = "@U";

const SEEDS: [&str; 49] = [
    "<script>@R</script>",
    "<script src=@U></script>",
    "<script type=module>import '@U'</script>",
    "</script><script>@R</script>",
    "</textarea></title></style><script>@R</script>",
    "<!--><script>@R</script-->",
    "<![CDATA[<script>@R</script>]]>",
    "<scr<script>ipt>@R</scr</script>ipt>",
    "<img src=x onerror=@R>",
    "<img src=@U>",
    "<img srcset='@U 1x'>",
    "<image src=x onerror=@R>",
    "<body onload=@R>",
    "<input autofocus onfocus=@R>",
    "<details open ontoggle=@R>",
    "<video src=@U onerror=@R autoplay></video>",
    "<audio src=@U onloadstart=@R></audio>",
    "<marquee onstart=@R>",
    "<select autofocus onfocus=@R>",
    "<div style=animation-name:x onanimationstart=@R>",
    "<svg onload=@R>",
    "<svg><script href=@U></script></svg>",
    "<svg><animate onbegin=@R attributeName=x dur=1s>",
    "<svg><foreignObject><iframe src=@U></iframe></foreignObject></svg>",
    "<svg><image href=@U /></svg>",
    "<svg><use href='@U#x' /></svg>",
    "<math><maction actiontype=statusline xlink:href='javascript:@R'>x</maction></math>",
    "<iframe src=@U></iframe>",
    "<iframe srcdoc='<script>parent.@R</script>'></iframe>",
    "<iframe src='javascript:parent.@R'></iframe>",
    "<object data=@U></object>",
    "<embed src=@U>",
    "<link rel=stylesheet href=@U>",
    "<link rel=prefetch href=@U>",
    "<base href=@U>",
    "<meta http-equiv=refresh content='0;url=@U'>",
    "<form action=@U><button autofocus onfocus=@R>ok</button></form>",
    "<a href='javascript:@R' ping=@U>here</a>",
    "javascript:@R//",
    "data:text/html,<script>@R</script>",
    "<style>@import '@U';body{background:url(@U)}</style>",
    "background:url(@U);x:expression(@R)",
    "{{constructor.constructor('@R')()}}",
    "${@R}#{@R}`${@R}`",
    "<%= @R %><?php @R ?>",
    "{@html '<img src=x onerror=@R>'}",
    "\u{202e}gpj.exe\u{2066}\u{200b}\u{feff}<img src=@U>\u{2069}\u{200f}",
    "https://xn--pple-43d.example/ \u{430}pple.com <link rel=icon href=@U>",
    "\u{1b}]8;;@U\u{7}\u{1b}[31mred\u{1b}[0m\0<svg/onload=@R>",
];

/// One line that no view may lay out whole, with markup at its end.
const HUGE_LINE_BYTES: usize = 200 * 1024;

const FORMS: [fn(&str) -> String; 10] = [
    str::to_owned,
    upper_tags,
    |text| text.chars().fold(String::new(), |out, c| out + &format!("&#x{:x};", u32::from(c))),
    |text| text.bytes().fold(String::new(), |out, byte| out + &format!("%{byte:02X}")),
    |text| {
        text.replace("script", "scr\tipt").replace(" on", "\ton").replace(" src", "\tsrc").replace(" href", "\thref")
    },
    |text| format!("{text}{text}"),
    |text| format!("'\"`> x=`{text}` y='{text}' z=\"{text}\">{text}"),
    |text| format!("\\\"}}\\u003c/script\\u003e{text}\\u0000"),
    |text| text.replace('<', "+ADw-").replace('>', "+AD4-").replace('"', "+ACI-"),
    |text| format!("\u{feff}{text}"),
];

/// The payloads: every seed in every form, its links leading to `canary`.
pub(super) fn payloads(canary: &str) -> Vec<String> {
    let ready = |seed: &str| seed.replace(RUN, "window.__ran=1").replace(URL, canary);
    let mut all: Vec<String> =
        SEEDS.iter().map(|seed| ready(seed)).flat_map(|seed| FORMS.map(|form| form(&seed))).collect();
    let end = ready("<script>@R</script><img src=@U>");
    all.extend(FORMS.map(|form| "A".repeat(HUGE_LINE_BYTES) + &form(&end)));
    all
}

/// The names of elements in upper case, which HTML does not mind; script would.
fn upper_tags(text: &str) -> String {
    let mut in_name = false;
    text.chars()
        .map(|c| {
            in_name = c == '<' || (in_name && (c == '/' || c.is_ascii_alphanumeric()));
            if in_name { c.to_ascii_uppercase() } else { c }
        })
        .collect()
}

/// As it can stand in a request target: what HTTP lets through is left as it is.
pub(super) fn in_target(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes().take(LONGEST_HEAD_PART) {
        if byte.is_ascii_alphanumeric() || b"!$&'()*+,-./:;=@_~{}%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// As it can stand in a header: without control characters, except tabs.
pub(super) fn in_header(text: &str) -> String {
    let allowed = text.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c });
    allowed.take(LONGEST_HEAD_PART).collect::<String>().trim().to_owned()
}

/// As browsers write names into `Content-Disposition`.
pub(super) fn in_disposition(text: &str) -> String {
    in_header(text).replace('"', "%22")
}

/// Far below the limits on heads, so that every request is captured.
const LONGEST_HEAD_PART: usize = 2_000;
