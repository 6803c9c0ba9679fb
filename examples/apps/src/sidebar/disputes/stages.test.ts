import { describe, expect, it } from 'vitest';
import type { DisputeDetailsFragment } from '../../gql/graphql';
import { fr } from '../../i18n/fr';
import { missingOf, stagesOf } from './stages';

const dispute = (more: Partial<DisputeDetailsFragment>) => ({ id: 'd', openedAt: 'opened', stage: 'DIRECT_CONTACT', evidence: [], evidenceRequests: [], ...more }) as unknown as DisputeDetailsFragment;
const moved = (at: string) => ({ __typename: 'DisputeChangedEvent', id: at, at, change: 'STAGE_CHANGED', disputeId: 'd' }) as const;
const shown = (one: DisputeDetailsFragment, moves: string[] = [], arbitrates = true) => stagesOf(one, moves.map(moved), arbitrates).map(({ stage, mark, at }) => [stage, mark, at]);

describe('the stages', () => {
  it('tell what was, is and comes', () => {
    expect(shown(dispute({ stage: 'MEDIATION' }), ['escalated'])).toEqual([
      ['DIRECT_CONTACT', 'done', 'opened'],
      ['MEDIATION', 'now', 'escalated'],
      ['ARBITRATION', 'next', null],
      ['DECIDED', 'next', null],
      ['FINAL', 'next', null],
    ]);
  });
  it('end where nobody decides', () => {
    expect(shown(dispute({}), [], false).map(([stage]) => stage)).toEqual(['DIRECT_CONTACT', 'MEDIATION']);
  });
  it('stop where it was settled', () => {
    expect(shown(dispute({ stage: 'SETTLED' }), ['escalated', 'settled'])).toEqual([
      ['DIRECT_CONTACT', 'done', 'opened'],
      ['MEDIATION', 'done', 'escalated'],
    ]);
  });
  it('are never called a mediation in French', () => {
    expect(JSON.stringify(fr.disputes, (_, value: unknown) => (typeof value === 'function' ? String(value) : value))).not.toMatch(/médiation/i);
  });
});

it('misses what was asked for and not answered since', () => {
  const asked = { of: 'SELLER', text: 'Photos', requestedAt: '2026-11-20T10:00:00Z', dueAt: '' };
  const early = { by: 'SELLER', submittedAt: '2026-11-19T10:00:00Z' };
  const late = { by: 'SELLER', submittedAt: '2026-11-21T10:00:00Z' };
  const one = (evidence: object[]) => dispute({ evidence, evidenceRequests: [asked] } as unknown as Partial<DisputeDetailsFragment>);
  expect(missingOf(one([early]), 'SELLER')).toEqual([asked]);
  expect(missingOf(one([early, late]), 'SELLER')).toEqual([]);
  expect(missingOf(one([]), 'BUYER')).toEqual([]);
});
