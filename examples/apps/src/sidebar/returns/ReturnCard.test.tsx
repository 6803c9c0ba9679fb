import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ReturnAction, ReturnDetailsFragment } from '../../gql/graphql';
import { Around, fakeApi } from '../../testing';
import { aCase, order } from '../refunds/samples';
import { ReturnCard } from './ReturnCard';

const refetch = vi.fn();
let answer: () => unknown;
let server: ReturnType<typeof fakeApi>;
beforeEach(() => {
  refetch.mockReset();
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  answer = () => ({ returnCancel: { return: { id: 'ret_1' }, userErrors: [] } });
  server = fakeApi({ ReturnCancel: () => answer() });
});
afterEach(cleanup);

function card(actions: ReturnAction[], more: Partial<ReturnDetailsFragment> = {}) {
  const of = order();
  const one = {
    id: 'ret_1',
    revision: 2,
    state: 'REQUESTED',
    basis: 'LEGAL_CONFORMITY',
    reason: 'BROKEN',
    wanted: 'REFUND',
    wayBack: 'SELLER',
    quantity: 1,
    receivedQuantity: 0,
    damagedQuantity: 0,
    orderLineId: '1',
    requestedAt: '2026-11-20T10:00:00Z',
    updatedAt: '2026-11-20T10:00:00Z',
    availableActions: actions.map((action) => ({ action })),
    ...more,
  } as ReturnDetailsFragment;
  return (
    <Around api={server.api}>
      <ReturnCard of={aCase(of)} order={of} one={one} refetch={refetch} />
    </Around>
  );
}
const buttons = () => screen.queryAllByRole('button').map(({ textContent }) => textContent);

it('shows what the server offers, and nothing else', () => {
  const { rerender } = render(card(['APPROVE', 'DECLINE']));
  expect(buttons()).toEqual(['Approve', 'Decline…']);
  rerender(card([]));
  expect(buttons()).toEqual([]);
});

it('does not show what this page has no form for', () => {
  render(card(['RECORD_SHIPPED', 'ANSWER_KEEP_ITEM', 'SOMETHING_NEW' as ReturnAction, 'CANCEL']));
  expect(buttons()).toEqual(['Cancel return…']);
});

it('asks before it takes something away, and names the revision that was seen', async () => {
  render(card(['CANCEL']));
  fireEvent.click(screen.getByText('Cancel return…'));
  expect(server.calls('ReturnCancel')).toEqual([]);
  fireEvent.click(screen.getByText('Cancel the return'));
  await waitFor(() => expect(server.calls('ReturnCancel')).toEqual([{ input: { returnId: 'ret_1', revision: 2 } }]));
  await waitFor(() => expect(document.querySelector('dialog')).toBeNull());
});

it('reads again what somebody else changed, says so, and stops when it is not offered any more', async () => {
  answer = () => ({ returnCancel: { return: null, userErrors: [{ code: 'WRONG_REVISION', field: ['revision'], message: 'It was changed since.' }] } });
  const { rerender } = render(card(['CANCEL']));
  fireEvent.click(screen.getByText('Cancel return…'));
  fireEvent.click(screen.getByText('Cancel the return'));
  await waitFor(() => expect(screen.getByText(/Somebody changed it meanwhile/)).toBeTruthy());
  await waitFor(() => expect(refetch).toHaveBeenCalledTimes(1));
  rerender(card([], { revision: 3, state: 'IN_TRANSIT' }));
  expect(screen.getByText('This is not possible any more.')).toBeTruthy();
  expect((screen.getByText('Cancel the return') as HTMLButtonElement).disabled).toBe(true);
});
