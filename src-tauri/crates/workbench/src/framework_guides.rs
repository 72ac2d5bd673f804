//! How a receiver gets the body as it came, framework by framework: most signatures that do not match at the receiver were
//! computed over a body that was parsed and written anew.

use serde::Serialize;

/// How one framework hands out the raw body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FrameworkGuide {
    /// A stable word, for example `express`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The language of the code.
    pub language: String,
    /// A handler that passes the exact bytes to `verify` before it parses them.
    pub code: String,
    /// What goes wrong most often.
    pub note: String,
}

/// Id, name, language, code and note.
const GUIDES: [(&str, &str, &str, &str, &str); 12] = [
    (
        "express",
        "Express",
        "JavaScript",
        include_str!("../guides/express.js"),
        "A global express.json() before the route parses the body first; JSON.stringify(req.body) is not what was signed.",
    ),
    (
        "nextjs",
        "Next.js",
        "TypeScript",
        include_str!("../guides/nextjs.ts"),
        "request.json() uses the stream up; in the Pages Router export config = { api: { bodyParser: false } } instead.",
    ),
    (
        "fastify",
        "Fastify",
        "JavaScript",
        include_str!("../guides/fastify.js"),
        "Fastify parses JSON before the handler runs, so the route needs a content type parser of its own.",
    ),
    (
        "django",
        "Django",
        "Python",
        include_str!("../guides/django.py"),
        "request.data of Django REST framework uses the stream up, so request.body fails after it; and the CSRF check refuses \
         requests from providers.",
    ),
    (
        "flask",
        "Flask",
        "Python",
        include_str!("../guides/flask.py"),
        "request.form uses the body of a form up, and json.dumps(request.json) writes other white space than was signed.",
    ),
    (
        "fastapi",
        "FastAPI",
        "Python",
        include_str!("../guides/fastapi.py"),
        "A Pydantic model as parameter hands out parsed fields; model_dump_json() is not what was signed.",
    ),
    (
        "rails",
        "Ruby on Rails",
        "Ruby",
        include_str!("../guides/rails.rb"),
        "params is parsed and has keys of Rails' own beside; params.to_json is not what was signed.",
    ),
    (
        "laravel",
        "Laravel",
        "PHP",
        include_str!("../guides/laravel.php"),
        "The middleware TrimStrings and ConvertEmptyStringsToNull change parsed input, and json_encode escapes slashes.",
    ),
    (
        "spring",
        "Spring",
        "Java",
        include_str!("../guides/spring.java"),
        "A filter that calls getParameter() on a form, or an argument with @RequestParam, reads the body before the controller \
         can.",
    ),
    (
        "aspnet",
        "ASP.NET Core",
        "C#",
        include_str!("../guides/aspnet.cs"),
        "When something before the endpoint reads the body, call request.EnableBuffering() there and set Position to 0.",
    ),
    (
        "go",
        "Go net/http",
        "Go",
        include_str!("../guides/go.go"),
        "A middleware that reads r.Body leaves nothing; it has to put a new reader of the same bytes in its place.",
    ),
    (
        "axum",
        "axum",
        "Rust",
        include_str!("../guides/axum.rs"),
        "Json<T> parses the body; take Bytes, which must be the last argument.",
    ),
];

/// Every guide, in the order in which people are asked for their framework.
pub fn framework_guides() -> Vec<FrameworkGuide> {
    let guide = |(id, name, language, code, note): &(&str, &str, &str, &str, &str)| FrameworkGuide {
        id: (*id).to_owned(),
        name: (*name).to_owned(),
        language: (*language).to_owned(),
        code: (*code).to_owned(),
        note: (*note).to_owned(),
    };
    GUIDES.iter().map(guide).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_guide_verifies_raw_bytes_before_it_parses() {
        let guides = framework_guides();
        let ids: HashSet<_> = guides.iter().map(|guide| &guide.id).collect();
        assert_eq!((guides.len(), ids.len()), (12, 12));
        for guide in guides {
            let lower = guide.code.to_lowercase();
            let verify = lower.find("verify(").unwrap_or_else(|| panic!("{} verifies nothing", guide.id));
            let handle = lower.find("handle(").unwrap_or_else(|| panic!("{} handles nothing", guide.id));
            assert!(verify < handle, "{} handles before it verifies", guide.id);
            assert!((8..=22).contains(&guide.code.lines().count()), "{}", guide.id);
            assert!(!guide.note.is_empty());
        }
    }
}
