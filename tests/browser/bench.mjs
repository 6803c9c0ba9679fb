// How long agents wait for the sidebar: from opening a ticket until its conversation of 200 messages can be read and answered.
//
//   npm ci && npm ci --prefix ../../examples/apps && TRILOGUE_BIN=../../target/release/trilogue node bench.mjs
//
// Server, simulated helpdesk and browser share this machine and speak over the loopback. What is measured beside it is a page
// with nothing in it, from the same server, in the same browser: one script without a library, one query, plain paragraphs.
// The fastest run is the one that neighbours on the machine disturbed least.
// RUNS: how often each is measured (30). WATERFALL=1: what a middling opening waited for, from when until when.
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { standIn } from '../../examples/apps/hosts/bundle.mjs';
import { lastWords, putBarePage, watchConversation, writeConversation } from './bench/pages.mjs';
import { startBrowser } from './lib/browser.mjs';
import { buildPagesFor, pagesIn, startDemo } from './lib/demo.mjs';

const runs = Number(process.env.RUNS ?? 30);
const aim = 300;

async function main() {
  if (!process.env.TRILOGUE_BIN) throw new Error('Say with TRILOGUE_BIN where the server is.');
  // The server is started in a folder of its own.
  const program = resolve(process.env.TRILOGUE_BIN);
  const folder = mkdtempSync(join(tmpdir(), 'trilogue-bench-'));
  buildPagesFor(folder);
  putBarePage(pagesIn(folder));
  const [demo, browser, script] = await Promise.all([startDemo(program, folder), startBrowser(), standIn('zendesk')]);
  try {
    const ticket = demo.tickets.find(({ host }) => host === 'ZENDESK');
    const threadId = await writeConversation(demo, ticket);
    console.log(`${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}; Chromium ${browser.version()}; ${program}; ${runs} runs\n`);
    const pages = {
      sidebar: (page) => openInZendesk(page, { ...demo, ticket, script }),
      bare: (page) => openBare(page, `${demo.url}/app/seller.html?${new URLSearchParams({ thread: threadId })}`),
    };
    report(await measureAll(browser, demo.url, pages));
  } finally {
    await browser.close();
    await demo.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Each kind of opening in turn, so that whatever disturbs the machine disturbs all of them. */
async function measureAll(browser, url, pages) {
  const kept = await browser.newContext();
  await kept.addInitScript(watchConversation, lastWords);
  const measured = { cold: { sidebar: [], bare: [] }, warm: { sidebar: [], bare: [] } };
  for (let run = -1; run < runs; run++) {
    for (const [name, open] of Object.entries(pages)) {
      const fresh = await browser.newContext();
      await fresh.addInitScript(watchConversation, lastWords);
      const [cold, warm] = [await once(fresh, url, open), await once(kept, url, open)];
      await fresh.close();
      // The first of each fills the cache that is kept and warms the server up.
      if (run < 0) continue;
      measured.cold[name].push(cold);
      measured.warm[name].push(warm);
    }
  }
  return measured;
}

/** Opens a page in a frame of the server's own origin, which is what the demo's helpdesk is; gives what its frame noted. */
async function once(context, url, open) {
  const page = await context.newPage();
  await page.goto(`${url}/healthz`);
  await page.evaluate(() => document.body.replaceChildren(Object.assign(document.createElement('iframe'), { id: 'app', width: 380, height: 720 })));
  const said = page.waitForEvent('console', (message) => message.text().startsWith('noted '));
  await open(page);
  const noted = (await said).text().slice('noted '.length);
  await page.close();
  return JSON.parse(noted);
}

/** As Zendesk does: a form with a token that is good once, posted into the frame. */
async function openInZendesk(page, { url, ticket, script }) {
  const { token } = await (await fetch(`${url}/app/demo/tickets/zendesk/${ticket.id}/token`)).json();
  await page.evaluate(
    async ([source, appUrl, ticketId, signed]) => {
      const { ZendeskStandIn } = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
      const state = { 'ticket.id': ticketId, currentUser: { locale: 'en' } };
      new ZendeskStandIn({ iframe: document.getElementById('app'), appUrl, token: signed, state, canResize: false });
    },
    [script, `${url}${ticket.appUrl}`, ticket.id, token],
  );
}

const openBare = (page, address) => page.evaluate((src) => void (document.getElementById('app').src = src), address);

const ordered = (values) => [...values].sort((one, other) => one - other);
const at = (values, share) => ordered(values)[Math.min(values.length - 1, Math.floor(values.length * share))];
const ms = (value) => `${value.toFixed(0)} ms`.padStart(9);

function report(measured) {
  console.log(`${''.padEnd(34)}  fastest   median      p95`);
  for (const [cache, { sidebar, bare }] of Object.entries(measured)) {
    const line = (what, noted, mark) => {
      const values = noted.map((each) => each[mark]);
      console.log(`${`${cache} cache: ${what}`.padEnd(34)}${ms(at(values, 0))}${ms(at(values, 0.5))}${ms(at(values, 0.95))}`);
      return at(values, 0.5);
    };
    line('case shown', sidebar, 'case');
    const whole = line('conversation usable', sidebar, 'conversation');
    const least = line('bare page, the ceiling', bare, 'conversation');
    console.log(`${''.padEnd(34)} ${(least / whole).toFixed(2)} of the ceiling; ${whole < aim ? 'under' : 'over'} the aim of ${aim} ms\n`);
    if (process.env.WATERFALL) waterfall(sidebar);
  }
}

function waterfall(openings) {
  const middling = openings.find(({ conversation }) => conversation === at(openings.map((each) => each.conversation), 0.5));
  for (const { name, from, answered, to, bytes } of middling.requests)
    console.log(`${name.padEnd(34)}${ms(from)}${ms(answered)}${ms(to)}  ${bytes} bytes`);
  console.log(`${'case shown, conversation usable'.padEnd(34)}${ms(middling.case)}${ms(middling.conversation)}\n`);
}

await main();
