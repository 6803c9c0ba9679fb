// Talks to the endpoint at the URL given as clients do that use graphql-ws; one JSON line for each thing learnt.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url] = process.argv.slice(2);
const tell = (step, seen) => console.log(JSON.stringify({ step, seen }));

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  lazy: false,
  retryAttempts: 0,
  connectionParams: { token: 'good' },
  on: { closed: ({ code }) => tell('closed', code) },
});

async function collect(query, limit = Infinity) {
  const seen = [];
  try {
    for await (const { data, errors } of client.iterate({ query })) {
      seen.push(errors ? errors.map((error) => error.extensions.code) : data);
      if (seen.length === limit) break;
    }
  } catch (errors) {
    seen.push({ thrown: errors.map((error) => error.extensions.code) });
  }
  return seen;
}

tell('query', await collect('{ hello }'));
tell('mutation', await collect('mutation { add(n: 2) }'));
tell('subscription', await collect('subscription { count(to: 3) }'));
tell('cancel', await collect('subscription { endless { number } }', 2));
tell('invalid', await collect('{ nothing }'));
tell('field error', await collect('subscription { forbidden }'));
tell('two at once', await Promise.all([collect('subscription { count(to: 2) }'), collect('{ hello }')]));
await client.dispose();
