// Makes the folder that Freshworks' own tool (FDK) checks and packs, and checks what can be checked without it.
//
//   node packages/freshdesk.mjs [--out trilogue-freshdesk]
//   cd trilogue-freshdesk && fdk validate && fdk pack
//
// The app shows the server's page in a frame. Where Freshdesk does not let that frame be shown, the page itself can be put into the
// app; it then has to be packed again with each new version of the server, and the server has to let it in by its origin:
//
//   node packages/freshdesk.mjs --bundle --server https://care.example.com --connection con_…
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { file, filesIn, originOf, refuseBroken, textOf } from './files.mjs';
import { problemsOfFreshdesk } from './rules-freshdesk.mjs';

const here = import.meta.dirname;

export const freshdeskPackage = () => filesIn(join(here, 'freshdesk'));

/** The app with the page in it. Agents sign in by a code: a window of the server's own could not tell the app who came. */
export async function freshdeskBundle({ server, connection }) {
  const boot = { host: 'FRESHDESK', server: originOf(server), connection, signIn: ['PAIRING'] };
  const shared = freshdeskPackage().filter(({ path }) => path === 'manifest.json' || path.endsWith('.svg'));
  const own = filesIn(join(here, 'freshdesk-bundle')).map((each) =>
    each.path.endsWith('.html') ? file(each.path, textOf(each).replace('{{boot}}', escaped(JSON.stringify(boot)))) : each,
  );
  return [...shared, ...own, ...(await builtPage())];
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

async function builtPage() {
  const { output } = await build({ root: join(here, '..'), mode: 'freshdesk', logLevel: 'warn', build: { write: false } });
  const needed = output.filter(({ fileName }) => /\.(?:js|css)$/.test(fileName));
  return needed.map(({ fileName, code, source }) => file(`app/${fileName}`, code ? readable(code) : String(source)));
}

/** What stands in one endless line, the names of all documents, gets a line for each. */
const readable = (code) => code.replace(/^\s*var [\w$]+(?:, [\w$]+){20,};$/gm, (names) => names.replaceAll(', ', ',\n'));

export function writeFolder(files, folder) {
  rmSync(folder, { recursive: true, force: true });
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

const options = {
  out: { type: 'string', default: 'trilogue-freshdesk' },
  bundle: { type: 'boolean', default: false },
  server: { type: 'string' },
  connection: { type: 'string' },
};

async function main() {
  const { out, bundle, server, connection } = parseArgs({ options }).values;
  if (bundle && !(server && connection)) {
    console.error('Say where your server is and which connection it is: --bundle --server https://… --connection con_…');
    process.exit(2);
  }
  const files = bundle ? await freshdeskBundle({ server, connection }) : freshdeskPackage();
  refuseBroken(problemsOfFreshdesk(files));
  writeFolder(files, out);
  console.log(`${out}: ${files.length} files. Go there and run \`fdk validate\` and \`fdk pack\`.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
