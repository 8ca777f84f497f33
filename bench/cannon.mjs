// Drives one row: node cannon.mjs PLAN RESULT, both JSON; the result holds the time of every answer.
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import autocannon from "autocannon";

const [plan, brought] = process.argv.slice(2);
const told = JSON.parse(readFileSync(plan));
const times = [];
const statuses = {};
let bytes = 0;
let seen = told.reply?.seen ?? null;

const next = (list) => {
  let n = 0;
  return () => list[n++ % list.length];
};
const path = next(told.paths);
const cookie = next(told.cookies);

const common = { "x-forwarded-proto": "https", "accept": "text/html", "sec-fetch-mode": "navigate" };

function setup(request) {
  const headers = { ...common, cookie: cookie() };
  if (!told.reply) return { ...request, method: "GET", path: path(), headers };
  const body = new URLSearchParams({ body: told.reply.body, uuid: randomUUID(), seen, csrfmiddlewaretoken: told.reply.token });
  headers["content-type"] = "application/x-www-form-urlencoded";
  headers.origin = told.reply.origin;
  return { ...request, method: "POST", path: path(), headers, body: body.toString() };
}

const run = autocannon({
  url: told.url,
  connections: told.clients,
  amount: told.amount,
  timeout: 60,
  requests: [{
    setupRequest: setup,
    onResponse(status, body, context, headers) {
      const place = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "location");
      const number = place && /#post-(\d+)$/.exec(place[1]);
      if (number) seen = Number(number[1]);
    },
  }],
});
run.on("response", (client, status, length, time) => {
  times.push(time);
  statuses[status] = (statuses[status] ?? 0) + 1;
  bytes += length;
});
const result = await run;
const errors = result.errors + result.timeouts;
writeFileSync(brought, JSON.stringify({ times, statuses, bytes, seen, errors }));
