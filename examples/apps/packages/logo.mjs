// Draws the logos that Zendesk asks for from logo.svg, and gives Freshdesk its copy. Run it after a change of the drawing;
// what it makes is committed, so that a package can be made without a browser.
//
//   node packages/logo.mjs        CHROMIUM=/path/to/chromium when it is elsewhere
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const here = import.meta.dirname;
const drawing = readFileSync(join(here, 'logo.svg'), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
for (const [name, size] of [['logo', 320], ['logo-small', 128]]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: ${size}px; height: ${size}px }</style>${drawing}`);
  await page.screenshot({ path: join(here, 'zendesk/assets', `${name}.png`), omitBackground: true });
}
await browser.close();
copyFileSync(join(here, 'logo.svg'), join(here, 'freshdesk/app/styles/images/icon.svg'));
