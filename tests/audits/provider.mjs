// An identity provider: the certified one of npm. It lets in whom the last line of the input names, {"email": …, "verified": …}, or
// nobody, {"email": null}, or waits for somebody, {"waits": true}; the arguments are our redirect address and secret, and where it
// tells an e-mail address: in the token or on a page of its own (its `userinfo`). The first line says where it is.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const [redirect, secret, place] = process.argv.slice(2);
// What the provider has to say to developers must not be taken for a line of ours.
console.info = console.warn = console.error;
const tell = (line) => console.log(JSON.stringify(line));
let person = { email: null };

const server = createServer().listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'trilogue', client_secret: secret, redirect_uris: [redirect] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: place === 'userinfo',
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['for this test alone'] },
    interactions: { url: (_, interaction) => `/in/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: person.email, email_verified: person.verified ?? undefined }) }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
  });
  const serve = provider.callback();
  server.on('request', async (request, response) => {
    if (!request.url.startsWith('/in/')) return serve(request, response);
    if (person.waits) return response.end('Who are you?');
    const result = person.email ? { login: { accountId: 'p1' } } : { error: 'access_denied', error_description: 'Somebody changed their mind.' };
    await provider.interactionFinished(request, response, result);
  });
  tell({ issuer });
});
createInterface({ input: process.stdin }).on('line', (line) => {
  person = JSON.parse(line);
  tell({ ready: true });
});
