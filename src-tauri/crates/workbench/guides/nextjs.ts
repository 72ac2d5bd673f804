// app/webhooks/route.ts (App Router)
export async function POST(request: Request): Promise<Response> {
  // Read once, before request.json(): the stream can be read a single time.
  const rawBody = Buffer.from(await request.arrayBuffer());
  const headers = Object.fromEntries(request.headers);
  if (!verify(rawBody, headers)) {
    return new Response('bad signature', { status: 400 });
  }
  const event = JSON.parse(rawBody.toString('utf8'));
  await handle(event);
  return new Response(null, { status: 200 });
}
