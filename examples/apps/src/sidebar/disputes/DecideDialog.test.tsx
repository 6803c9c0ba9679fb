import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DisputeDetailsFragment } from '../../gql/graphql';
import { Around, fakeApi } from '../../testing';
import { DecideDialog } from './DecideDialog';
import type { CaseWithDisputes } from './stages';

const closed = vi.fn();
const refetch = vi.fn();
let answer: () => unknown;
let server: ReturnType<typeof fakeApi>;
beforeEach(() => {
  closed.mockReset();
  refetch.mockReset();
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  answer = () => ({ disputeDecide: { dispute: { id: 'dis_1' }, userErrors: [] } });
  server = fakeApi({ DisputeDecide: () => answer() });
  const dispute = { id: 'dis_1', revision: 7, amount: { amount: '44.95', currencyCode: 'EUR' }, wanted: 'REFUND' } as DisputeDetailsFragment;
  const of = { reference: 'C-1', seller: { id: 'sel_1', name: 'Nordic Home' } } as CaseWithDisputes;
  render(
    <Around api={server.api}>
      <DecideDialog of={of} dispute={dispute} offered refetch={refetch} onClose={closed} />
    </Around>,
  );
});
afterEach(cleanup);

const button = () => document.querySelector<HTMLButtonElement>('button[type=submit]') as HTMLButtonElement;
const choose = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });
const write = (label: RegExp, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });
function decide() {
  fireEvent.click(screen.getByLabelText(/^For the buyer/));
  choose('Reason', 'NOT_CONFORM');
  write(/^Statement of reasons/, 'The foot is split.');
  write(/^Clause of the charter/, 'Art. 4');
}

it('cannot be previewed before every answer is there', () => {
  expect(button().disabled).toBe(true);
  decide();
  expect([button().textContent, button().disabled]).toEqual(['Preview', false]);
  choose('Who was at fault', '');
  expect(button().disabled).toBe(true);
  expect(screen.getByText('Still missing: Who was at fault.')).toBeTruthy();
});

it('is read before it is made, and made as it was read', async () => {
  decide();
  choose('Who was at fault', 'CARRIER');
  fireEvent.click(screen.getByLabelText('It does not count'));
  write(/^How much/, '40');
  fireEvent.click(button());
  expect(screen.getByText('This is what both sides are told')).toBeTruthy();
  expect(server.calls('DisputeDecide')).toEqual([]);
  expect(button().textContent).toBe('Decide: €40.00 to the buyer');
  fireEvent.click(button());
  await waitFor(() => expect(closed).toHaveBeenCalled());
  expect(server.calls('DisputeDecide')).toMatchObject([
    { input: { revision: 7, outcome: 'BUYER_FAVOUR', fault: 'CARRIER', countsAgainstSeller: 'DOES_NOT_COUNT', amount: { amount: '40.00' }, costBearer: { goods: { seller: 10_000 } } } },
  ]);
});

it('is not previewed above what the dispute is about', () => {
  decide();
  write(/^How much/, '44.96');
  expect(button().disabled).toBe(true);
  expect(screen.getByText('At most €44.95.')).toBeTruthy();
});

it('goes back to its fields with what the server refuses, and keeps all that was written', async () => {
  answer = () => ({ disputeDecide: { dispute: null, userErrors: [{ code: 'INVALID', field: ['remedy'], message: 'It gives the buyer nothing.' }] } });
  decide();
  fireEvent.click(button());
  fireEvent.click(button());
  await waitFor(() => expect(screen.getByText('It gives the buyer nothing.').closest('.field')).toBeTruthy());
  expect((screen.getByLabelText(/^Statement of reasons/) as HTMLTextAreaElement).value).toBe('The foot is split.');
  expect(closed).not.toHaveBeenCalled();
});
