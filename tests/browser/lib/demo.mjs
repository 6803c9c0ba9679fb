// The demo: the real server beside simulated helpdesks, with the pages of this tree.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { apps } from './desk.mjs';
import { asker } from './world.mjs';

/** The demo looks for the pages below the folder that it is started in. */
export const pagesIn = (folder) => join(folder, 'examples/apps/dist');

/** Builds the pages as they are shipped. */
export function buildPagesFor(folder) {
  const dist = pagesIn(folder);
  mkdirSync(dist, { recursive: true });
  const { VITE_DOCUMENTS: _, ...env } = process.env;
  execFileSync('npx', ['graphql-codegen', '--config', 'codegen.ts', '--silent'], { cwd: apps, env, stdio: 'inherit' });
  execFileSync('npx', ['vite', 'build', '--outDir', dist, '--emptyOutDir', '--logLevel', 'warn'], { cwd: apps, env, stdio: 'inherit' });
}

const lastWord = /Buyers write on/;
const address = /(http:\/\/[\w.:]+)\/app\/demo-zendesk\.html/;
const operatorToken = /operator\s+(trl_op_\S+)/;

/** Tells the story of the demo as fast as it goes, and gives what its pages know when it is told. */
export async function startDemo(program, folder) {
  const env = { ...process.env, TRILOGUE_DEMO_PACE: '0', NO_COLOR: '1' };
  const child = spawn(program, ['demo'], { env, cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await gone;
  };
  const told = await story(child.stdout);
  const [url, token] = [address.exec(told)?.[1], operatorToken.exec(told)?.[1]];
  if (!url || !token) {
    await stop();
    throw new Error(`The demo did not say where it is:\n${told}`);
  }
  return { url, operator: asker(() => url, token), ...(await bootOf(`${url}/app/demo-zendesk.html`)), stop };
}

/** What the demo tells, up to where life goes on without it. */
function story(output) {
  return new Promise((resolve) => {
    const lines = [];
    createInterface({ input: output })
      .on('line', (line) => {
        lines.push(line);
        if (lastWord.test(line)) resolve(lines.join('\n'));
      })
      .on('close', () => resolve(lines.join('\n')));
  });
}

async function bootOf(page) {
  const html = await (await fetch(page)).text();
  const said = /<meta name="trilogue" content="([^"]*)"/.exec(html)?.[1] ?? '';
  const json = said.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
  return JSON.parse(json).demo;
}
