// Pictures of states: kept in target/browser, and compared with those that are committed.
import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import pixelmatch from 'pixelmatch';
import sharp from 'sharp';

const root = join(import.meta.dirname, '..');
const kept = join(root, '../../target/browser/pictures');
const committed = join(root, 'baseline');
/** By how much a pixel may differ, and how many of them: what other builds of a browser draw differently. */
const tolerance = 0.1;
const mayDiffer = 0.002;

/** What draws letters. Where it is another than for the pictures that are committed, comparing says nothing. */
const drawnWith = join(committed, 'drawn-with.json');

/** Why pictures are kept and not compared on this machine, or null. */
export function whyNotCompared(browser) {
  const here = { chromium: browser.version().split('.')[0], font: fontHere() };
  if (process.env.UPDATE) return void writeFileSync(drawnWith, `${JSON.stringify(here)}\n`);
  const before = JSON.parse(readFileSync(drawnWith, 'utf8'));
  const differs = Object.keys(before).filter((name) => before[name] !== here[name]);
  return differs.map((name) => `${name} is ${here[name]} here, and was ${before[name]}`).join('; ') || null;
}

/** Names the file too, as another version of the font has other letters. */
function fontHere() {
  try {
    return execFileSync('fc-match', ['--format=%{family[0]} %{fontversion}', 'Inter']).toString();
  } catch {
    return null;
  }
}

export async function keepPicture(page, name) {
  mkdirSync(kept, { recursive: true });
  return page.screenshot({ path: join(kept, `${name}.png`), animations: 'disabled', caret: 'hide' });
}

/** What is wrong with a picture, or null; UPDATE=1 makes it what others are compared with. */
export async function compare(picture, name) {
  const path = join(committed, `${name}.webp`);
  if (process.env.UPDATE) return void (await sharp(picture).webp({ lossless: true, effort: 6 }).toFile(path));
  if (!existsSync(path)) return `${name}: there is no baseline; UPDATE=1 makes it.`;
  const [now, before] = [await pixelsOf(picture), await pixelsOf(path)];
  const { width, height } = now;
  if (width !== before.width || height !== before.height) return `${name}: ${width}x${height}, not ${before.width}x${before.height}.`;
  const difference = Buffer.alloc(now.data.length);
  const pixels = pixelmatch(before.data, now.data, difference, width, height, { threshold: tolerance });
  if (pixels <= width * height * mayDiffer) return null;
  await sharp(difference, { raw: { width, height, channels: 4 } }).toFile(join(kept, `${name}.difference.png`));
  return `${name}: ${pixels} pixels differ.`;
}

async function pixelsOf(picture) {
  const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
