"""Writes each document in every way. One document a line in, one line of hex texts out."""

import json
import sys

WAYS = [
    {},
    {"separators": (",", ":")},
    {"ensure_ascii": False},
    {"ensure_ascii": False, "separators": (",", ":")},
    {"indent": 2},
    {"indent": 4},
    {"indent": 2, "ensure_ascii": False},
    {"indent": 4, "ensure_ascii": False},
    {"sort_keys": True},
    {"sort_keys": True, "separators": (",", ":")},
    {"sort_keys": True, "indent": 2},
    {"sort_keys": True, "indent": 4},
    {"sort_keys": True, "ensure_ascii": False, "separators": (",", ":")},
]

for line in sys.stdin.buffer:
    document = json.loads(line)
    print(*(json.dumps(document, **way).encode().hex() for way in WAYS), flush=True)
