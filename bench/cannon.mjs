// Drives rows, one after the other: node cannon.mjs DESCRIPTOR reads a plan (JSON) from each line of its input, and
// writes to the descriptor, as one line, the time of every answer and what else is to be known.
import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import autocannon from "autocannon";

const brought = Number(process.argv[2]);
const LOOKS = 20; // milliseconds between two looks whether all have answered: a second, unless it is told

const common = { "x-forwarded-proto": "https", "accept": "text/html", "sec-fetch-mode": "navigate" };

function inTurn(list) {
  let n = 0;
  return () => list[n++ % list.length];
}

async function drive(told) {
  const [path, cookie] = [inTurn(told.paths), inTurn(told.cookies)];
  const times = [];
  const statuses = {};
  let bytes = 0;
  let seen = told.reply?.seen ?? null;

  function setupRequest(request) {
    const headers = { ...common, cookie: cookie() };
    if (!told.reply) return { ...request, method: "GET", path: path(), headers };
    const body = new URLSearchParams({ body: told.reply.body, uuid: randomUUID(), seen, csrfmiddlewaretoken: told.reply.token });
    headers["content-type"] = "application/x-www-form-urlencoded";
    headers.origin = told.reply.origin;
    return { ...request, method: "POST", path: path(), headers, body: body.toString() };
  }

  function onResponse(status, body, context, headers) {
    const place = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "location");
    const number = place && /#post-(\d+)$/.exec(place[1]);
    if (number) seen = Number(number[1]);
  }

  const run = autocannon({
    url: told.url,
    connections: told.clients,
    amount: told.amount,
    timeout: 60,
    sampleInt: LOOKS,
    requests: [{ setupRequest, onResponse }],
  });
  run.on("response", (client, status, length, time) => {
    times.push(time);
    statuses[status] = (statuses[status] ?? 0) + 1;
    bytes += length;
  });
  const result = await run;
  return { times, statuses, bytes, seen, errors: result.errors + result.timeouts };
}

for await (const plan of createInterface({ input: process.stdin })) {
  writeSync(brought, `${JSON.stringify(await drive(JSON.parse(plan)))}\n`);
}
