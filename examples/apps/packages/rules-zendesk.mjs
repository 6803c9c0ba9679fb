// The rules by which Zendesk takes or refuses an app, as far as they concern packages like ours. Its own check needs an account.
import { findings, isObject, jsonIn, named, textOf } from './files.mjs';

const booleans = ['private', 'signedUrls', 'singleInstall', 'requirementsOnly', 'marketingOnly'];
const locations = {
  support: [
    'ticket_sidebar', 'new_ticket_sidebar', 'user_sidebar', 'organization_sidebar', 'top_bar', 'nav_bar', 'modal', 'ticket_editor',
    'background', 'custom_object_record_sidebar',
  ],
  chat: ['chat_sidebar', 'background'],
  sell: ['deal_card', 'person_card', 'company_card', 'lead_card', 'background', 'modal', 'dashboard', 'note_editor', 'call_log_editor', 'email_editor', 'top_bar'],
};
const withIcon = ['nav_bar', 'top_bar', 'ticket_editor'];
const parameterTypes = ['text', 'checkbox', 'url', 'number', 'multiline', 'hidden', 'oauth', 'mtls'];
const scopes = ['header', 'body', 'url', 'jwt_secret_key', 'jwt_claim', 'basic_auth_username', 'basic_auth_password'];
const refusedFiles = /\.(?:zip|pdf|gz|tgz|tar|bz2|7z|rar|xz|exe|dmg)$/i;
const localeName = /^[a-z]{2,3}(-\w{2,3})?$/;
const bannerSizes = ['830x200', '1660x400'];
const publicWords = ['short_description', 'long_description', 'installation_instructions'];

/** @param {import('./files.mjs').PackageFile[]} files
 *  @returns {import('./files.mjs').Problem[]} */
export function problemsOfZendesk(files) {
  const found = findings();
  checkFiles(files, found);
  const manifest = jsonIn(files, 'manifest.json');
  found.must('manifest-at-root', named(files, 'manifest.json'), 'manifest.json must be at the root of the package.');
  found.must('manifest-json', !named(files, 'manifest.json') || isObject(manifest), 'manifest.json is not a JSON object.');
  if (!isObject(manifest)) return found.problems;
  checkManifest(manifest, found);
  checkLocations(manifest, files, found);
  checkParameters(manifest, found);
  checkTranslations(manifest, files, found);
  return found.problems;
}

function checkFiles(files, { must, should }) {
  const nested = files.find(({ path }) => path.endsWith('/manifest.json'));
  must('manifest-nested', !nested, `${nested?.path}: a manifest in a folder.`);
  for (const each of files) {
    must('no-links', !each.isLink, `${each.path} is a link.`);
    must('no-archives', !refusedFiles.test(each.path), `${each.path}: such files are refused.`);
    if (/\.(?:js|html)$/.test(each.path)) should('no-plain-http', !textOf(each).includes('http://'), `${each.path} has an http:// address.`);
    const suspicious = /\.(?:js|html|json|css|txt|md)$/.test(each.path) && each.path !== 'manifest.json' && /secret|api_key|password/i.exec(textOf(each));
    should('no-secrets', !suspicious, `${each.path} has the word "${suspicious?.[0]}".`);
  }
  const banner = named(files, 'assets/banner.png');
  must('banner-size', !banner || bannerSizes.includes(pngSize(banner.bytes)), 'assets/banner.png must be 830x200 or 1660x400.');
  for (const logo of ['assets/logo.png', 'assets/logo-small.png']) should('logos', named(files, logo), `${logo} is missing.`);
}

/** Width and height stand in the first chunk of a PNG. */
function pngSize(bytes) {
  if (bytes.length < 24) return 'none';
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return `${view.getUint32(16)}x${view.getUint32(20)}`;
}

function checkManifest(manifest, { must }) {
  const { author, version, domainWhitelist } = manifest;
  const named = isObject(author) && ['name', 'email', 'url'].every((key) => typeof author[key] === 'string' && author[key]);
  must('author', named, 'author needs name, email and url.');
  must('default-locale', localeName.test(manifest.defaultLocale ?? ''), 'defaultLocale must look like en or en-GB.');
  must('no-template', !('noTemplate' in manifest), 'noTemplate is not taken any more.');
  for (const name of booleans) must('booleans', !(name in manifest) || typeof manifest[name] === 'boolean', `${name} must be true or false.`);
  must('version-text', version === undefined || typeof version === 'string', 'version must be a text.');
  const isList = Array.isArray(domainWhitelist) && domainWhitelist.every((domain) => typeof domain === 'string');
  must('domain-list', domainWhitelist === undefined || isList, 'domainWhitelist must be a list of texts.');
  if (manifest.requirementsOnly || manifest.marketingOnly) {
    must('without-pages', !('location' in manifest) && !('frameworkVersion' in manifest), 'An app without pages has no location and no frameworkVersion.');
  } else {
    must('framework-version', manifest.frameworkVersion === '2.0', 'frameworkVersion must be "2.0".');
    must('location', isObject(manifest.location) && Object.keys(manifest.location).length > 0, 'location is missing.');
  }
}

function checkLocations(manifest, files, { must, should }) {
  for (const [product, places] of Object.entries(manifest.location ?? {})) {
    must('known-product', product in locations, `${product} is no product.`);
    for (const [name, place] of Object.entries(places ?? {})) {
      must('known-location', locations[product]?.includes(name) ?? true, `${product} has no place ${name}.`);
      const url = typeof place === 'string' ? place : place?.url;
      must('location-url', leadsSomewhere(url, files), `${name}: ${url} is neither an https:// address nor a file of the package.`);
      must('flexible', typeof (place?.flexible ?? true) === 'boolean', `${name}: flexible must be true or false.`);
      if (withIcon.includes(name)) should('location-icon', named(files, `assets/icon_${name}.svg`), `assets/icon_${name}.svg is missing.`);
    }
  }
}

function leadsSomewhere(url, files) {
  if (typeof url !== 'string') return false;
  if (url.includes('{{setting.')) return true;
  if (url.startsWith('assets/')) return named(files, url) !== undefined;
  if (url.includes('{{') || !URL.canParse(url)) return false;
  const address = new URL(url);
  return address.protocol === 'https:' || (address.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(address.hostname));
}

function checkParameters({ parameters = [] }, { must, should }) {
  must('parameter-list', Array.isArray(parameters), 'parameters must be a list.');
  if (!Array.isArray(parameters)) return;
  const names = parameters.map(({ name }) => name);
  must('parameter-names', new Set(names).size === names.length, 'Two parameters have the same name.');
  for (const { name, type = 'text', required, secure, scopes: places } of parameters) {
    must('parameter-called-name', name !== 'name', 'A parameter cannot be called "name".');
    must('parameter-type', parameterTypes.includes(type), `${name}: ${type} is no type.`);
    must('hidden-required', !(type === 'hidden' && required), `${name}: what is hidden cannot be required.`);
    must('scopes-secure', !places || secure === true, `${name}: scopes are for secure parameters.`);
    must('scopes-known', (places ?? []).every((place) => scopes.includes(place)), `${name}: a scope is not known.`);
    should('scopes-missing', !secure || places?.length, `${name}: a secure parameter should say by scopes where it may go.`);
  }
}

function checkTranslations(manifest, files, { must }) {
  const paths = files.map(({ path }) => path).filter((path) => path.startsWith('translations/'));
  for (const path of paths) {
    must('locale-names', localeName.test(path.slice('translations/'.length).replace(/\.json$/, '')), `${path}: no name of a language.`);
    must('translation-json', isObject(jsonIn(files, path)), `${path} is not a JSON object.`);
  }
  must('default-translation', paths.includes(`translations/${manifest.defaultLocale}.json`), 'The translation of defaultLocale is missing.');
  const english = jsonIn(files, 'translations/en.json')?.app;
  must('app-name', typeof english?.name === 'string' && english.name, 'translations/en.json needs app.name.');
  if (manifest.private === false) for (const word of publicWords) must('public-words', english?.[word], `A public app needs app.${word}.`);
  for (const { name } of Array.isArray(manifest.parameters) ? manifest.parameters : [])
    must('parameter-label', english?.parameters?.[name]?.label, `Parameter ${name} needs a label.`);
}
