// The server under test: a fresh database, a free port, and the program's own commands.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((ready) => probe.once('listening', ready));
  const { port } = probe.address();
  await new Promise((closed) => probe.close(closed));
  return port;
}

/** Starts the server of TRILOGUE_BIN on DATABASE_URL, or on a SQLite file of its own. */
export async function startServer(program, database) {
  const folder = mkdtempSync(join(tmpdir(), 'trilogue-browser-'));
  const port = await freePort();
  const env = {
    ...process.env,
    DATABASE_URL: database ?? `sqlite://${join(folder, 'test.db')}`,
    TRILOGUE_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    TRILOGUE_ATTACHMENTS: join(folder, 'files'),
    TRILOGUE_BIND: `127.0.0.1:${port}`,
  };
  const command = async (...args) => JSON.parse((await run(program, ['--json', ...args], { env, cwd: folder })).stdout);
  await run(program, ['migrate'], { env, cwd: folder });
  const url = `http://127.0.0.1:${port}`;
  let child = null;

  async function start() {
    child = spawn(program, ['serve'], { env, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    await until(() => fetch(`${url}/graphql`, { method: 'POST' }).then(() => true, () => false), 'the server to listen');
  }
  async function stop() {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }
  await start();
  return { url, command, start, stop };
}

export async function until(isSo, what, patience = 15_000) {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50)))
    if (await isSo()) return;
  throw new Error(`Waited in vain for ${what}.`);
}

/** Passes answers of GraphQL on, and refuses both kinds of errors. */
export function asker(url, token) {
  return async (query, variables = {}) => {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await answer.json();
    const refusals = Object.values(data ?? {}).flatMap((payload) => payload?.userErrors ?? []);
    if (errors?.length || refusals.length) throw new Error(JSON.stringify(errors ?? refusals));
    return data;
  };
}
