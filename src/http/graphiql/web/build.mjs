// Builds the page's script, style and licence notices into ../dist; `--check` only says whether they are up to date.

import { build } from 'esbuild';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';

const here = (path) => new URL(path, import.meta.url).pathname;

const bundled = await build({
  absWorkingDir: here('.'),
  entryPoints: { graphiql: 'main.jsx' },
  outdir: 'out',
  write: false,
  metafile: true,
  bundle: true,
  minify: true,
  format: 'iife',
  jsx: 'automatic',
  target: ['chrome109', 'firefox115', 'safari16'],
  define: { 'process.env.NODE_ENV': '"production"' },
  alias: { 'react-style-singleton': './no-scroll-lock.js' },
  legalComments: 'none',
  plugins: [{ name: 'no-fonts', setup: dropFonts }],
});

function dropFonts({ onLoad }) {
  onLoad({ filter: /graphiql\/dist\/style\.css$/ }, ({ path }) => ({
    contents: readFileSync(path, 'utf8').replace(/@font-face\s*\{[^}]*\}/g, ''),
    loader: 'css',
  }));
}

/** The licences of every package of which a file is in the bundle; packages with the same text share it. */
function notices() {
  const folders = new Set();
  for (const file of Object.keys(bundled.metafile.inputs)) {
    const found = file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/);
    if (found) folders.add(found[0]);
  }
  const packagesOf = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(readFileSync(here(`${folder}/package.json`), 'utf8'));
    const file = readdirSync(here(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(here(`${folder}/${file}`), 'utf8').replaceAll('\r', '').trim() : `Licence: ${license} (as its package.json says; the package holds no text of it)`;
    packagesOf.set(text, [...(packagesOf.get(text) ?? []), `${name} ${version}`]);
  }
  const parts = [...packagesOf].map(([text, packages]) => `${[...new Set(packages)].sort().join(', ')}\n\n${text}\n`);
  return ['The GraphiQL page contains the packages below, under these licences.\n', ...parts.sort()].join(`\n${'-'.repeat(80)}\n\n`);
}

const [script, style] = ['.js', '.css'].map((end) => bundled.outputFiles.find(({ path }) => path.endsWith(end)).contents);
const outputs = { 'graphiql.js.gz': script, 'graphiql.css.gz': style, 'THIRD-PARTY.txt': Buffer.from(notices()) };

const packed = (name) => name.endsWith('.gz');
// What is compared is unpacked: another version of zlib may pack the same bytes differently.
const isFresh = ([name, bytes]) => {
  const file = here(`../dist/${name}`);
  return existsSync(file) && Buffer.compare(packed(name) ? gunzipSync(readFileSync(file)) : readFileSync(file), bytes) === 0;
};

const stale = Object.entries(outputs).filter((output) => !isFresh(output));
if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`dist/${name} is out of date: run src/http/graphiql/web/build.sh`);
  process.exitCode = stale.length ? 1 : 0;
} else {
  mkdirSync(here('../dist'), { recursive: true });
  for (const [name, bytes] of stale) writeFileSync(here(`../dist/${name}`), packed(name) ? gzipSync(bytes, { level: 9 }) : bytes);
}
