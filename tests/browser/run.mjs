// Tries the pages in a browser, against the server of TRILOGUE_BIN.
//
//   TRILOGUE_BIN=target/debug/trilogue node run.mjs [word in the name of scenarios …]
//
// DATABASE_URL: PostgreSQL instead of a SQLite file. DIST: pages that are built already. UPDATE=1: renew the baseline of the
// pictures. CHROMIUM: the browser, when it is elsewhere than in /usr/bin.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startBrowser } from './lib/browser.mjs';
import { canCompare } from './lib/pictures.mjs';
import { apps, serveDesk } from './lib/pages.mjs';
import { startServer } from './lib/server.mjs';

const scenarioFiles = ['hosts', 'size', 'messages', 'money', 'network', 'session', 'looks', 'demo'];

function buildPages() {
  const dist = join(import.meta.dirname, '../../target/browser/pages');
  mkdirSync(dist, { recursive: true });
  const env = { ...process.env, VITE_DOCUMENTS: 'text' };
  execFileSync('npx', ['graphql-codegen', '--config', 'codegen.ts'], { cwd: apps, env, stdio: 'inherit' });
  execFileSync('npx', ['vite', 'build', '--outDir', dist, '--emptyOutDir', '--logLevel', 'warn'], { cwd: apps, env, stdio: 'inherit' });
  return dist;
}

async function scenarios(words) {
  const loaded = await Promise.all(scenarioFiles.map((name) => import(`./scenarios/${name}.mjs`)));
  const all = loaded.flatMap((module, index) => Object.entries(module.default).map(([name, run]) => ({ name: `${scenarioFiles[index]}: ${name}`, run })));
  return words.length ? all.filter(({ name }) => words.some((word) => name.includes(word))) : all;
}

async function main() {
  const program = process.env.TRILOGUE_BIN;
  if (!program) throw new Error('Say with TRILOGUE_BIN where the server is.');
  const dist = process.env.DIST ?? buildPages();
  const [server, browser, desk] = await Promise.all([startServer(program, process.env.DATABASE_URL), startBrowser(), serveDesk()]);
  if (!canCompare) console.log('The font Inter is not installed: pictures are kept, and not compared.');
  const world = { server, browser, desk, dist };
  const count = { passed: 0, failed: 0 };
  try {
    for (const { name, run } of await scenarios(process.argv.slice(2))) {
      const startedAt = Date.now();
      const failure = await attempt(run, world);
      count[failure ? 'failed' : 'passed']++;
      console.log(`${failure ? 'FAILED' : 'ok'}  ${name}  ${Date.now() - startedAt} ms`);
      if (failure) console.log(String(failure.stack ?? failure).replace(/^/gm, '    '));
    }
  } finally {
    await browser.close();
    desk.stop();
    await server.stop();
  }
  console.log(`${count.passed} passed, ${count.failed} failed`);
  process.exit(count.failed || !count.passed ? 1 : 0);
}

/** Runs one scenario, cleans up after it whatever comes, and gives what went wrong. */
async function attempt(run, world) {
  const endings = [];
  const later = (end) => void endings.push(end);
  try {
    await run({ ...world, later });
    return null;
  } catch (failure) {
    return failure;
  } finally {
    for (const end of endings.reverse()) await end();
  }
}

await main();
