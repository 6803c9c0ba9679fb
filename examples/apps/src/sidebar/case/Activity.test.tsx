import { cleanup, render, screen } from '@testing-library/preact';
import { afterEach, expect, it } from 'vitest';
import { Around, fakeApi } from '../../testing';
import { Activity } from './Activity';

afterEach(cleanup);

it('goes on to look for news where a whole page has none', async () => {
  const entry = (index: number) => ({
    __typename: index < 3 ? 'CaseOpenedEvent' : 'MessageDeliveredEvent',
    id: `evt_${index}`,
    at: '2026-11-23T10:00:00Z',
    actor: { kind: 'SYSTEM', name: null, party: null },
  });
  const all = Array.from({ length: 50 }, (_, index) => entry(index));
  const { api } = fakeApi({
    CaseTimeline: ({ last, before }) => {
      const until = before ? all.findIndex(({ id }) => id === before) : all.length;
      const nodes = all.slice(Math.max(0, until - Number(last)), until);
      return { case: { id: 'cas_1', timeline: { nodes, pageInfo: { hasPreviousPage: until > Number(last), hasNextPage: false } } } };
    },
  });
  render(<Around api={api}><Activity caseId="cas_1" /></Around>);
  expect(await screen.findAllByText('Case opened')).toHaveLength(3);
});
