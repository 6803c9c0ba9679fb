// Pictures of states: kept in target/browser, and compared with those that are committed.
import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

const root = join(import.meta.dirname, '..');
const kept = join(root, '../../target/browser/pictures');
const committed = join(root, 'baseline');
/** How much a pixel may differ, and how many of them: what other versions of a browser draw differently. */
const tolerance = 0.1;
const mayDiffer = 0.002;

const fontName = 'Inter';
/** Pictures say something only where letters are drawn by the same font. */
export const canCompare = (() => {
  try {
    return execFileSync('fc-match', [fontName]).toString().includes(fontName);
  } catch {
    return false;
  }
})();

export async function keepPicture(page, name) {
  mkdirSync(kept, { recursive: true });
  const picture = await page.screenshot({ path: join(kept, `${name}.png`), animations: 'disabled', caret: 'hide' });
  return picture;
}

/** What is wrong with a picture, or null. A picture without a baseline is only kept, unless all are to be renewed. */
export function compare(picture, name) {
  const path = join(committed, `${name}.png`);
  if (process.env.UPDATE) {
    mkdirSync(committed, { recursive: true });
    writeFileSync(path, picture);
    return null;
  }
  if (!canCompare) return null;
  if (!existsSync(path)) return `${name}: there is no baseline; UPDATE=1 makes it.`;
  const [now, before] = [PNG.sync.read(picture), PNG.sync.read(readFileSync(path))];
  if (now.width !== before.width || now.height !== before.height) return `${name}: ${now.width}x${now.height}, not ${before.width}x${before.height}.`;
  const difference = new PNG({ width: now.width, height: now.height });
  const pixels = pixelmatch(before.data, now.data, difference.data, now.width, now.height, { threshold: tolerance });
  if (pixels <= now.width * now.height * mayDiffer) return null;
  writeFileSync(join(kept, `${name}.difference.png`), PNG.sync.write(difference));
  return `${name}: ${pixels} pixels differ.`;
}
