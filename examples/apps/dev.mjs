// Serves the built pages with a filled boot, and passes what is for the server on to it, sockets included.
//
//   TRILOGUE_URL=http://127.0.0.1:8080 TRILOGUE_TOKEN=… node dev.mjs [case id]
//
// PORT (5180), DIST (dist), LOCALE, HOST_KIND (PAGE) and SIGN_IN (e.g. OIDC,PAIRING; with no token) change what is served.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import { extname, join, normalize } from 'node:path';

const env = process.env;
const server = new URL(env.TRILOGUE_URL ?? 'http://127.0.0.1:8080');
const dist = env.DIST ?? join(import.meta.dirname, 'dist');
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png' };

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const sessionNow = () => (env.TRILOGUE_TOKEN ? { token: env.TRILOGUE_TOKEN, expiresAt: inAnHour() } : null);

/** What the server would say in the page; parts of it can be said in the page's address, to look at other states. */
function bootFor(url) {
  const said = (name, otherwise) => url.searchParams.get(name) ?? otherwise;
  return {
    host: said('host', env.HOST_KIND ?? 'PAGE'),
    connection: null,
    session: said('session', 'yes') === 'none' ? null : sessionNow(),
    signIn: said('signIn', env.SIGN_IN ?? '').split(',').filter(Boolean),
    ticket: said('ticket', null),
    caseId: said('case', process.argv[2] ?? null),
    locale: said('locale', env.LOCALE ?? null),
  };
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
const sdkTag = '<script src="/app/assets/zaf-sdk.js"></script>';

function servePage(url, path, response) {
  const boot = bootFor(url);
  const page = readFileSync(path, 'utf8')
    .replace('<meta name="trilogue" content="" />', `<meta name="trilogue" content="${escaped(JSON.stringify(boot))}" />`)
    .replace('<!--host-sdk-->', boot.host === 'ZENDESK' ? sdkTag : '');
  response.writeHead(200, {
    'content-type': types['.html'],
    'content-security-policy':
      `default-src 'none'; script-src 'self' https://static.zdassets.com; style-src 'self'; img-src 'self' data:; font-src 'self'; ` +
      `connect-src 'self' ws://${url.host}; frame-src 'self'; frame-ancestors *`,
  });
  response.end(page);
}

function serveFile(url, response) {
  const path = join(dist, normalize(url.pathname.slice('/app'.length)));
  if (!path.startsWith(dist) || !existsSync(path) || !extname(path)) return response.writeHead(404).end();
  if (path.endsWith('.html')) return servePage(url, path, response);
  response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' });
  createReadStream(path).pipe(response);
}

function pass(incoming, response) {
  const { hostname, port } = server;
  const onwards = ask({ hostname, port, path: incoming.url, method: incoming.method, headers: { ...incoming.headers, host: server.host } }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onwards.on('error', () => response.writeHead(502).end());
  incoming.pipe(onwards);
}

function passSocket(incoming, socket, head) {
  const { hostname, port } = server;
  const { origin: _, ...headers } = incoming.headers;
  const onwards = ask({ hostname, port, path: incoming.url, headers: { ...headers, host: server.host } });
  onwards.on('upgrade', (answer, remote, remoteHead) => {
    const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
    if (remoteHead.length) socket.write(remoteHead);
    if (head.length) remote.write(head);
    socket.pipe(remote).pipe(socket);
    remote.on('error', () => socket.destroy());
    socket.on('error', () => remote.destroy());
    remote.on('close', () => socket.destroy());
  });
  onwards.on('response', () => socket.destroy());
  onwards.on('error', () => socket.destroy());
  onwards.end();
}

createServer((incoming, response) => {
  const url = new URL(incoming.url, `http://${incoming.headers.host}`);
  if (url.pathname.startsWith('/app/')) return serveFile(url, response);
  if (url.pathname === '/auth/renew' && env.TRILOGUE_TOKEN) {
    response.writeHead(200, { 'content-type': types['.json'] });
    return response.end(JSON.stringify(sessionNow()));
  }
  pass(incoming, response);
})
  .on('upgrade', passSocket)
  .listen(Number(env.PORT ?? 5180), '127.0.0.1', function () {
    console.log(`http://127.0.0.1:${this.address().port}/app/sidebar.html`);
  });
