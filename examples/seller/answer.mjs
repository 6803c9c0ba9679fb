// Lists the cases that wait for the seller:   node answer.mjs
// Answers the buyer of one of them:           node answer.mjs C-1001 "Sent today."

import { createHash } from "node:crypto";
import { ask, fail, insist } from "../client.mjs";

const WAITING = `query ($after: String) {
  cases(filter: { awaiting: SELLER }, orderBy: DUE_ASC, first: 50, after: $after) {
    nodes {
      reference subject awaiting { dueAt } buyer { displayName }
      threads { messages(last: 1) { nodes { author text } } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`;
const CASE = `query ($reference: String!) {
  case(by: { reference: $reference }) { threads { id kind viewerCanPost } }
}`;
const POST = `mutation ($input: MessagePostInput!) {
  messagePost(input: $input) { message { delivery } userErrors { field message } }
}`;

const [reference, text] = process.argv.slice(2);
if (reference && text) await answer(reference, text);
else if (reference) fail('Usage: node answer.mjs [REFERENCE "TEXT"]');
else await list();

async function list() {
  let after = null;
  do {
    const { nodes, pageInfo } = (await ask(WAITING, { after })).cases;
    for (const one of nodes) {
      const said = one.threads.flatMap((thread) => thread.messages.nodes).at(-1);
      console.log(`${one.reference}  due ${one.awaiting?.dueAt ?? "-"}  ${one.buyer.displayName}: ${said?.text ?? one.subject}`);
    }
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after);
}

async function answer(reference, text) {
  const found = (await ask(CASE, { reference })).case ?? fail(`There is no case ${reference}.`);
  const thread = found.threads.find(({ kind, viewerCanPost }) => kind !== "OPERATOR_SELLER" && viewerCanPost);
  if (!thread) fail(`You cannot write to the buyer of ${reference}.`);
  // The same words in the same thread have the same key, so that a second run after a lost answer says nothing twice.
  const idempotencyKey = createHash("sha256").update(`${thread.id}\n${text}`).digest("hex");
  const input = { threadId: thread.id, text, idempotencyKey };
  const { message } = insist((await ask(POST, { input })).messagePost);
  console.log(`Said. Delivery: ${message.delivery}.`);
}
