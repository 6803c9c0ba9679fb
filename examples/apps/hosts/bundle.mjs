// Makes scripts for browsers out of what stands here: with vite, which is here anyway.
import { resolve } from 'node:path';
import { build } from 'vite';

const here = import.meta.dirname;

/** Zendesk's SDK from its npm copy, as one script: for demos and tests, where Zendesk's own address is not asked. */
export const zendeskSdk = () => bundled(resolve(here, '../node_modules/zendesk_app_framework_sdk/lib/index.js'), 'iife', 'ZAFClient');

/** One of the stand-ins, `zendesk` or `freshdesk`, as a module for a browser. */
export const standIn = (name) => bundled(resolve(here, `${name}.ts`), 'es');

async function bundled(entry, format, name) {
  const lib = { entry, name, formats: [format], fileName: () => 'bundle.js' };
  const [made] = await build({ configFile: false, logLevel: 'warn', build: { write: false, lib } });
  return made.output[0].code;
}

/** Puts the SDK beside the pages, as `assets/zaf-sdk.js`. */
export const zendeskSdkAsset = () => ({
  name: 'zendesk-sdk',
  apply: 'build',
  async generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'assets/zaf-sdk.js', source: await zendeskSdk() });
  },
});
