import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { file, filesIn, jsonIn, originOf, textOf } from './files.mjs';
import { freshdeskBundle, freshdeskPackage } from './freshdesk.mjs';
import { problemsOfFreshdesk } from './rules-freshdesk.mjs';
import { problemsOfZendesk } from './rules-zendesk.mjs';
import { zendeskPackage, zipped } from './zendesk.mjs';

type PackageFile = import('./files.mjs').PackageFile;
type Break = (files: PackageFile[]) => PackageFile[];
type Json = Record<string, any>;

const without = (path: string): Break => (files) => files.filter((each) => each.path !== path);
const put = (path: string, text: string): Break => (files) => [...without(path)(files), file(path, text)];
/** Changes the JSON in a file. */
const edit = (path: string, change: (json: Json) => void): Break => (files) => {
  const json = jsonIn(files, path) ?? {};
  change(json);
  return put(path, JSON.stringify(json))(files);
};
const both = (...breaks: Break[]): Break => (files) => breaks.reduce((broken, next) => next(broken), files);
const manifest = (change: (json: Json) => void) => edit('manifest.json', change);
const link: Break = (files) => [...files, { path: 'assets/link.js', bytes: new Uint8Array(), isLink: true }];
const rulesIn = (problems: { rule: string }[]) => [...new Set(problems.map(({ rule }) => rule))];

describe('the Zendesk package', () => {
  const known = { server: 'https://care.example.com/anything', connection: 'con_1', email: 'care@example.com' };
  const whole = zendeskPackage(known);

  it('has nothing that Zendesk would refuse or warn of', () => expect(problemsOfZendesk(whole)).toEqual([]));

  it('points at the page of its connection', () => {
    const place = jsonIn(whole, 'manifest.json').location.support.ticket_sidebar;
    expect(place).toEqual({ url: 'https://care.example.com/app/zendesk/con_1', flexible: true });
  });

  it('is the same zip each time, and what went in comes out', () => {
    const zip = zipped(whole);
    expect(zip).toEqual(zipped(whole));
    expect(Object.keys(unzipSync(zip))).toEqual(whole.map(({ path }) => path));
    expect(JSON.parse(new TextDecoder().decode(unzipSync(zip)['manifest.json']))).toEqual(jsonIn(whole, 'manifest.json'));
  });

  it('is made for https alone, and for this machine', () => {
    expect(() => originOf('http://care.example.com')).toThrow(/https/);
    expect(originOf('http://localhost:8080/')).toBe('http://localhost:8080');
  });

  it('names who answers for it', () => {
    expect(jsonIn(whole, 'manifest.json').author.email).toBe('care@example.com');
    expect(() => zendeskPackage({ ...known, email: 'nobody", "x": "@y.z' })).toThrow(/no address/);
  });

  const parameter = (given: Json) => manifest((json) => (json.parameters = [{ type: 'text', ...given }]));
  const place = (name: string, url: unknown) => manifest((json) => (json.location.support = { [name]: { url } }));
  const broken: [string, Break][] = [
    ['manifest-at-root', without('manifest.json')],
    ['manifest-nested', put('app/manifest.json', '{}')],
    ['manifest-json', put('manifest.json', '[]')],
    ['no-links', link],
    ['no-archives', put('assets/more.zip', '')],
    ['no-plain-http', put('assets/page.html', 'http://example.com')],
    ['no-secrets', put('assets/page.html', 'The Password')],
    ['banner-size', put('assets/banner.png', 'a picture')],
    ['logos', without('assets/logo.png')],
    ['author', manifest((json) => delete json.author.email)],
    ['default-locale', manifest((json) => (json.defaultLocale = 'english'))],
    ['no-template', manifest((json) => (json.noTemplate = true))],
    ['booleans', manifest((json) => (json.signedUrls = 'true'))],
    ['version-text', manifest((json) => (json.version = 1))],
    ['domain-list', manifest((json) => (json.domainWhitelist = 'example.com'))],
    ['without-pages', manifest((json) => (json.requirementsOnly = true))],
    ['framework-version', manifest((json) => (json.frameworkVersion = '1.0'))],
    ['location', manifest((json) => delete json.location)],
    ['known-product', manifest((json) => (json.location.voice = {}))],
    ['known-location', place('cellar', 'https://care.example.com')],
    ['location-url', place('ticket_sidebar', 'http://care.example.com')],
    ['location-url', place('ticket_sidebar', 'assets/missing.html')],
    ['flexible', manifest((json) => (json.location.support.ticket_sidebar.flexible = 'yes'))],
    ['location-icon', place('nav_bar', 'https://care.example.com')],
    ['parameter-list', manifest((json) => (json.parameters = {}))],
    ['parameter-names', manifest((json) => (json.parameters = [{ name: 'a' }, { name: 'a' }]))],
    ['parameter-called-name', parameter({ name: 'name' })],
    ['parameter-type', parameter({ name: 'a', type: 'password' })],
    ['hidden-required', parameter({ name: 'a', type: 'hidden', required: true })],
    ['scopes-secure', parameter({ name: 'a', scopes: ['header'] })],
    ['scopes-known', parameter({ name: 'a', secure: true, scopes: ['cookie'] })],
    ['scopes-missing', parameter({ name: 'a', secure: true })],
    ['parameter-label', parameter({ name: 'a' })],
    ['locale-names', put('translations/english.json', '{}')],
    ['translation-json', put('translations/fr.json', '{')],
    ['default-translation', manifest((json) => (json.defaultLocale = 'de'))],
    ['app-name', edit('translations/en.json', (json) => delete json.app.name)],
    ['public-words', both(manifest((json) => (json.private = false)), edit('translations/en.json', (json) => delete json.app.long_description))],
  ];
  it.each(broken)('breaks the rule %s', (rule, breakIt) => expect(rulesIn(problemsOfZendesk(breakIt(whole)))).toContain(rule));

  it.each([
    ['a file of the package', both(place('ticket_sidebar', 'assets/page.html'), put('assets/page.html', '<p>Hello</p>'))],
    ['a setting', place('ticket_sidebar', 'https://{{setting.server}}/app')],
    ['this machine', place('ticket_sidebar', 'http://localhost:8080/app')],
    ['a banner of the right size', (files: PackageFile[]) => [...files, { path: 'assets/banner.png', bytes: pngHead(830, 200), isLink: false }]],
  ])('lets a package with %s pass', (_, change) => expect(problemsOfZendesk(change(whole))).toEqual([]));
});

describe('the Freshdesk package', () => {
  const whole = freshdeskPackage();

  it('has nothing that the platform would refuse', () => expect(problemsOfFreshdesk(whole)).toEqual([]));

  const request = (given: Json, declared = true) =>
    both(
      manifest((json) => (json.modules.common.requests = declared ? { ask: {} } : {})),
      put('config/requests.json', JSON.stringify({ ask: { schema: { method: 'GET', host: 'care.example.com', path: '/', ...given } } })),
    );
  const setting = (given: Json) => edit('config/iparams.json', (json) => (json.key = { display_name: 'Key', type: 'text', ...given }));
  const sidebar = (change: (place: Json) => void) => manifest((json) => change(json.modules.support_ticket.location.ticket_sidebar));
  const broken: [string, Break][] = [
    ['manifest', without('manifest.json')],
    ['platform', manifest((json) => (json['platform-version'] = '2.3'))],
    ['no-2.x', manifest((json) => (json['whitelisted-domains'] = []))],
    ['a-module', manifest((json) => delete json.modules.support_ticket)],
    ['engines', manifest((json) => delete json.engines.fdk)],
    ['known-location', manifest((json) => (json.modules.common.location = json.modules.support_ticket.location))],
    ['page', sidebar((place) => (place.url = 'missing.html'))],
    ['icon', without('app/styles/images/icon.svg')],
    ['appclient', put('app/index.html', '<p>Hello</p>')],
    ['request-written', manifest((json) => (json.modules.common.requests = { ask: {} }))],
    ['request-declared', request({}, false)],
    ['request-method', request({ method: 'TRACE' })],
    ['request-https', request({ protocol: 'http' })],
    ['request-host', request({ host: 'care.example.com/app' })],
    ['request-path', request({ path: 'app' })],
    ['settings', put('config/iparams.html', '<p>Hello</p>')],
    ['settings', without('config/iparams.json')],
    ['settings-json', put('config/iparams.json', '[]')],
    ['setting-name', setting({ display_name: '' })],
    ['setting-type', setting({ type: 'password' })],
    ['secure-in-headers', both(setting({ secure: true }), request({ path: '/<%= iparam.key %>' }))],
    ['no-links', link],
    ['no-inline-scripts', put('app/more.html', '<script>go()</script>')],
    ['no-foreign-scripts', put('app/more.html', '<script src="https://cdn.example.com/a.js"></script>')],
    ['no-eval', put('app/scripts/more.js', 'eval(words)')],
    ['readable', put('app/scripts/more.js', 'a;'.repeat(1000))],
  ];
  it.each(broken)('breaks the rule %s', (rule, breakIt) => expect(rulesIn(problemsOfFreshdesk(breakIt(whole)))).toContain(rule));

  it('may have requests whose secrets stay in headers', () => {
    const right = both(setting({ secure: true }), request({ headers: { Authorization: 'Bearer <%= iparam.key %>' } }));
    expect(problemsOfFreshdesk(right(whole))).toEqual([]);
  });
});

describe('the Freshdesk package with the page in it', async () => {
  const files = await freshdeskBundle({ server: 'https://care.example.com/anything', connection: 'con_1' });
  const text = (path: string) => textOf(files.find((each) => each.path === path) as PackageFile);

  it('has nothing that the platform would refuse or warn of', () => expect(problemsOfFreshdesk(files)).toEqual([]));

  it('is one script, one style and the page that names them', () => {
    const paths = ['app/index.html', 'app/scripts/sidebar.js', 'app/styles/images/icon.svg', 'app/styles/sidebar.css', 'config/iparams.json', 'manifest.json'];
    expect(files.map(({ path }) => path).sort()).toEqual(paths);
  });

  it('tells the page its server, and that agents sign in by a code', () => {
    const said = /<meta name="trilogue" content="([^"]*)"/.exec(text('app/index.html'))?.[1] ?? '';
    const boot = { host: 'FRESHDESK', server: 'https://care.example.com', connection: 'con_1', signIn: ['PAIRING'] };
    expect(JSON.parse(said.replaceAll('&quot;', '"'))).toEqual(boot);
  });
});

it('reads a folder by path, and lists links without following them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  writeFileSync(join(folder, 'b.txt'), 'words');
  symlinkSync('/etc/hostname', join(folder, 'a.txt'));
  const files = filesIn(folder);
  expect(files.map(({ path, isLink }) => [path, isLink])).toEqual([['a.txt', true], ['b.txt', false]]);
  expect(files.map(textOf)).toEqual(['', 'words']);
});

function pngHead(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}
