// Makes the app that is installed in Zendesk: a manifest that points at your server, words and logos. The page itself stays on
// the server, so a new version of Trilogue needs no new package.
//
//   node packages/zendesk.mjs --server https://care.example.com --connection con_… --email care@example.com [--out trilogue-zendesk.zip]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { zipSync } from 'fflate';
import { file, filesIn, originOf, refuseBroken, textOf } from './files.mjs';
import { problemsOfZendesk } from './rules-zendesk.mjs';

/** The same input gives the same bytes: every file is dated by the first day that a zip knows. */
const theFirstDay = new Date(1980, 0, 1);

/** The files of the package, with the server's address, the connection and who answers for it in the manifest. */
export function zendeskPackage({ server, connection, email }) {
  const filled = { server: originOf(server), connection: encodeURIComponent(connection), email: mailbox(email) };
  return filesIn(join(import.meta.dirname, 'zendesk')).map((each) => {
    if (each.path !== 'manifest.json') return each;
    return file(each.path, textOf(each).replace(/\{\{(server|connection|email)\}\}/g, (_, name) => filled[name]));
  });
}

/** Whom Zendesk, or an administrator who sees the app, may write to. */
function mailbox(email) {
  if (!/^[^\s@"\\]+@[^\s@"\\]+\.[^\s@"\\]+$/.test(email)) throw new Error(`${email}: this is no address of e-mail.`);
  return email;
}

export function zipped(files) {
  const entries = files.map(({ path, bytes }) => [path, [bytes, { mtime: theFirstDay, level: 9 }]]);
  return zipSync(Object.fromEntries(entries));
}

function main() {
  const options = { server: { type: 'string' }, connection: { type: 'string' }, email: { type: 'string' }, out: { type: 'string', default: 'trilogue-zendesk.zip' } };
  const { server, connection, email, out } = parseArgs({ options }).values;
  if (!server || !connection || !email) {
    console.error('Say where your server is, which connection it is and who answers for it: --server https://… --connection con_… --email you@…');
    process.exit(2);
  }
  const files = zendeskPackage({ server, connection, email });
  refuseBroken(problemsOfZendesk(files));
  writeFileSync(out, zipped(files));
  console.log(`${out}: ${files.length} files for ${server}. Upload it in Zendesk under Apps and integrations > Zendesk Support apps.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
