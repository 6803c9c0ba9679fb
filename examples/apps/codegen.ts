import { createHash } from 'node:crypto';
import type { CodegenConfig } from '@graphql-codegen/cli';

const scalars = ['DateTime', 'NaiveDate', 'Decimal', 'CurrencyCode'];

/** Types of every `.graphql` document under `src`, and the list by which the server knows the documents of these pages. */
const config: CodegenConfig = {
  schema: '../../schema.graphql',
  documents: ['src/**/*.graphql'],
  generates: {
    './src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: (text: string) => createHash('sha256').update(text).digest('hex') } },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: Object.fromEntries(scalars.map((name) => [name, 'string'])),
      },
    },
  },
};

export default config;
