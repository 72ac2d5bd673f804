"""Re-writes bodies as Python receivers and senders do. One JSON line in, one line of base64 out."""

import base64
import json
import sys
from urllib.parse import parse_qsl, quote, urlencode


def dumps(**options):
    return lambda body: json.dumps(json.loads(body), **options).encode()


def form(**options):
    return lambda body: urlencode(parse_qsl(body.decode(), keep_blank_values=True), **options).encode()


WAYS = {
    "default": dumps(),
    "compact": dumps(separators=(",", ":")),
    "unescaped": dumps(ensure_ascii=False),
    "sorted": dumps(sort_keys=True),
    "sorted compact": dumps(sort_keys=True, separators=(",", ":")),
    "indent 2": dumps(indent=2),
    "indent 4": dumps(indent=4),
    "form": form(),
    "form quoted": form(quote_via=quote),
    "latin-1 for utf-8": lambda body: body.decode("latin-1").encode(),
    "cp1252 for utf-8": lambda body: body.decode("cp1252", "replace").encode(),
    "latin-1": lambda body: body.decode().encode("latin-1"),
    "ascii with question marks": lambda body: body.decode().encode("ascii", "replace"),
}

for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = base64.b64encode(WAYS[asked["way"]](base64.b64decode(asked["body"]))).decode()
    except (ValueError, UnicodeError):
        answer = "!"
    print(answer, flush=True)
