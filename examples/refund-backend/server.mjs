// The marketplace's own software: takes signed instructions to refund, and moves the money once for each.   node server.mjs
//
// Trilogue decides who gets what back and keeps the books; it holds no money. Put your payment system into `move` below. What
// answers at once is answered at once; what takes its time is reported later with `refundReportSettlement`.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { ask, fail } from "../client.mjs";
import { Book } from "./book.mjs";

const secret = process.env.TRILOGUE_REFUND_SECRET ?? fail("Set TRILOGUE_REFUND_SECRET.");
const signingKey = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
const book = new Book(process.env.REFUND_BOOK ?? "refunds.jsonl");
const tolerance = 5 * 60;
const LARGEST = 1024 * 1024;
const PROTOCOL = 1;
/** The failures that the interface knows by name. */
const FAILURES = new Set(["ACCOUNT_GONE", "INSUFFICIENT_FUNDS", "DECLINED", "PAYMENT_DISPUTED", "CANCELED", "OTHER"]);
/** The keys whose money is being moved right now. */
const working = new Set();

const REPORT = `mutation ($input: RefundReportSettlementInput!) {
  refundReportSettlement(input: $input) { userErrors { field message } }
}`;

/** Your payment system. It must take `idempotencyKey` along, so that what is asked twice is done once there too. */
async function move({ idempotencyKey, amount, currency, means, paymentReference }) {
  if (means === "BANK_TRANSFER") return { status: "PENDING" };
  if (!paymentReference) return { status: "FAILED", code: "ACCOUNT_GONE" };
  console.log(`Moving ${amount} ${currency} back to ${paymentReference} (${idempotencyKey}).`);
  return { status: "SUCCEEDED" };
}

function isSigned(headers, body) {
  const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signatures = "" } = headers;
  if (!id || !at || !(Math.abs(Date.now() / 1000 - Number(at)) <= tolerance)) return false;
  const expected = createHmac("sha256", signingKey).update(`${id}.${at}.`).update(body).digest();
  // Several while a secret is being changed.
  return signatures.split(" ").some((signature) => {
    const [version, given] = signature.split(",");
    const bytes = Buffer.from(given ?? "", "base64");
    return version === "v1" && bytes.length === expected.length && timingSafeEqual(bytes, expected);
  });
}

/** What is known of a refund, as the protocol has it. The amount that moved is named, to the cent. */
function standing({ reference, status, code, instruction: { amount, currency } }) {
  if (status === "FAILED") return [422, { code: code ?? "OTHER" }];
  if (status === "PENDING") return [202, { reference }];
  return [200, { reference, status, amount, currency }];
}

async function instruct(data) {
  const key = data.idempotencyKey;
  const known = book.find(key);
  if (known) {
    if (JSON.stringify(known.instruction) !== JSON.stringify(data)) return [409, { code: "KEY_REUSED" }];
    if (working.has(key)) return [409, { code: "KEY_IN_USE" }];
    // Written down, and it is not known whether it was moved: asked again, with the same key.
    return standing(known.status === "TAKEN" ? await carryOut(key) : known);
  }
  // Written down before the money moves, and never the other way round.
  book.write(key, { reference: `RF-${book.size + 1}`, status: "TAKEN", instruction: data });
  return standing(await carryOut(key));
}

async function carryOut(key) {
  working.add(key);
  try {
    const outcome = await move(book.find(key).instruction);
    book.write(key, { ...book.find(key), ...outcome });
    if (outcome.status === "PENDING") wait(key);
    return book.find(key);
  } finally {
    working.delete(key);
  }
}

/** In earnest your payment system calls you. Here, what takes its time has come off after a second. */
function wait(key) {
  setTimeout(() => settle(key, "SUCCEEDED"), 1000);
}

/** The payment system has said what came of it: tell Trilogue. */
async function settle(key, status, code) {
  book.write(key, { ...book.find(key), status, code, reported: false });
  await reportUntilHeard(key);
}

/** Again and again until it has it. Twice does no harm. */
async function reportUntilHeard(key, pause = 1000) {
  try {
    await report(key);
  } catch (error) {
    console.error(`${key}: ${error.message}`);
    setTimeout(() => reportUntilHeard(key, Math.min(pause * 2, 60_000)), pause);
  }
}

async function report(key) {
  const { reference, status, code, instruction } = book.find(key);
  const { amount, currency } = instruction;
  const input = { idempotencyKey: key, reference, status, failure: FAILURES.has(code) ? code : status === "FAILED" ? "OTHER" : undefined, amount: { amount, currencyCode: currency } };
  const { userErrors } = (await ask(REPORT, { input })).refundReportSettlement;
  if (userErrors.length) throw new Error(userErrors.map(({ message }) => message).join(" "));
  book.write(key, { ...book.find(key), reported: true });
  console.log(`Reported ${key}: ${status}.`);
}

/** After a start: goes on with what was written down and not done, and reports what was not reported. */
async function resume() {
  for (const [key, { status, reported }] of book.entries()) {
    try {
      if (status === "TAKEN") {
        const { status: outcome, code } = await carryOut(key);
        if (outcome !== "PENDING") await settle(key, outcome, code);
      } else if (status === "PENDING") {
        wait(key);
      } else if (reported === false) {
        await reportUntilHeard(key);
      }
    } catch (error) {
      console.error(`${key}: ${error.message}`);
    }
  }
}

async function answer({ version, type, data }, id) {
  if (version !== PROTOCOL) return [400, { code: "NOT_UNDERSTOOD" }];
  if (type === "refund.instruct" && id === data?.idempotencyKey) return instruct(data);
  if (type === "refund.look") {
    const known = book.find(data?.idempotencyKey);
    if (!known) return [404, { code: "UNKNOWN_KEY" }];
    const { reference, status, code, instruction } = known;
    const { amount, currency } = instruction;
    return [200, { reference, status: status === "TAKEN" ? "PENDING" : status, code, amount, currency }];
  }
  return [400, { code: "NOT_UNDERSTOOD" }];
}

async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  const say = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body ?? {}));
  try {
    const body = await read(request);
    if (body === null) return say(413, { code: "TOO_LARGE" });
    if (request.method !== "POST" || !isSigned(request.headers, body)) return say(401);
    say(...(await answer(JSON.parse(body.toString("utf8")), request.headers["webhook-id"])));
  } catch (error) {
    // Nobody knows what came of it: Trilogue sends the same again.
    console.error(error.message);
    say(500);
  }
});
await resume();
server.listen(Number(process.env.PORT ?? 9001), "127.0.0.1", () => console.log(`Listening on http://127.0.0.1:${server.address().port}/`));
