// The rules of Freshworks' platform 3.0 that can be told without its own tool, which also lints and packs (FDK).
import { findings, isObject, jsonIn, named, textOf } from './files.mjs';

const places = {
  common: ['full_page_app', 'cti_global_sidebar'],
  support_ticket: [
    'ticket_sidebar', 'ticket_requester_info', 'ticket_top_navigation', 'ticket_background', 'time_entry_background', 'ticket_attachment',
    'ticket_conversation_editor', 'new_ticket_requester_info', 'new_ticket_background',
  ],
};
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const fieldTypes = ['text', 'paragraph', 'dropdown', 'email', 'number', 'phone_number', 'date', 'url', 'radio', 'checkbox', 'multiselect', 'domain', 'api_key'];
const plainHost = /^(?:<%=\s*iparam\.\w+\s*%>|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)$/i;

/** @param {import('./files.mjs').PackageFile[]} files
 *  @returns {import('./files.mjs').Problem[]} */
export function problemsOfFreshdesk(files) {
  const found = findings();
  const manifest = jsonIn(files, 'manifest.json');
  found.must('manifest', isObject(manifest), 'manifest.json must be a JSON object at the root.');
  if (!isObject(manifest)) return found.problems;
  checkManifest(manifest, found);
  for (const [module, { location }] of Object.entries(manifest.modules ?? {})) checkLocations(module, location ?? {}, files, found);
  checkRequests(manifest.modules?.common?.requests ?? {}, files, found);
  checkSettings(files, found);
  for (const each of files) checkFile(each, found);
  return found.problems;
}

function checkManifest(manifest, { must }) {
  must('platform', manifest['platform-version'] === '3.0', 'platform-version must be "3.0".');
  must('no-2.x', !('product' in manifest) && !('whitelisted-domains' in manifest), 'product and whitelisted-domains belong to older platforms.');
  const products = Object.keys(manifest.modules ?? {}).filter((name) => name !== 'common');
  must('a-module', products.length > 0, 'modules needs a product beside common.');
  must('engines', manifest.engines?.node && manifest.engines?.fdk, 'engines must name node and fdk.');
}

function checkLocations(module, location, files, { must }) {
  for (const [name, place] of Object.entries(location)) {
    must('known-location', places[module]?.includes(name) ?? true, `${module} has no place ${name}.`);
    must('page', named(files, `app/${place?.url}`), `${name}: app/${place?.url} is missing.`);
    must('icon', named(files, `app/${place?.icon}`), `${name}: app/${place?.icon} is missing.`);
    const page = named(files, `app/${place?.url}`);
    must('appclient', !page || textOf(page).includes('{{{appclient}}}'), `app/${place?.url} does not load {{{appclient}}}.`);
  }
}

function checkRequests(declared, files, { must }) {
  const requests = jsonIn(files, 'config/requests.json') ?? {};
  for (const name of Object.keys(declared)) must('request-written', name in requests, `The request ${name} is declared and not written.`);
  for (const [name, { schema = {} }] of Object.entries(requests)) {
    must('request-declared', name in declared, `The request ${name} is written and not declared.`);
    must('request-method', methods.includes(schema.method), `${name}: the method is not known.`);
    must('request-https', schema.protocol === undefined || schema.protocol === 'https', `${name}: only https.`);
    must('request-host', plainHost.test(schema.host ?? ''), `${name}: the host must be a name alone.`);
    must('request-path', String(schema.path).startsWith('/'), `${name}: the path must begin with a slash.`);
  }
}

function checkSettings(files, { must }) {
  const settings = jsonIn(files, 'config/iparams.json');
  must('settings', Boolean(named(files, 'config/iparams.json')) !== Boolean(named(files, 'config/iparams.html')), 'Either config/iparams.json or config/iparams.html.');
  must('settings-json', !named(files, 'config/iparams.json') || isObject(settings), 'config/iparams.json is not a JSON object.');
  for (const [name, setting] of Object.entries(settings ?? {})) {
    must('setting-name', setting.display_name, `${name} needs a display_name.`);
    must('setting-type', fieldTypes.includes(setting.type), `${name}: ${setting.type} is no type.`);
    if (setting.secure) must('secure-in-headers', staysInHeaders(name, files), `${name} is secure: it goes into headers alone.`);
  }
}

function staysInHeaders(name, files) {
  const requests = Object.values(jsonIn(files, 'config/requests.json') ?? {});
  return requests.every(({ schema: { headers: _, ...rest } = {} }) => !JSON.stringify(rest).includes(`iparam.${name}`));
}

function checkFile(each, { must, should }) {
  must('no-links', !each.isLink, `${each.path} is a link.`);
  if (/^app\/.*\.html$/.test(each.path)) {
    must('no-inline-scripts', !/<script(?![^>]*\ssrc=)[^>]*>/i.test(textOf(each)), `${each.path} has a script in the page.`);
    must('no-foreign-scripts', !/<script[^>]*\ssrc=["'](?:https?:)?\/\//i.test(textOf(each)), `${each.path} loads a script from elsewhere.`);
  }
  if (/^app\/.*\.js$/.test(each.path)) {
    must('no-eval', !/\b(?:eval|alert|confirm|prompt)\(/.test(textOf(each)), `${each.path} uses eval, alert, confirm or prompt.`);
    should('readable', !textOf(each).split('\n').some((line) => line.length > 1000), `${each.path} is minified.`);
  }
}
