// What the bench looks at: a long conversation, the moment when it is there, and a page with nothing in it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../lib/world.mjs';

const messages = 200;
const wordsOf = (number) => `Message ${number} of ${messages}: the parcel is on its way, and here is what the carrier says about it today.`;
export const lastWords = wordsOf(messages);

/** A long conversation in a ticket, written in the helpdesk by buyer and agent in turn. Gives the thread that has it in the end. */
export async function writeConversation({ url, operator }, { id }) {
  const by = { ticket: { helpdesk: 'ZENDESK', externalId: id } };
  const { case: about } = await operator('query($by: CaseByInput!) { case(by: $by) { id } }', { by });
  await operator('mutation($input: CaseEscalateInput!) { caseEscalate(input: $input) { userErrors { message } } }', {
    input: { caseId: about.id, reason: 'OTHER', note: 'We look at it together.' },
  });
  for (let number = 1; number <= messages; number++) {
    const comment = { as: number % 2 ? 'AGENT' : 'BUYER', text: wordsOf(number) };
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/app/demo/tickets/zendesk/${id}`, { method: 'POST', headers, body: JSON.stringify(comment) });
    if (!answer.ok) throw new Error(`The helpdesk refused a comment: ${await answer.text()}`);
  }
  return threadWith(lastWords, operator, by);
}

async function threadWith(words, operator, by) {
  const query = 'query($by: CaseByInput!) { case(by: $by) { threads { id messages(last: 1) { nodes { text } } } } }';
  let thread;
  const arrived = async () => {
    const { case: now } = await operator(query, { by });
    thread = now.threads.find(({ messages: { nodes } }) => nodes[0]?.text === words);
    return thread !== undefined;
  };
  await until(arrived, 'the conversation to arrive', 60_000);
  return thread.id;
}

/**
 * Runs in each frame before its own scripts. Notes when the case is shown, goes to the conversation at that moment, and notes when
 * its last message is painted and there is something to write in, and says so in the console: looking into the frame from outside
 * would take the time that is measured. Times are from the start of the frame's navigation.
 */
export function watchConversation(last) {
  if (!location.pathname.startsWith('/app/')) return;
  const noted = {};
  const seen = new Set();
  const note = (name, more = () => undefined) => {
    if (seen.has(name)) return;
    seen.add(name);
    // A task that follows a frame begins when that frame was painted.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => ((noted[name] = performance.now()), more());
    requestAnimationFrame(() => port2.postMessage(null));
  };
  const requests = () => {
    const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    noted.requests = all.map(({ name, startTime, responseStart, responseEnd, transferSize }) => ({
      name: new URL(name).pathname.split('/').at(-1),
      from: startTime,
      answered: responseStart,
      to: responseEnd,
      bytes: transferSize,
    }));
    console.log(`noted ${JSON.stringify(noted)}`);
  };
  new MutationObserver(() => {
    const tab = document.getElementById('tab-messages');
    if (tab && !seen.has('case')) {
      note('case');
      tab.click();
    }
    const field = document.querySelector('form.composer textarea:enabled');
    const conversation = document.querySelector('.feed');
    if (field && conversation?.textContent.includes(last)) note('conversation', requests);
  }).observe(document, { childList: true, subtree: true });
}

const bareScript = `
const { demo } = JSON.parse(document.querySelector('meta[name=trilogue]').content);
const query = 'query($id: ID!) { node(id: $id) { ... on Thread { messages(last: 30) { nodes { id text sentAt authorName } } } } }';
const ask = async ({ session }) => {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer ' + session.token };
  const body = JSON.stringify({ query, variables: { id: new URLSearchParams(location.search).get('thread') } });
  return (await (await fetch('/graphql', { method: 'POST', headers, body })).json()).data.node;
};
const { messages } = await ask(demo.sellers[0]);
const feed = Object.assign(document.createElement('div'), { className: 'feed' });
for (const { text } of messages.nodes) feed.append(Object.assign(document.createElement('p'), { textContent: text }));
const form = Object.assign(document.createElement('form'), { className: 'composer' });
form.append(document.createElement('textarea'));
document.body.append(feed, form);
`;

/** Puts the bare page where the seller's page of the demo is, which the bench does not look at. */
export function putBarePage(dist) {
  const page = '<!doctype html><html lang="en"><head><meta charset="utf-8" /><meta name="trilogue" content="" /><title>Bare</title>';
  writeFileSync(join(dist, 'seller.html'), `${page}<script type="module" src="/app/assets/bare.js"></script></head><body></body></html>`);
  writeFileSync(join(dist, 'assets/bare.js'), bareScript);
}
