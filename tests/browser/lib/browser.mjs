// A browser in which pages are opened the way agents meet them: in a frame of a helpdesk, or in a tab of their own.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { bundledFreshdeskApp } from './desk.mjs';
import { until } from './world.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** A page that a scenario answers for has no address, and would not be let through to a socket on this machine. */
const mayReachServers = '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets';

export const startBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none', mayReachServers],
  });

/** What an agent's browser is like, wherever the tests run. */
export const timezoneId = 'Europe/Paris';
const plainLook = { locale: 'en', scheme: 'light', width: 380 };

/** A tab of an agent, at the server's time. */
async function openTab({ browser, later }, world, look) {
  const { locale, scheme, width } = { ...plainLook, ...look };
  const context = await browser.newContext({ viewport: { width, height: 720 }, locale, timezoneId, colorScheme: scheme, reducedMotion: 'reduce' });
  later(() => context.close());
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.clock.setFixedTime(world.now());
  return { page, errors, locale, scheme };
}

/** Opens the sidebar beside a ticket in the stand-in for Zendesk, by a form with a token; the SDK's address gives the copy from npm. */
export async function openInZendesk(scene, world, { ticket, token, look, routes } = {}) {
  const { page, errors, locale, scheme } = await openTab(scene, world, look);
  const sdk = { contentType: 'text/javascript', path: join(process.env.DIST, 'assets/zaf-sdk.js') };
  await page.context().route('https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js', (route) => route.fulfill(sdk));
  await routes?.(page.context());
  await page.goto(`${scene.desk.url}/zendesk`);
  await page.waitForFunction(() => 'ZendeskStandIn' in window);
  const state = { 'ticket.id': ticket, currentUser: { locale } };
  await page.evaluate(
    (options) => void (window.standIn = new window.ZendeskStandIn({ ...options, iframe: document.getElementById('app') })),
    { appUrl: `${world.url}/app/zendesk/${world.zendesk}`, token: token ?? (await world.sign()), state, colorScheme: scheme },
  );
  await until(() => page.frames().some((each) => each.url().startsWith(world.url)), 'the frame');
  const frame = await (await page.$('#app')).contentFrame();
  await frame.waitForSelector('#app > *, body > main');
  return { page, frame, errors };
}

/** Opens the packed app for Freshdesk in the stand-in, with the sidebar in it. */
export async function openInFreshdesk(scene, world, { ticket, look } = {}) {
  return openPacked(scene, world, { ticket, look, path: '/packed/index.html', isPage: (url) => url.startsWith(world.url) });
}

/** Opens the app with the page in it. Nothing is answered for on the way: browsers would not ask who may ask any more. */
export async function openBundled(scene, world, { ticket }) {
  scene.desk.serve(await bundledFreshdeskApp({ server: world.url, connection: world.freshdesk }));
  const path = '/bundled/index.html';
  return openPacked(scene, world, { ticket, path, isPage: (url) => url.endsWith(path) });
}

async function openPacked(scene, world, { ticket, look, path, isPage }) {
  const { page, errors, locale } = await openTab(scene, world, look);
  await page.goto(`${scene.desk.url}/freshdesk`);
  await page.waitForFunction(() => 'FreshdeskStandIn' in window);
  await page.evaluate(
    ([iparams, id, email, language, src]) => {
      const data = { ticket: { id }, loggedInUser: { id: 1, contact: { name: 'Ida Agent', email, language } } };
      window.standIn = new window.FreshdeskStandIn({ data, iparams });
      document.getElementById('app').src = src;
    },
    [{ server: world.url, connection: world.freshdesk }, ticket, world.agentEmail, locale, path],
  );
  const found = () => page.frames().find((each) => isPage(each.url()));
  await until(found, 'the page in the packed app');
  const frame = found();
  await frame.waitForSelector('#app > *');
  return { page, frame, errors };
}

/** Opens the sidebar in a tab of its own, for a case. */
export async function openAlone(scene, world, { connection = world.zendesk, caseId, look } = {}) {
  const { page, errors } = await openTab(scene, world, look);
  await page.goto(`${world.url}/app/page/${connection}?${new URLSearchParams(caseId ? { case: caseId } : {})}`);
  await page.waitForSelector('#app > *');
  return { page, frame: page.mainFrame(), errors };
}

/** What axe finds in a frame or page: `rule: element` for each. */
export async function axeFindings(frame) {
  await frame.evaluate(axeSource);
  return frame.evaluate(async (tags) => {
    const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  }, axeTags);
}
