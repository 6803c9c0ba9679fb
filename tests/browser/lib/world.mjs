// A server of the scenario's own, behind a door that can be shut. Its clock stands, and so does the browser's.
import { createServer, request as ask } from 'node:http';

/** Asks backstage for what no public door gives. */
async function wish(body) {
  const answer = await fetch(process.env.CONTROL, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${body.do}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Begins a server whose pages `origin` may frame, and its own; pages of `pageOrigins` may ask it; in Freshdesk agents sign in by `signIn`. */
export async function beginWorld({ origin, pageOrigins = [], signIn = 'CODE' }) {
  const state = { url: null, now: null };
  const door = await openDoor(state);
  const { world, ...told } = await wish({ do: 'begin', origins: [origin, door.url], publicUrl: door.url, pageOrigins, signIn });
  Object.assign(state, { url: told.url, now: new Date(told.now) });
  const moved = async (body) => void (state.now = new Date((await wish({ world, ...body })).now));
  return {
    ...told,
    /** Where browsers reach it. */
    url: door.url,
    /** Where scenarios reach it, whatever the weather. */
    server: () => state.url,
    now: () => state.now,
    network: door.network,
    token: async (role, seller) => (await wish({ do: 'token', world, role, seller })).token,
    sign: async (signature = 'GOOD') => (await wish({ do: 'sign', world, signature })).token,
    /** Who is at the identity provider: `{ email, verified }`; without an address they refuse. */
    arrive: (person) => wish({ do: 'arrive', world, person }),
    revoke: () => wish({ do: 'revoke', world }),
    restart: async () => void (state.url = (await wish({ do: 'restart', world })).url),
    advance: (hours) => moved({ do: 'advance', hours }),
    settle: () => moved({ do: 'settle' }),
    async end() {
      door.close();
      await wish({ do: 'end', world });
    },
  };
}

/** The code in the next e-mail that a server sends. */
export const mailedCode = async () => (await wish({ do: 'code' })).code;

/** What stands between browsers and a server: it can be cut, hold answers back, or answer in the server's place. */
async function openDoor(state) {
  const open = new Set();
  const network = {
    cut: false,
    /** `null`, 'SILENT' for no answer at all, or the status of an answer that is none. */
    graphql: null,
    lose() {
      network.cut = true;
      for (const socket of open) socket.destroy();
    },
    mend: () => void (network.cut = false),
  };
  const onwards = ({ method, url, headers }) => ask(new URL(url, state.url), { method, headers });
  const server = createServer((incoming, response) => {
    if (incoming.url === '/graphql' && network.graphql === 'SILENT') return;
    if (incoming.url === '/graphql' && network.graphql) return void response.writeHead(network.graphql).end();
    const passed = onwards(incoming);
    passed.on('response', (answer) => {
      // Pages set their clocks by it.
      response.writeHead(answer.statusCode, { ...answer.headers, date: state.now.toUTCString() });
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    incoming.pipe(passed);
  });
  server.on('upgrade', (incoming, socket, head) => {
    const passed = onwards(incoming);
    passed.on('upgrade', (answer, remote, first) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
      remote.write(head);
      socket.write(first);
      socket.pipe(remote).pipe(socket);
      for (const [one, other] of [[socket, remote], [remote, socket]]) one.on('error', () => other.destroy()).on('close', () => other.destroy());
    });
    passed.on('response', () => socket.destroy());
    passed.on('error', () => socket.destroy());
    passed.end();
  });
  server.on('connection', (socket) => {
    if (network.cut) return void socket.destroy();
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const close = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { url: `http://localhost:${server.address().port}`, network, close };
}

export async function until(isSo, what, patience = 30_000) {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50)))
    if (await isSo()) return;
  throw new Error(`Waited in vain for ${what}.`);
}

/** Passes answers of GraphQL on, and refuses both kinds of errors. */
export function asker(server, token) {
  return async (query, variables = {}) => {
    const answer = await fetch(`${server()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await answer.json();
    const refusals = Object.values(data ?? {}).flatMap((payload) => payload?.userErrors ?? []);
    if (errors?.length || refusals.length) throw new Error(JSON.stringify(errors ?? refusals));
    return data;
  };
}
