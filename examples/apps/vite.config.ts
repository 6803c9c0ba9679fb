/// <reference types="vitest/config" />
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, type BuildOptions, type Plugin } from 'vite';
import { zendeskSdkAsset } from './hosts/bundle.mjs';

const here = import.meta.dirname;
const sendsText = process.env['VITE_DOCUMENTS'] === 'text';
const pages = ['sidebar', 'signed-in', 'demo-zendesk', 'demo-freshdesk', 'seller'].filter((page) => existsSync(resolve(here, `${page}.html`)));

/** Takes the text of the documents out of what browsers load: the server knows them by their hashes, from `documents.json`. */
function persistedDocuments(): Plugin {
  const text = /new TypedDocumentString\(`([^`]*)`, \{/g;
  const nameIn = (document: string) => /(?:query|mutation|subscription) (\w+)/.exec(document)?.[1] ?? '';
  return {
    name: 'persisted-documents',
    apply: 'build',
    transform(code, id) {
      if (sendsText || !id.endsWith('/src/gql/graphql.ts')) return null;
      if (code.search(text) < 0) throw new Error('No documents found in the generated code.');
      const named = code.replace(text, (_, document: string) => `new TypedDocumentString(\`\`, {"operationName":"${nameIn(document)}",`);
      return { code: named, map: null };
    },
    generateBundle() {
      const source = readFileSync(resolve(here, 'src/gql/persisted-documents.json'), 'utf8');
      this.emitFile({ type: 'asset', fileName: 'documents.json', source });
    },
  };
}

const served: BuildOptions = {
  modulePreload: { polyfill: false },
  rolldownOptions: { input: Object.fromEntries(pages.map((page) => [page, resolve(here, `${page}.html`)])) },
};

/** One script and one style, readable, as Freshworks wants what is in an app's package. */
const packed: BuildOptions = {
  minify: false,
  cssCodeSplit: false,
  rolldownOptions: {
    input: resolve(here, 'src/sidebar/packed.tsx'),
    // A script that is no module has none; nothing in it is loaded by its address.
    transform: { define: { 'import.meta': '{}' } },
    output: { format: 'iife', codeSplitting: false, entryFileNames: 'scripts/sidebar.js', assetFileNames: 'styles/sidebar[extname]' },
  },
};

export default defineConfig(({ mode }) => ({
  base: '/app/',
  plugins: mode === 'freshdesk' ? [persistedDocuments()] : [persistedDocuments(), zendeskSdkAsset()],
  build: { target: 'es2022', assetsInlineLimit: 0, ...(mode === 'freshdesk' ? packed : served) },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.ts', 'packages/**/*.test.ts'] },
}));
