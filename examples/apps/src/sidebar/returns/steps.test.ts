import { expect, it } from 'vitest';
import type { ReturnChange } from '../../gql/graphql';
import { comingAfter, happened, type TimelineNode } from './steps';

it('knows what comes next, and when nobody can', () => {
  expect(comingAfter('REQUESTED')).toEqual(['LABEL', 'SENT', 'RECEIVED', 'INSPECTED', 'PAID']);
  expect(comingAfter('PARTIALLY_RECEIVED')).toEqual(['INSPECTED', 'PAID']);
  for (const state of ['CLOSED', 'CANCELED', 'EXPIRED', 'DECLINED', 'NON_COMPLIANT', 'OFFER_PENDING', 'COMPLIANT', 'LOST'] as const) {
    expect(comingAfter(state)).toEqual([]);
  }
});

it('tells of each return its own story', () => {
  const event = (returnId: string, change: ReturnChange) =>
    ({ __typename: 'ReturnChangedEvent', id: `${returnId}${change}`, at: '', actor: { kind: 'SYSTEM' }, change, returnId }) as TimelineNode;
  const nodes = [event('r1', 'REQUESTED'), event('r2', 'REQUESTED'), event('r1', 'STATE_CHANGED'), event('r1', 'APPROVED')];
  expect(happened(nodes, 'r1').map(({ change }) => change)).toEqual(['REQUESTED', 'APPROVED']);
});
