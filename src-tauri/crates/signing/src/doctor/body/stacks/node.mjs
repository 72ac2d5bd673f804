// Writes each document in every way. One document a line in, one line of hex texts out.
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin })) {
  const document = JSON.parse(line);
  const texts = [0, 2, 4, "\t"].map((indent) => JSON.stringify(document, null, indent));
  console.log(texts.map((text) => Buffer.from(text).toString("hex")).join(" "));
}
