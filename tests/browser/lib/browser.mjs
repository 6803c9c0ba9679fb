// A browser in which pages are opened the way agents meet them: in a frame of a helpdesk.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { shownNow, standStill } from './time.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const startBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'],
  });

/** What an agent's browser is like. */
const plainLook = { locale: 'en', scheme: 'light', width: 380 };

/**
 * Opens the sidebar for a case inside the stand-in for Zendesk. Gives the page, the frame, and the network to cut.
 * `still` stops time for pictures.
 */
export async function openSidebar({ browser, desk, pages, caseId, query = {}, look = {}, still = null }) {
  const { locale, scheme, width } = { ...plainLook, ...look };
  const context = await browser.newContext({ viewport: { width, height: 720 }, locale, colorScheme: scheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  const network = await holdNetwork(page, still);
  if (still) await page.clock.setFixedTime(shownNow);
  const appUrl = `${pages.url}/app/sidebar.html?${new URLSearchParams({ host: 'ZENDESK', ...(caseId ? { case: caseId } : {}), ...query })}`;
  await page.goto(`${desk.url}/zendesk`);
  await page.waitForFunction(() => 'ZendeskStandIn' in window);
  await page.evaluate(
    ([url, language, colorScheme]) => {
      const iframe = document.getElementById('app');
      const state = { 'ticket.id': 48213, currentUser: { locale: language } };
      window.standIn = new window.ZendeskStandIn({ iframe, appUrl: url, state, colorScheme });
    },
    [appUrl, locale, scheme],
  );
  const frame = await (await page.$('#app')).contentFrame();
  await frame.waitForSelector('#app > *');
  return { page, frame, network, errors, close: () => context.close() };
}

/** The way to GraphQL, which can be cut and mended, for answers and for sockets; with a moment it also stops time. */
async function holdNetwork(page, startedAt) {
  const network = { cut: false, sockets: new Set(), answers: [] };
  const retold = startedAt ? standStill(startedAt) : (text) => text;
  await page.route('**/graphql', async (route) => {
    if (network.cut) return route.abort('connectionfailed');
    if (!startedAt) return route.continue();
    const answer = await route.fetch().catch(() => null);
    if (!answer) return route.abort('connectionfailed').catch(() => undefined);
    await route.fulfill({ response: answer, body: retold(await answer.text()), headers: { ...answer.headers(), date: shownNow.toUTCString() } }).catch(() => undefined);
  });
  await page.routeWebSocket('**/graphql', (socket) => {
    if (network.cut) return void socket.close({ code: 4000 });
    const remote = socket.connectToServer();
    network.sockets.add(socket);
    socket.onMessage((text) => remote.send(text));
    remote.onMessage((text) => socket.send(retold(String(text))));
    remote.onClose((code, reason) => {
      network.sockets.delete(socket);
      socket.close({ code, reason });
    });
    socket.onClose(() => {
      network.sockets.delete(socket);
      remote.close();
    });
  });
  return {
    async lose() {
      network.cut = true;
      for (const socket of network.sockets) await socket.close({ code: 4000, reason: 'lost' });
    },
    mend: () => void (network.cut = false),
  };
}

/** What axe finds in a frame or page: `rule: element` for each. */
export async function axeFindings(frame) {
  await frame.evaluate(axeSource);
  const found = await frame.evaluate(async (tags) => {
    const { violations } = await window.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  }, axeTags);
  return found;
}
