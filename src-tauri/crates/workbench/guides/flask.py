import json

from flask import Flask, request

app = Flask(__name__)


@app.post("/webhooks")
def webhook():
    # bytes as they came; before request.form or request.get_json()
    raw_body = request.get_data(cache=True, parse_form_data=False)
    if not verify(raw_body, request.headers):
        return "bad signature", 400
    handle(json.loads(raw_body))
    return "", 200
