import { describe, expect, it } from 'vitest';
import { TypedDocumentString } from '../gql/graphql';
import { failureOf, refusalIn } from './failure';
import { onTheWire } from './graphql';

describe('a document on the wire', () => {
  it('is its hash where its text was taken out', () => {
    const bare = new TypedDocumentString('', { hash: 'ab12', operationName: 'SidebarCase' });
    expect(onTheWire(bare)).toEqual({ query: '', operationName: 'SidebarCase', extensions: { persistedQuery: { version: 1, sha256Hash: 'ab12' } } });
  });
  it('is its text where the build left it', () => {
    expect(onTheWire(new TypedDocumentString('subscription CaseFeed { x }', { hash: 'ab12' }))).toEqual({ query: 'subscription CaseFeed { x }', operationName: 'CaseFeed' });
  });
});

describe('what went wrong', () => {
  it.each([
    ['UNAUTHENTICATED', 'SIGNED_OUT'],
    ['NOT_FOUND', 'NOT_ALLOWED'],
    ['RATE_LIMITED', 'BUSY'],
    ['SOMETHING_NEW', 'BROKEN'],
  ])('%s is %s', (code, kind) => {
    expect(failureOf([{ message: 'no', extensions: { code } }]).kind).toBe(kind);
  });
  it('is found in any payload of a mutation', () => {
    const userErrors = [{ code: 'WRONG_REVISION', message: 'changed', field: null }];
    expect(refusalIn({ refundGrant: { refund: null, userErrors } })).toMatchObject({ kind: 'REFUSED', refusals: userErrors });
    expect(refusalIn({ refundGrant: { userErrors: [] } })).toBeNull();
  });
});
