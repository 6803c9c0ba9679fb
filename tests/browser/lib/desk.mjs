// A page that stands where a helpdesk stands.
import { createServer } from 'node:http';
import { join } from 'node:path';

export const apps = join(import.meta.dirname, '../../../examples/apps');
const { standIn, zendeskSdk } = await import(join(apps, 'hosts/bundle.mjs'));

const desk = (scripts) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8" /><title>Stand-in</title>
<style>html, body { margin: 0; height: 100% } iframe { display: block; border: 0; width: 100%; height: 100% }</style></head>
<body><iframe id="app" title="App"></iframe>${scripts}</body></html>`;

/** An origin of its own with the stand-ins in it; both name what they offer on `window`. */
export async function serveDesk() {
  const files = {
    '/zendesk': ['text/html', desk(`<script type="module">import { ZendeskStandIn } from '/zendesk.js'; window.ZendeskStandIn = ZendeskStandIn;</script>`)],
    '/freshdesk': ['text/html', desk(`<script type="module">import { FreshdeskStandIn } from '/freshdesk.js'; window.FreshdeskStandIn = FreshdeskStandIn;</script>`)],
    '/bare-app': ['text/html', '<!doctype html><html lang="en"><head><title>App</title><script src="/zaf-sdk.js"></script></head><body></body></html>'],
    '/zendesk.js': ['text/javascript', await standIn('zendesk')],
    '/freshdesk.js': ['text/javascript', await standIn('freshdesk')],
    '/zaf-sdk.js': ['text/javascript', await zendeskSdk()],
    '/favicon.ico': ['image/x-icon', ''],
    ...(await packedFreshdeskApp()),
  };
  const posted = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const [type, text] = files[pathname] ?? [];
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      if (request.method === 'POST') posted.push({ path: request.url, body });
      response.writeHead(type ? 200 : 404, { 'content-type': `${type ?? 'text/plain'}; charset=utf-8` }).end(text);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  return { url: `http://localhost:${server.address().port}`, posted, serve: (more) => void Object.assign(files, more), stop: () => server.close() };
}

/** The app for Freshdesk just as it is packed; its placeholder for the client becomes what the stand-in left in the window around. */
async function packedFreshdeskApp() {
  const { freshdeskPackage } = await import(join(apps, 'packages/freshdesk.mjs'));
  return { ...unpacked(freshdeskPackage(), '/packed'), '/freshdesk-client.js': ['text/javascript', 'window.app = parent.standIn.app;'] };
}

/** The same with the page in it. */
export async function bundledFreshdeskApp(settings) {
  const { freshdeskBundle } = await import(join(apps, 'packages/freshdesk.mjs'));
  return unpacked(await freshdeskBundle(settings), '/bundled');
}

const types = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };

/** What of a package browsers see, by path. */
function unpacked(files, folder) {
  const seen = files.filter(({ path }) => path.startsWith('app/'));
  const served = seen.map(({ path, bytes }) => {
    const text = new TextDecoder().decode(bytes).replace('{{{appclient}}}', '/freshdesk-client.js');
    return [`${folder}/${path.slice('app/'.length)}`, [types[path.split('.').at(-1)], text]];
  });
  return Object.fromEntries(served);
}
