// Listens for webhooks and lets the published library of Standard Webhooks verify each; one JSON line for each thing
// learnt. The first line says where it listens, the first line of the input is the secret.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Webhook } from 'standardwebhooks';

const tell = (line) => console.log(JSON.stringify(line));
let webhook;
createInterface({ input: process.stdin }).on('line', (secret) => {
  webhook = new Webhook(secret);
  tell({ ready: true });
});

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  try {
    const { type, data } = webhook.verify(body, request.headers);
    tell({ verified: request.headers['webhook-id'], type, data });
    response.writeHead(204).end();
  } catch (error) {
    tell({ refused: request.headers['webhook-id'], reason: error.message });
    response.writeHead(400).end();
  }
});
server.listen(0, '127.0.0.1', () => tell({ url: `http://127.0.0.1:${server.address().port}/` }));
