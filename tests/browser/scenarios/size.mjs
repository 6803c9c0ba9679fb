// What agents wait for is small.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const most = 60 * 1024;

export default {
  async 'the sidebar begins with less than 60 KB of script and style'() {
    const files = firstFiles(process.env.DIST, 'sidebar.html');
    const size = files.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
    console.log(`    sidebar.html: ${(size / 1024).toFixed(1)} KB in ${files.length} files`);
    assert.ok(files.some((path) => path.endsWith('.js')) && files.some((path) => path.endsWith('.css')), 'There is a script and a style.');
    assert.ok(size < most, `${size} bytes are more than ${most}.`);
  },
};

/** The scripts and styles that a page names, and the scripts that those import at once. */
function firstFiles(dist, page) {
  const found = new Set();
  const follow = (text, links) => {
    for (const [, name] of text.matchAll(links)) {
      const path = join(dist, 'assets', name);
      if (found.has(path)) continue;
      found.add(path);
      if (name.endsWith('.js')) follow(readFileSync(path, 'utf8'), /(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g);
    }
  };
  follow(readFileSync(join(dist, page), 'utf8'), /(?:src|href)="\/app\/assets\/([\w.-]+\.(?:js|css))"/g);
  // One language is loaded before anything is shown: the French one is the longer.
  for (const name of readdirSync(join(dist, 'assets'))) if (/^fr-.*\.js$/.test(name)) found.add(join(dist, 'assets', name));
  return [...found];
}
