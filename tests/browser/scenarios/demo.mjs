// The pages of the demo: a helpdesk-like ticket with the real sidebar, and the seller's side of the same case.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseLane, composer, openTab, signIn } from '../lib/agent.mjs';
import { axeFindings, timezoneId } from '../lib/browser.mjs';
import { keepPicture } from '../lib/pictures.mjs';
import { escalate, openThread, say, tellStory, textsIn } from '../lib/story.mjs';
import { until } from '../lib/world.mjs';

const at = '2026-11-22T08:55:00Z';
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** A demo page in a browser; what the demo server would say is said here. */
async function openDemo(scene, page = 'demo-zendesk.html', look = {}) {
  const { locale = 'en', scheme = 'light', width = 1440 } = look;
  const world = await scene.begin();
  const story = await tellStory(world);
  await escalate(story.operator, story.caseId);
  await openThread(story.operator, story.caseId, 'OPERATOR_SELLER');
  const context = await scene.browser.newContext({ viewport: { width, height: 900 }, locale, timezoneId, colorScheme: scheme, reducedMotion: 'reduce' });
  scene.later(() => context.close());
  const comments = [
    { id: '1', author: { name: 'Léa Martin', kind: 'BUYER' }, public: true, text: 'Hello, the lamp arrived cracked at the base.', at },
    { id: '2', author: { name: 'Ana R.', kind: 'AGENT' }, public: false, text: 'Third lamp of this carrier.', at },
  ];
  const boot = await demoBoot(story);
  await context.route('https://static.zdassets.com/**', (route) => route.fulfill({ contentType: 'text/javascript', path: join(process.env.DIST, 'assets/zaf-sdk.js') }));
  await context.route(/\/app\/(demo-\w+|seller)\.html/, (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1);
    const html = readFileSync(join(process.env.DIST, name), 'utf8').replace('<meta name="trilogue" content="" />', `<meta name="trilogue" content="${escaped(JSON.stringify(boot))}" />`);
    return route.fulfill({ contentType: 'text/html', body: html });
  });
  await context.route('**/app/demo/tickets/**', async (route) => {
    if (route.request().url().endsWith('/token')) return route.fulfill({ json: { token: route.request().url().includes('zendesk') ? await world.sign() : null } });
    const said = route.request().postDataJSON();
    if (!said) return route.fulfill({ json: { subject: 'The lamp arrived broken', status: 'open', requester: { name: 'Léa Martin' }, comments } });
    comments.push({ id: String(comments.length + 1), author: { name: said.as === 'BUYER' ? 'Léa Martin' : 'Ana R.', kind: said.as }, public: true, text: said.text, at });
    return route.fulfill({ status: 201, json: {} });
  });
  const tab = await context.newPage();
  const errors = [];
  tab.on('pageerror', (error) => errors.push(String(error)));
  await tab.clock.setFixedTime(world.now());
  await tab.goto(`${world.url}/app/${page}`);
  const sidebar = tab.frameLocator('.sidebar-frame iframe');
  const seller = tab.frameLocator('.seller-pane iframe');
  if (page.includes('freshdesk')) await signIn(sidebar, world.agentEmail);
  return { page: tab, sidebar, seller, story, comments, errors };
}

async function demoBoot({ world, ticket, caseId }) {
  const expiresAt = new Date(world.now().getTime() + 3_600_000).toISOString();
  const beside = (host, id, appUrl) => ({ host, id, subject: 'The lamp arrived broken', appUrl, token: null });
  const inZendesk = `/app/zendesk/${world.zendesk}`;
  return {
    demo: {
      tickets: [beside('ZENDESK', ticket, inZendesk), { ...beside('ZENDESK', '48214', inZendesk), subject: 'Where is my parcel?' }, beside('FRESHDESK', '42', `/app/freshdesk/${world.freshdesk}?case=${caseId}`)],
      agent: { name: 'Ida Agent', email: world.agentEmail },
      sellers: [{ name: 'Nordic Home', session: { token: await world.token('SELLER', 'nordic'), expiresAt } }],
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
  async 'a visitor answers as the seller, and the agent sees it'(scene) {
    const { page, sidebar, seller, story, errors } = await openDemo(scene);
    await openTab(sidebar, 'messages');
    await chooseLane(sidebar, 'everyone');
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

  async 'what is said in the ticket is shown, and what a visitor writes there'(scene) {
    const { page, comments } = await openDemo(scene);
    await page.getByText('Third lamp of this carrier.').waitFor();
    await page.locator('.ticket-reply textarea').fill('Any news?');
    await page.locator('.ticket-reply').getByRole('button', { name: 'Send' }).click();
    await page.locator('.comments').getByText('Any news?').waitFor();
    assert.equal(comments.at(-1).author.kind, 'BUYER');
    comments.push({ id: '9', author: { name: 'Nordic Home', kind: 'SELLER' }, public: true, text: 'From elsewhere.', at });
    await page.locator('.comments').getByText('From elsewhere.').waitFor();
  },

  async 'a visitor goes from one helpdesk to the other'(scene) {
    const { page } = await openDemo(scene);
    await page.getByRole('link', { name: 'Like Freshdesk' }).click();
    await page.locator('.desk[data-desk=FRESHDESK]').waitFor();
    const frame = () => page.frames().find((each) => each.url().includes('/app/freshdesk/'));
    await until(() => frame(), 'the sidebar');
    assert.match(frame().url(), /shell=http%3A%2F%2Flocalhost/);
  },

  ...Object.fromEntries(
    looks.map(({ page: name, ...look }) => [
      `${name} ${look.locale ?? 'en'} ${look.scheme ?? 'light'} ${look.width}`,
      async (scene) => {
        const { page, sidebar, seller, story, errors } = await openDemo(scene, name, look);
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
