import json

from fastapi import FastAPI, HTTPException, Request

app = FastAPI()


@app.post("/webhooks")
async def webhook(request: Request):
    # No Pydantic model in the signature of the function: it would parse the body first.
    raw_body = await request.body()
    if not verify(raw_body, request.headers):
        raise HTTPException(status_code=400, detail="bad signature")
    handle(json.loads(raw_body))
    return {}
