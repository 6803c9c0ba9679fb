// Tries the pages in a browser. Not run by itself: `cargo test --test it browser` starts servers for it and says by CONTROL where
// to ask for them, and by DIST where the built pages are.
//
// SCENARIO=word: those alone that have the word in their names. UPDATE=1: renew the baseline of the pictures.
// CHROMIUM: the browser, when it is elsewhere than in /usr/bin.
import { startBrowser } from './lib/browser.mjs';
import { serveDesk } from './lib/desk.mjs';
import { compare, whyNotCompared } from './lib/pictures.mjs';
import { beginWorld } from './lib/world.mjs';

const parts = { scenarios: ['hosts', 'size', 'sessions', 'provider', 'bundle', 'messages', 'money', 'disputes', 'network', 'demo'], pictures: ['pictures'] };
/** For one scenario, in milliseconds; on a busy machine too. */
const patience = { scenarios: 120_000, pictures: 400_000 };
/** Pictures wait more than they work. */
const atOnce = { scenarios: 1, pictures: 4 };

async function load(part) {
  const files = await Promise.all(parts[part].map(async (name) => [name, (await import(`./scenarios/${name}.mjs`)).default]));
  const all = files.flatMap(([file, scenarios]) => Object.entries(scenarios).map(([name, run]) => ({ name: `${file}: ${name}`, run })));
  return all.filter(({ name }) => name.includes(process.env.SCENARIO ?? ''));
}

async function main() {
  const part = process.argv[2];
  const [waiting, browser, desk] = await Promise.all([load(part), startBrowser(), serveDesk()]);
  const why = part === 'pictures' ? whyNotCompared(browser) : null;
  if (why) console.log(`Pictures are kept, and not compared: ${why}.`);
  const scene = { browser, desk, compare: why ? () => null : compare };
  const count = { passed: 0, failed: 0 };
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const startedAt = Date.now();
      const failure = await attempt(next.run, scene);
      count[failure ? 'failed' : 'passed']++;
      console.log(`${failure ? 'FAILED' : 'ok'}  ${next.name}  ${Date.now() - startedAt} ms`);
      if (failure) console.log(String(failure.stack ?? failure).replace(/^/gm, '    '));
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce[part] }, work));
  } finally {
    await browser.close();
    desk.stop();
  }
  console.log(`${count.passed} passed, ${count.failed} failed`);
  process.exit(count.failed ? 1 : 0);
}

/** Runs one scenario, cleans up after it whatever comes, and gives what went wrong. */
async function attempt(run, shared) {
  const endings = [];
  const later = (end) => void endings.push(end);
  const begin = async (wishes) => {
    const world = await beginWorld({ origin: shared.desk.url, ...wishes });
    later(world.end);
    return world;
  };
  const hangs = new Promise((_, reject) => setTimeout(reject, patience[process.argv[2]], new Error('It does not come to an end.')).unref());
  try {
    await Promise.race([run({ ...shared, later, begin }), hangs]);
    return null;
  } catch (failure) {
    return failure;
  } finally {
    for (const end of endings.reverse()) await end();
  }
}

await main();
