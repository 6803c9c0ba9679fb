// The GraphiQL page of a Trilogue server. It talks to the path that it was loaded from, and to nothing else.

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import 'graphiql/graphiql.css';
import './trilogue.css';

const WELCOME = `# Ctrl+Space completes, Ctrl+Enter runs,
# the book on the left explains the schema.
#
# Your token belongs into the Headers below:
# {"authorization": "Bearer trl_..."}

{
  __typename
}
`;

// GraphiQL writes headers, and so the token, into its storage (the history even unasked): they must not outlive the tab.
const storage = sessionStorage;
// The first two names are GraphiQL's own. It forgets the headers when it starts, so the page remembers them.
const KEPT = { query: 'graphiql:query', variables: 'graphiql:variables', headers: 'trilogue:headers' };

/** Prefills the editors from `#token=…&query=…&variables=…`: a fragment, because a query string reaches servers and logs. */
function takeFragment() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const token = fragment.get('token');
  const query = fragment.get('query');
  if (token) storage.setItem(KEPT.headers, JSON.stringify({ authorization: `Bearer ${token}` }, null, 2));
  if (query) {
    storage.setItem(KEPT.query, query);
    storage.setItem(KEPT.variables, fragment.get('variables') ?? '');
  }
  history.replaceState(null, '', location.pathname + location.search);
}

takeFragment();
if (!storage.getItem(KEPT.query)) storage.setItem(KEPT.query, WELCOME);
const headers = storage.getItem(KEPT.headers) ?? '';

/** What stands in the headers editor at the start; GraphiQL asks for the schema before that editor is there. */
function firstHeaders() {
  try {
    return JSON.parse(headers);
  } catch {
    return {};
  }
}

const endpoint = location.origin + location.pathname;
const send = createGraphiQLFetcher({
  url: endpoint,
  // Spoken to in graphql-transport-ws, with the headers as the payload of `connection_init`.
  subscriptionUrl: endpoint.replace(/^http/, 'ws'),
  enableIncrementalDelivery: false,
});

function fetcher(operation, options) {
  const sent = options?.headers ?? (operation.operationName === 'IntrospectionQuery' ? firstHeaders() : {});
  // HTTP does not care how the name of a header is written, readers of `connection_init` do.
  const lowerCased = Object.entries(sent ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return send(operation, { ...options, headers: Object.fromEntries(lowerCased) });
}

// A second link opened in the same tab changes nothing but the fragment.
addEventListener('hashchange', () => location.reload());

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={fetcher}
    defaultQuery={WELCOME}
    headers={headers}
    defaultHeaders={headers}
    onEditHeaders={(text) => storage.setItem(KEPT.headers, text)}
    defaultEditorToolsVisibility={headers ? undefined : 'headers'}
    storage={storage}
    shouldPersistHeaders
    showPersistHeadersSettings={false}
    schemaDescription
    inputValueDeprecation
  >
    <GraphiQL.Logo>Trilogue</GraphiQL.Logo>
  </GraphiQL>,
);
