// Re-writes bodies as Node receivers and senders do. One JSON line in, one line of base64 out.
import { createInterface } from "node:readline";

const json = (indent) => (text) => JSON.stringify(JSON.parse(text), null, indent);
const ways = {
  compact: json(0),
  "indent 2": json(2),
  "indent 4": json(4),
  form: (text) => new URLSearchParams(text).toString(),
  object: (text) => String(JSON.parse(text)),
  "twice stringified": (text) => JSON.stringify(JSON.stringify(JSON.parse(text))),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { way, body } = JSON.parse(line);
  let answer = "!";
  try {
    answer = Buffer.from(ways[way](Buffer.from(body, "base64").toString("utf8"))).toString("base64");
  } catch {
    // The way does not suit the body.
  }
  process.stdout.write(`${answer}\n`);
}
