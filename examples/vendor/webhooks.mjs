// Listens for what happens in the marketplace:   node webhooks.mjs
//
// Make an endpoint that leads here with `webhookEndpointCreate` and put its secret into TRILOGUE_WEBHOOK_SECRET. In
// earnest, use a library of https://www.standardwebhooks.com for your language; this is all that it does.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { fail } from "../client.mjs";

const secret = process.env.TRILOGUE_WEBHOOK_SECRET ?? fail("Set TRILOGUE_WEBHOOK_SECRET.");
const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
const tolerance = 5 * 60;
// In earnest, a table with a unique key: calls are repeated until they are answered with 2xx.
const seen = new Set();

function isSigned(headers, body) {
  const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signatures = "" } = headers;
  if (!id || !at || !(Math.abs(Date.now() / 1000 - Number(at)) <= tolerance)) return false;
  const expected = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest();
  // Several while a secret is being changed.
  return signatures.split(" ").some((signature) => {
    const [version, given] = signature.split(",");
    const bytes = Buffer.from(given ?? "", "base64");
    return version === "v1" && bytes.length === expected.length && timingSafeEqual(bytes, expected);
  });
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  if (!isSigned(request.headers, body)) return response.writeHead(401).end();
  // Answer first and work later: who takes long is asked again.
  response.writeHead(204).end();
  const id = request.headers["webhook-id"];
  if (seen.has(id)) return;
  seen.add(id);
  const { type, data } = JSON.parse(body);
  // A call is thin; ask the GraphQL interface for what you need to know, with the ids that it names.
  console.log(`${type}  ${data.caseReference ?? "-"}`);
});
server.listen(Number(process.env.PORT ?? 9000), "127.0.0.1", () => console.log(`Listening on http://127.0.0.1:${server.address().port}/`));
