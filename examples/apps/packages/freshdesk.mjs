// Makes the folder that Freshworks' own tool (FDK) checks and packs, and checks what can be checked without it.
//
//   node packages/freshdesk.mjs [--out trilogue-freshdesk]
//   cd trilogue-freshdesk && fdk validate && fdk pack
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { filesIn, refuseBroken } from './files.mjs';
import { problemsOfFreshdesk } from './rules-freshdesk.mjs';

export const freshdeskPackage = () => filesIn(join(import.meta.dirname, 'freshdesk'));

export function writeFolder(files, folder) {
  rmSync(folder, { recursive: true, force: true });
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

function main() {
  const { out } = parseArgs({ options: { out: { type: 'string', default: 'trilogue-freshdesk' } } }).values;
  const files = freshdeskPackage();
  refuseBroken(problemsOfFreshdesk(files));
  writeFolder(files, out);
  console.log(`${out}: ${files.length} files. Go there and run \`fdk validate\` and \`fdk pack\`.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
