// One long-lived process that asks the vendors' own libraries: a JSON request a line on standard input, a JSON answer
// a line on standard output, in order. It ends with its input.
//
// Request:  {sdk, op: "sign" | "verify" | "keys", secret, body_base64, headers: [[name, value]…], url, method, id, at_ms}
// Answer:   sign   {headers: [[name, value]…], body_base64?, url?}
//           verify {valid: true} or {valid: false, because}
//           keys   {private, public}: a fresh pair in the form the library takes, for `asymmetric` schemes
//           any    {error}: the question itself could not be put, which is never an answer about a signature

import { createInterface } from 'node:readline';
import { format } from 'node:util';

// Libraries may log; standard output is the protocol's.
for (const level of ['log', 'info', 'debug', 'warn', 'error']) {
  console[level] = (...values) => process.stderr.write(`${format(...values)}\n`);
}

const adapters = new Map();

function adapter(sdk) {
  if (!/^[a-z0-9-]+$/.test(sdk)) throw new Error(`no library is called ${sdk}`);
  if (!adapters.has(sdk)) adapters.set(sdk, import(`./sdks/${sdk}.mjs`));
  return adapters.get(sdk);
}

/** What the adapters are given: the request with its body as bytes and as text, and its headers by lower-case name. */
function deliveryOf(request) {
  const body = Buffer.from(request.body_base64, 'base64');
  const headers = Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const { secret, url, method, id, at_ms } = request;
  return { secret, url, method, id, at_ms, at_s: Math.floor(at_ms / 1000), body, text: body.toString('utf8'), headers };
}

async function answer(request) {
  const sdk = await adapter(request.sdk);
  if (typeof sdk[request.op] !== 'function') throw new Error(`${request.sdk} has no ${request.op}`);
  if (request.op === 'keys') return sdk.keys();
  const delivery = deliveryOf(request);
  if (request.op === 'sign') {
    const { headers, body, url } = await sdk.sign(delivery);
    return { headers: Object.entries(headers), body_base64: body && Buffer.from(body).toString('base64'), url };
  }
  try {
    return { valid: (await sdk.verify(delivery)) === true };
  } catch (refusal) {
    // Most libraries throw at a signature they refuse.
    return { valid: false, because: String(refusal?.message ?? refusal) };
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let reply;
  try {
    reply = await answer(JSON.parse(line));
  } catch (error) {
    reply = { error: String(error?.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
