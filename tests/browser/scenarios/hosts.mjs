// Zendesk's own SDK is content with the stand-in, and the packed app for Freshdesk with the other one.
import assert from 'node:assert/strict';
import { createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import { until } from '../lib/world.mjs';

/** A page with the SDK and nothing else, inside the stand-in; `options` is a function in that page that gives more options. */
async function withSdk({ browser, desk, later }, more = {}) {
  const page = await browser.newPage();
  later(() => page.close());
  await page.goto(`${desk.url}/zendesk`);
  await page.waitForFunction(() => 'ZendeskStandIn' in window);
  await page.evaluate(
    ({ appUrl, token }) => {
      window.invoked = [];
      window.standIn = new window.ZendeskStandIn({
        iframe: document.getElementById('app'),
        appUrl,
        ...(token ? { token } : {}),
        state: { 'ticket.subject': 'The lamp', ticket: { id: 48213, requester: { name: 'Léa' } }, currentUser: { locale: 'fr' } },
        metadata: { appId: 1, installationId: 7, settings: {} },
        context: { product: 'support', location: 'ticket_sidebar' },
        requests: { 'GET https://api.example.com/a': () => ({ status: 200, body: { a: 1 } }), 'POST https://api.example.com/a': ({ data }) => ({ status: 201, body: { got: data } }) },
        onInvoke: (name, args) => window.invoked.push([name, ...args]),
      });
    },
    { appUrl: `${desk.url}/bare-app`, ...more },
  );
  const frame = await (await page.$('#app')).contentFrame();
  await frame.waitForFunction(() => 'ZAFClient' in window);
  await frame.evaluate(() => void (window.client = window.ZAFClient.init()));
  return { page, frame };
}

/** The SDK says so to the host, once it listens. */
const subscribed = (page, name) => page.waitForFunction((event) => window.standIn.subscriptions.has(event), name);

export default {
  async 'the SDK is registered, and knows where it is'(world) {
    const { frame } = await withSdk(world);
    assert.deepEqual(await frame.evaluate(() => window.client.context()), { product: 'support', location: 'ticket_sidebar' });
    assert.equal((await frame.evaluate(() => window.client.metadata())).installationId, 7);
  },

  async 'the SDK reads one value and several, one of which is not there'(world) {
    const { frame } = await withSdk(world);
    assert.equal((await frame.evaluate(() => window.client.get('ticket.requester.name')))['ticket.requester.name'], 'Léa');
    const several = await frame.evaluate(() => window.client.get(['ticket.id', 'ticket.moon', 'ticket.subject']));
    assert.equal(several['ticket.id'], 48213);
    assert.equal(several['ticket.subject'], 'The lamp');
    assert.equal(several.errors['ticket.moon'].name, 'APIUnavailable');
    const failure = await frame.evaluate(() => window.client.get('ticket.moon').then(() => 'found', (error) => error.message));
    assert.match(failure, /ticket\.moon is not available/);
  },

  async 'the SDK writes, and reads what it wrote'(world) {
    const { frame } = await withSdk(world);
    await frame.evaluate(() => window.client.set('ticket.subject', 'Another'));
    assert.equal((await frame.evaluate(() => window.client.get('ticket.subject')))['ticket.subject'], 'Another');
  },

  async 'the SDK makes requests through its host'(world) {
    const { frame } = await withSdk(world);
    assert.deepEqual(await frame.evaluate(() => window.client.request('https://api.example.com/a?b=1')), { a: 1 });
    const posted = await frame.evaluate(() => window.client.request({ url: 'https://api.example.com/a', type: 'POST', data: 'words' }));
    assert.deepEqual(posted, { got: 'words' });
    const status = await frame.evaluate(() => window.client.request('https://api.example.com/none').then(() => 0, (failed) => failed.status));
    assert.equal(status, 404);
  },

  async 'the SDK resizes its frame, and notifies'(world) {
    const { page, frame } = await withSdk(world);
    await frame.evaluate(() => window.client.invoke('resize', { height: '321px' }));
    assert.equal(await page.evaluate(() => document.getElementById('app').style.height), '321px');
    await frame.evaluate(() => window.client.invoke('notify', 'Done', 'notice'));
    const invoked = await page.evaluate(() => window.invoked.filter(([name]) => name === 'notify'));
    assert.deepEqual(invoked, [['notify', 'Done', 'notice']]);
  },

  async 'the SDK hears events, and no more once it has let go'(world) {
    const { page, frame } = await withSdk(world);
    await frame.evaluate(() => {
      window.heard = [];
      window.listener = (status) => window.heard.push(status);
      window.client.on('ticket.status.changed', window.listener);
    });
    await subscribed(page, 'ticket.status.changed');
    await page.evaluate(() => window.standIn.event('ticket.status.changed', 'open'));
    await frame.waitForFunction(() => window.heard.length === 1);
    await frame.evaluate(() => window.client.off('ticket.status.changed', window.listener));
    await page.waitForFunction(() => !window.standIn.subscriptions.has('ticket.status.changed'));
    await page.evaluate(() => window.standIn.event('ticket.status.changed', 'solved'));
    await frame.evaluate(() => window.client.get('ticket.id'));
    assert.deepEqual(await frame.evaluate(() => window.heard), ['open']);
  },

  async 'the SDK lets a ticket be saved, or not'(world) {
    const { page, frame } = await withSdk(world);
    await frame.evaluate(() => window.client.on('ticket.save', () => window.verdict ?? true));
    await subscribed(page, 'ticket.save');
    assert.equal(await page.evaluate(() => window.standIn.hook('ticket.save')), null);
    await frame.evaluate(() => void (window.verdict = 'There is a draft.'));
    assert.equal(await page.evaluate(() => window.standIn.hook('ticket.save')), 'There is a draft.');
  },

  async 'a signed address is loaded by a form with a token'(world) {
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const token = signed(keys.privateKey, { iss: 'acme.zendesk.com', aud: 'https://acme.zendesk.com/api/v2/apps/installations/7.json', exp: Math.floor(Date.now() / 1000) + 60 });
    await withSdk(world, { token });
    const { path, body } = world.desk.posted.at(-1);
    assert.match(path, /^\/bare-app\?origin=http%3A%2F%2Flocalhost%3A\d+&app_guid=[0-9a-f-]{36}&colorScheme=light$/);
    const [head, claims, signature] = new URLSearchParams(body).get('token').split('.');
    assert.ok(createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(keys.publicKey, signature, 'base64url'));
  },

  async 'the packed app for Freshdesk shows the page, and does what it asks for'(world) {
    const { page, frame } = await inFreshdesk(world);
    await frame.waitForFunction(() => window.told.length > 0);
    assert.deepEqual(await frame.evaluate(() => window.told[0]), {
      type: 'trilogue.context',
      context: { ticket: '42', locale: 'fr', scheme: null, agentEmail: 'ana@shop.example' },
    });
    assert.equal(new URL(frame.url()).searchParams.get('shell'), world.desk.url);
    const asks = [
      { type: 'trilogue.resize', height: 719.6 },
      { type: 'trilogue.notify', text: 'Done', kind: 'notice' },
      { type: 'trilogue.notify', text: 'Not done', kind: 'error' },
      { type: 'trilogue.insertReply', text: 'Hello' },
      { type: 'trilogue.openTicket', ticket: '43' },
    ];
    await frame.evaluate(([all, origin]) => all.forEach((ask) => window.parent.postMessage(ask, origin)), [asks, world.desk.url]);
    await page.waitForFunction(() => window.standIn.calls.length >= 6);
    const calls = await page.evaluate(() => window.standIn.calls.map((call) => JSON.stringify(call)));
    assert.deepEqual(calls.sort(), [
      '["click",{"id":"reply"}]',
      '["click",{"id":"ticket","value":43}]',
      '["resize",{"height":"720px"}]',
      '["setValue",{"id":"editor","text":"Hello","replace":false,"position":"end"}]',
      '["showNotify",{"type":"danger","message":"Not done"}]',
      '["showNotify",{"type":"success","message":"Done"}]',
    ]);
  },

  async 'the packed app for Freshdesk hears nobody but its page'(world) {
    const { page, frame } = await inFreshdesk(world);
    await frame.waitForFunction(() => window.told.length > 0);
    const shell = page.frames().find((each) => each.url().includes('/packed/'));
    await page.evaluate(() => document.getElementById('app').contentWindow.postMessage({ type: 'trilogue.notify', text: 'Forged', kind: 'notice' }, '*'));
    await shell.evaluate(() => window.postMessage({ type: 'trilogue.notify', text: 'Forged', kind: 'notice' }, '*'));
    await frame.evaluate((origin) => window.parent.postMessage({ type: 'toString' }, origin), world.desk.url);
    await frame.evaluate((origin) => window.parent.postMessage({ type: 'trilogue.notify', text: 'Mine', kind: 'notice' }, origin), world.desk.url);
    await page.waitForFunction(() => window.standIn.calls.length >= 1);
    assert.deepEqual(await page.evaluate(() => window.standIn.calls.map(([, options]) => options.message)), ['Mine']);
  },

  async 'the packed app for Freshdesk says when its settings are of no use'(world) {
    const { page } = await inFreshdesk(world, { server: 'nowhere' });
    const shell = page.frames().find((each) => each.url().includes('/packed/'));
    await shell.waitForSelector('#failure:not([hidden])');
    assert.match(await shell.textContent('#failure'), /settings of the app/);
  },

  async 'the stand-in for Freshdesk lets an app hold up what the agent does'(world) {
    const page = await world.browser.newPage();
    world.later(() => page.close());
    await page.goto(`${world.desk.url}/freshdesk`);
    await page.waitForFunction(() => 'FreshdeskStandIn' in window);
    const verdicts = await page.evaluate(async () => {
      const desk = new window.FreshdeskStandIn({ data: {}, iparams: {} });
      const before = await desk.fire('ticket.sendReply');
      desk.client.events.on('ticket.sendReply', ({ helper }) => helper.fail(`Not ${helper.getData()}`), { intercept: true });
      const missing = await desk.client.data.get('ticket').catch(({ status }) => status);
      return [before, await desk.fire('ticket.sendReply', 'this'), missing];
    });
    assert.deepEqual(verdicts, [{ ok: true }, { ok: false, message: 'Not this' }, 404]);
  },
};

/** The packed app in the stand-in; in place of Trilogue's page one that writes down what it is told. */
async function inFreshdesk({ browser, desk, later }, { server = 'http://127.0.0.1:9' } = {}) {
  const page = await browser.newPage();
  later(() => page.close());
  const script = `window.told = []; addEventListener('message', ({ data }) => window.told.push(data)); parent.postMessage({ type: 'trilogue.ready' }, new URLSearchParams(location.search).get('shell'));`;
  await page.route('**/app/freshdesk/**', (route) => route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Page</title><script>${script}</script>` }));
  await page.goto(`${desk.url}/freshdesk`);
  await page.waitForFunction(() => 'FreshdeskStandIn' in window);
  await page.evaluate((address) => {
    const data = { ticket: { id: 42 }, loggedInUser: { id: 1, contact: { name: 'Ana', email: 'ana@shop.example', language: 'fr' } } };
    window.standIn = new window.FreshdeskStandIn({ data, iparams: { server: address, connection: 'con_1' } });
    document.getElementById('app').src = '/packed/index.html';
  }, server);
  const found = () => page.frames().find((each) => each.url().includes('/app/freshdesk/con_1'));
  if (server.startsWith('http')) await until(() => found(), 'the page in the packed app');
  else await until(() => page.frames().some((each) => each.url().includes('/packed/')), 'the packed app');
  return { page, frame: found() };
}

function signed(key, claims) {
  const encoded = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${encoded}.${createSign('RSA-SHA256').update(encoded).sign(key, 'base64url')}`;
}
