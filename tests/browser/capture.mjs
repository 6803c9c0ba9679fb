// Makes docs/images/demo.webp, the moving picture of the demo: a buyer writes, the agent answers the seller alone and refunds a part
// of a line.
//
//   npm ci && npm ci --prefix ../../examples/apps && TRILOGUE_BIN=../../target/debug/trilogue node capture.mjs
//
// FRAMES names a folder for the single pictures, to look at.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { startBrowser } from './lib/browser.mjs';
import { buildPagesFor, startDemo } from './lib/demo.mjs';

const target = join(import.meta.dirname, '../../docs/images/demo.webp');
const size = { width: 1320, height: 860 };
const readingTime = 1_500;
const typingTime = 110;

/** Pictures, each with how long it is shown, and what is done between them. */
function film(page) {
  const frames = [];
  const show = async (milliseconds) => {
    await page.waitForTimeout(60);
    frames.push({ picture: await page.screenshot({ animations: 'disabled', caret: 'hide' }), milliseconds });
  };
  /** What is going on, in a line below the ticket. */
  const tell = (words) => page.evaluate((text) => void (document.getElementById('told').textContent = text), words);
  const point = (left, top, pressed) =>
    page.evaluate(
      ([x, y, state]) => {
        const pointer = document.getElementById('pointer');
        Object.assign(pointer.style, { left: `${x}px`, top: `${y}px`, display: 'block' });
        pointer.dataset.pressed = state;
      },
      [left, top, pressed],
    );
  const press = async (place) => {
    await place.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await place.boundingBox();
    const at = [x + Math.min(width / 2, 60), y + height / 2];
    await point(...at, 'no');
    await show(350);
    await point(...at, 'yes');
    await show(150);
    await place.click();
    await point(...at, 'no');
  };
  const type = async (place, text) => {
    await press(place);
    const words = text.split(' ');
    for (let end = 3; end < words.length + 3; end += 3) {
      await place.fill(words.slice(0, end).join(' '));
      await show(typingTime);
    }
  };
  return { frames, show, tell, press, type };
}

const overlay = `
#told { position: fixed; left: 20px; bottom: 190px; z-index: 9; padding: 10px 16px; border-radius: 8px; background: #2d2f4a; color: #fff; font-size: 17px; font-weight: 600 }
#told:empty { display: none }
#pointer { position: fixed; z-index: 10; display: none; width: 26px; height: 26px; margin: -13px; border-radius: 50%; background: #d9730d99; border: 2px solid #fff; box-shadow: 0 0 4px #0008; pointer-events: none }
#pointer[data-pressed=yes] { width: 38px; height: 38px; margin: -19px }`;

/** The page sets a strict policy for styles: these are put there by the browser itself. */
async function openDemo(browser, url) {
  const context = await browser.newContext({ viewport: size, locale: 'en-GB', timezoneId: 'Europe/Paris', colorScheme: 'light', reducedMotion: 'reduce', bypassCSP: true });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(`${url}/app/demo-zendesk.html`);
  await page.addStyleTag({ content: overlay });
  await page.evaluate(() => {
    for (const id of ['told', 'pointer']) document.body.append(Object.assign(document.createElement('div'), { id }));
  });
  return page;
}

async function play(page, { show, tell, press, type }) {
  const sidebar = page.frameLocator('.sidebar-frame iframe');
  const seller = page.frameLocator('.seller-pane iframe');
  const tab = (name) => sidebar.getByRole('tab', { name: new RegExp(`^${name}`) });
  await tab('Messages').click();
  await sidebar.getByText('LX 204 817').waitFor();
  await seller.getByText('LX 204 817').waitFor();

  await tell('The buyer writes, by e-mail as always');
  await show(700);
  const complaint = 'The new one came, and its lid is broken. What now? Marie';
  await type(page.locator('.ticket-reply textarea'), complaint);
  await press(page.locator('.ticket-reply').getByRole('button', { name: 'Send' }));
  await page.locator('.comments').getByText(complaint).waitFor();
  await sidebar.locator('.feed').getByText(complaint).waitFor();
  await seller.getByText(complaint).waitFor();
  await tell('It is there for agent and seller');
  await show(readingTime);

  await tell('The agent asks the seller, and nobody else');
  await press(sidebar.locator('.lanes').getByText('Seller only', { exact: true }));
  await sidebar.locator('form.composer textarea').waitFor();
  const aside = 'Between us: I refund the lid’s worth, you keep the sale. Fine?';
  await type(sidebar.locator('form.composer textarea'), aside);
  await press(sidebar.locator('button.send'));
  await sidebar.locator('.feed').getByText(aside).waitFor();
  await seller.getByText(aside).waitFor();
  await seller.getByText(aside).scrollIntoViewIfNeeded();
  await tell('The seller has it; the ticket does not');
  await show(readingTime);

  await tell('And refunds a part of the line, to the cent');
  await press(tab('Return'));
  await press(sidebar.getByRole('button', { name: 'Refund…' }));
  await sidebar.getByRole('dialog').waitFor();
  await refund(sidebar.getByRole('dialog'), { show, press });
  await sidebar.getByRole('dialog').waitFor({ state: 'detached' });
  await tell('Granted, and the buyer is told');
  await page.waitForTimeout(600);
  await show(2_500);
}

async function refund(dialog, { show, press }) {
  await show(500);
  await press(dialog.getByText('Amount', { exact: true }));
  await dialog.getByRole('textbox').first().fill('12.00');
  const submit = dialog.getByRole('button', { name: 'Refund €12.00' });
  await submit.waitFor();
  await show(readingTime);
  await press(submit);
}

/** One moving picture of them all; what does not change from one to the next takes no room. */
async function save(frames) {
  const pictures = frames.map(({ picture }) => picture);
  const delay = frames.map(({ milliseconds }) => milliseconds);
  const made = await sharp(pictures, { join: { animated: true } }).webp({ delay, loop: 0, quality: 82, effort: 5, mixed: true }).toBuffer();
  writeFileSync(target, made);
  const seconds = delay.reduce((sum, each) => sum + each) / 1000;
  console.log(`${target}: ${frames.length} pictures, ${seconds.toFixed(1)} s, ${(made.length / 1024).toFixed(0)} KB`);
}

function keep(frames, folder) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  frames.forEach(({ picture }, number) => writeFileSync(join(folder, `${String(number).padStart(3, '0')}.png`), picture));
}

async function main() {
  const program = process.env.TRILOGUE_BIN;
  if (!program) throw new Error('Say with TRILOGUE_BIN where the server is.');
  const folder = mkdtempSync(join(tmpdir(), 'trilogue-capture-'));
  buildPagesFor(folder);
  const [demo, browser] = await Promise.all([startDemo(program, folder), startBrowser()]);
  try {
    const page = await openDemo(browser, demo.url);
    const made = film(page);
    await play(page, made).finally(() => keep(made.frames, process.env.FRAMES));
    await save(made.frames);
  } finally {
    await browser.close();
    await demo.stop();
    rmSync(folder, { recursive: true });
  }
}

await main();
