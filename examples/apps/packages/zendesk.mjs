// Makes the app that is installed in Zendesk: a manifest that points at your server, words and logos. The page itself stays on
// the server, so a new version of Trilogue needs no new package.
//
//   node packages/zendesk.mjs --server https://care.example.com --connection con_… [--out trilogue-zendesk.zip]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { zipSync } from 'fflate';
import { file, filesIn, refuseBroken, textOf } from './files.mjs';
import { problemsOfZendesk } from './rules-zendesk.mjs';

/** The same input gives the same bytes: every file is dated by the first day that a zip knows. */
const theFirstDay = new Date(1980, 0, 1);

/** The files of the package, with the server's address and the connection in the manifest. */
export function zendeskPackage({ server, connection }) {
  const filled = { server: originOf(server), connection: encodeURIComponent(connection) };
  return filesIn(join(import.meta.dirname, 'zendesk')).map((each) => {
    if (each.path !== 'manifest.json') return each;
    return file(each.path, textOf(each).replace(/\{\{(server|connection)\}\}/g, (_, name) => filled[name]));
  });
}

/** `https://care.example.com`: where Zendesk loads the page from must be nothing but https. */
export function originOf(server) {
  const address = new URL(server);
  const isLocal = ['localhost', '127.0.0.1'].includes(address.hostname);
  if (address.protocol !== 'https:' && !isLocal) throw new Error(`${server}: the server must be reached by https.`);
  return address.origin;
}

export function zipped(files) {
  const entries = files.map(({ path, bytes }) => [path, [bytes, { mtime: theFirstDay, level: 9 }]]);
  return zipSync(Object.fromEntries(entries));
}

function main() {
  const { server, connection, out } = parseArgs({
    options: { server: { type: 'string' }, connection: { type: 'string' }, out: { type: 'string', default: 'trilogue-zendesk.zip' } },
  }).values;
  if (!server || !connection) {
    console.error('Say where your server is and which connection it is: --server https://… --connection con_…');
    process.exit(2);
  }
  const files = zendeskPackage({ server, connection });
  refuseBroken(problemsOfZendesk(files));
  writeFileSync(out, zipped(files));
  console.log(`${out}: ${files.length} files for ${server}. Upload it in Zendesk under Apps and integrations > Zendesk Support apps.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
