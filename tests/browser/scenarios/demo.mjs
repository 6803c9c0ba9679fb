// The pages of the demo: a helpdesk-like ticket with the real sidebar, and the seller's side of the same case.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseLane, composer, openTab } from '../lib/agent.mjs';
import { axeFindings } from '../lib/browser.mjs';
import { servePages } from '../lib/pages.mjs';
import { keepPicture } from '../lib/pictures.mjs';
import { until } from '../lib/server.mjs';
import { escalate, openThread, say, tellStory, textsIn } from '../lib/story.mjs';

const at = '2026-11-20T10:00:00Z';
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** A demo page in a browser; what the demo server would say is said here. */
async function openDemo(world, page = 'demo-zendesk.html', look = {}) {
  const { locale = 'en', scheme = 'light', width = 1440 } = look;
  const story = await tellStory(world.server);
  await escalate(story.operator, story.caseId);
  await openThread(story.operator, story.caseId, 'OPERATOR_SELLER');
  const pages = await servePages({ ...world, token: story.tokens.operator });
  const context = await world.browser.newContext({ viewport: { width, height: 900 }, locale, colorScheme: scheme, reducedMotion: 'reduce' });
  world.later(async () => {
    await context.close();
    pages.stop();
  });
  const comments = [
    { id: '1', author: { name: 'Léa Martin', kind: 'BUYER' }, public: true, text: 'Hello, the lamp arrived cracked at the base.', at },
    { id: '2', author: { name: 'Ana R.', kind: 'AGENT' }, public: false, text: 'Third lamp of this carrier.', at },
  ];
  const boot = demoBoot(story);
  await context.route(/\/app\/(demo-\w+|seller)\.html/, (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1);
    const html = readFileSync(join(world.dist, name), 'utf8').replace('<meta name="trilogue" content="" />', `<meta name="trilogue" content="${escaped(JSON.stringify(boot))}" />`);
    return route.fulfill({ contentType: 'text/html', body: html });
  });
  await context.route('**/app/demo/tickets/**', async (route) => {
    const said = route.request().postDataJSON();
    if (!said) return route.fulfill({ json: { subject: 'The lamp arrived broken', status: 'open', requester: { name: 'Léa Martin' }, comments } });
    comments.push({ id: String(comments.length + 1), author: { name: said.as === 'BUYER' ? 'Léa Martin' : 'Ana R.', kind: said.as }, public: true, text: said.text, at });
    return route.fulfill({ status: 201, json: {} });
  });
  const tab = await context.newPage();
  const errors = [];
  tab.on('pageerror', (error) => errors.push(String(error)));
  await tab.goto(`${pages.url}/app/${page}`);
  const sidebar = tab.frameLocator('.sidebar-frame iframe');
  const seller = tab.frameLocator('.seller-pane iframe');
  return { page: tab, sidebar, seller, story, comments, errors };
}

function demoBoot({ tokens, caseId }) {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const ticket = (host, id) => ({ host, id, subject: 'The lamp arrived broken', appUrl: `/app/sidebar.html?host=${host}&case=${caseId}`, token: null });
  return {
    demo: {
      tickets: [ticket('ZENDESK', '48213'), { ...ticket('ZENDESK', '48214'), subject: 'Where is my parcel?' }, ticket('FRESHDESK', '42')],
      agent: { name: 'Ana R.', email: 'ana@shop.example' },
      sellers: [{ name: 'Nordic Home', session: { token: tokens.seller, expiresAt } }],
    },
  };
}

const looks = [
  { page: 'demo-zendesk.html', width: 1440 },
  { page: 'demo-freshdesk.html', width: 1440, scheme: 'dark', locale: 'fr' },
  { page: 'demo-zendesk.html', width: 1000, locale: 'fr' },
  { page: 'demo-freshdesk.html', width: 360, scheme: 'dark' },
];

export default {
  async 'a visitor answers as the seller, and the agent sees it'(world) {
    const { page, sidebar, seller, story, errors } = await openDemo(world);
    await openTab(sidebar, 'Messages');
    await chooseLane(sidebar, 'Everyone');
    const card = seller.locator('.seller-thread', { hasText: 'With buyer and operator' });
    await card.locator('textarea').fill('We send a new one today.');
    await card.getByRole('button', { name: 'Send' }).click();
    await sidebar.locator('.feed').getByText('We send a new one today.').waitFor();
    assert.equal((await textsIn(story.buyer, story.caseId, 'TRIPARTITE')).at(-1), 'We send a new one today.');
    await composer(sidebar).fill('Thank you!');
    await sidebar.locator('button.send').click();
    await card.getByText('Thank you!').waitFor();
    assert.deepEqual(errors, []);
    await page.close();
  },

  async 'what is said in the ticket is shown, and what a visitor writes there'(world) {
    const { page, comments } = await openDemo(world);
    await page.getByText('Third lamp of this carrier.').waitFor();
    await page.locator('.ticket-reply textarea').fill('Any news?');
    await page.locator('.ticket-reply').getByRole('button', { name: 'Send' }).click();
    await page.locator('.comments').getByText('Any news?').waitFor();
    assert.equal(comments.at(-1).author.kind, 'BUYER');
    comments.push({ id: '9', author: { name: 'Nordic Home', kind: 'SELLER' }, public: true, text: 'From elsewhere.', at });
    await page.locator('.comments').getByText('From elsewhere.').waitFor();
  },

  async 'a visitor goes from one helpdesk to the other'(world) {
    const { page } = await openDemo(world);
    await page.getByRole('link', { name: 'Like Freshdesk' }).click();
    await page.locator('.desk[data-desk=FRESHDESK]').waitFor();
    const frame = () => page.frames().find((each) => each.url().includes('/app/sidebar.html'));
    await until(() => frame(), 'the sidebar');
    assert.match(frame().url(), /shell=http%3A%2F%2Flocalhost/);
    await page.frameLocator('.sidebar-frame iframe').getByRole('tab').first().waitFor();
  },

  ...Object.fromEntries(
    looks.map(({ page: name, ...look }) => [
      `${name} ${look.locale ?? 'en'} ${look.scheme ?? 'light'} ${look.width}`,
      async (world) => {
        const { page, sidebar, seller, story, errors } = await openDemo(world, name, look);
        await say(story.seller, story.caseId, 'TRIPARTITE', 'We are sorry! We answer today.');
        await sidebar.getByRole('tab').first().waitFor();
        await seller.getByText('We answer today.').waitFor();
        await page.waitForTimeout(300);
        await keepPicture(page, `${name.replace('.html', '')}-${look.locale ?? 'en'}-${look.scheme ?? 'light'}-${look.width}`);
        const found = [...(await axeFindings(page.mainFrame())), ...(await axeFindings(page.frames().find((each) => each.url().includes('seller.html')))), ...errors];
        assert.equal(found.length, 0, `\n${found.join('\n')}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(wide, 0, 'nothing stands out to the side');
      },
    ]),
  ),
};
