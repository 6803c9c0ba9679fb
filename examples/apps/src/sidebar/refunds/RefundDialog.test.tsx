import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RefundDetailsFragment } from '../../gql/graphql';
import { Failure } from '../../lib/failure';
import { Around, fakeApi } from '../../testing';
import { RefundDialog } from './RefundDialog';
import { aCase, eur, order, quote, refund } from './samples';

interface Asked {
  amount: { amount: string } | null;
  units: number | null;
  lineId: string;
}

const done = vi.fn();
const refetch = vi.fn();
let grant: () => unknown;
let quoting: (asked: Asked) => unknown;
let weighing: () => unknown;
let server: ReturnType<typeof fakeApi>;

beforeEach(() => {
  done.mockReset();
  refetch.mockReset();
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  grant = () => ({ refundGrant: { refund: refund({ status: 'GRANTED' }), userErrors: [] } });
  quoting = ({ amount, lineId }) => ({ quote: quote(lineId, amount?.amount ?? '44.95'), userErrors: [] });
  weighing = () => ({ quote: { lines: [], grant: preview() }, userErrors: [] });
  server = fakeApi({
    RefundGrantQuote: () => ({ refundGrantQuote: weighing() }),
    RefundRules: () => ({ marketplace: { id: 'm', name: 'Bazar', charter: { version: 1, refunds: { consentDays: 5, execution: 'BY_OPERATOR', secondApproverAbove: null } } } }),
    RefundQuote: async ({ input }) => ({ refundQuote: await quoting(input as Asked) }),
    RefundRequest: () => ({ refundRequest: { refund: refund(), userErrors: [] } }),
    RefundGrant: () => grant(),
  });
});
afterEach(cleanup);

const preview = (seller = '44.95', operator = '0.00') => ({
  approval: 'NOT_NEEDED',
  borneBy: { seller: eur(seller), operator: eur(operator), carrier: eur('0.00') },
  commissionBack: { fee: eur('4.49'), vat: eur('0.90') },
});

function dialog(refunds: RefundDetailsFragment[] = [], answering: RefundDetailsFragment | null = null, locale: 'en' | 'fr' = 'en') {
  const of = order(refunds);
  return (
    <Around api={server.api} locale={locale}>
      <RefundDialog of={aCase(of)} order={of} refund={answering} refetch={refetch} onClose={() => undefined} onDone={done} />
    </Around>
  );
}
const button = () => document.querySelector<HTMLButtonElement>('button[type=submit]') as HTMLButtonElement;
const ready = (words: string) => waitFor(() => expect([button().textContent, button().disabled]).toEqual([words, false]));
const type = (text: string) => fireEvent.input(document.querySelector('.refund-dialog .amount-input input') as HTMLInputElement, { target: { value: text } });
const chooseAmount = (words = 'Amount') => fireEvent.click(screen.getByLabelText(words, { selector: 'input[type=radio]' }));

describe('a refund', () => {
  it('carries its amount in the button, asks and grants exactly what was quoted', async () => {
    render(dialog());
    expect(button().disabled).toBe(true);
    await ready('Refund €44.95');
    expect(await screen.findByText('€39.56')).toBeTruthy();
    expect(server.calls('RefundGrantQuote').at(-1)).toMatchObject({ input: { orderId: 'ord_1', caseId: 'cas_1', basis: 'COMMERCIAL', items: [{ lineId: '1', amount: eur('44.95') }] } });
    fireEvent.click(button());
    await waitFor(() => expect(done).toHaveBeenCalled());
    expect(server.calls('RefundRequest')[0]).toEqual({ input: { orderId: 'ord_1', lineId: '1', caseId: 'cas_1', basis: 'COMMERCIAL', units: null, amount: null } });
    expect(server.calls('RefundGrant')[0]).toMatchObject({
      input: { refundId: 'rfd_1', revision: 1, form: 'FULL', means: 'ORIGINAL_PAYMENT', items: [{ lineId: '1', amount: eur('44.95') }], costs: { goods: { seller: 10_000, operator: 0, carrier: 0 } } },
    });
  });

  it('says before what the grant would say: who pays, who approves, what freezes it', async () => {
    weighing = () => ({ quote: { lines: [], grant: { ...preview('20.00', '24.95'), approval: 'SECOND_PERSON' } }, userErrors: [] });
    const { unmount } = render(dialog());
    await ready('Refund €44.95');
    expect(await screen.findByText('A second person has to approve it.')).toBeTruthy();
    expect([screen.getByText('€14.61'), screen.getByText('€24.95')]).toHaveLength(2);
    unmount();
    const frozen = { lineId: '1', obstacle: { reason: 'FROZEN', until: null } };
    weighing = () => ({ quote: { lines: [frozen], grant: null }, userErrors: [{ code: 'NOT_IN_THIS_STATE', field: ['refundId'], message: 'Frozen.' }] });
    render(dialog());
    expect(await screen.findByText(/A dispute on it is being decided/)).toBeTruthy();
    expect(screen.queryByText('Frozen.')).toBeNull();
  });

  it('above the maximum says by how much and cannot be made', async () => {
    render(dialog());
    await ready('Refund €44.95');
    chooseAmount();
    type('50.15');
    await waitFor(() => expect(screen.getAllByText('€5.20 over the maximum').length).toBeGreaterThan(0));
    expect(button().disabled).toBe(true);
    expect(server.calls('RefundQuote').some(({ input }) => (input as unknown as Asked).amount)).toBe(false);
    type('44.95');
    await ready('Refund €44.95');
  });

  it('takes amounts as the language writes them', async () => {
    render(dialog([], null, 'fr'));
    await waitFor(() => expect(button().disabled).toBe(false));
    chooseAmount('Montant');
    type('12,5');
    await waitFor(() => expect([button().textContent?.replace(/\s/g, ' '), button().disabled]).toEqual(['Rembourser 12,50 €', false]));
    type('12,505');
    await waitFor(() => expect(screen.getByText('Au plus 2 décimales.')).toBeTruthy());
    expect(button().disabled).toBe(true);
  });

  it('shows what the server says of an amount at its field', async () => {
    quoting = ({ amount, lineId }) =>
      amount ? { quote: null, userErrors: [{ code: 'ABOVE_MAXIMUM', field: ['amount'], message: 'At most 40.00 EUR is left.' }] } : { quote: quote(lineId, '44.95'), userErrors: [] };
    render(dialog());
    await ready('Refund €44.95');
    chooseAmount();
    type('42');
    await waitFor(() => expect(screen.getByText('At most 40.00 EUR is left.').closest('.field')).toBeTruthy());
    expect(button().disabled).toBe(true);
  });
});

describe('quotes', () => {
  it('of late answers are not taken for those of the last wish', async () => {
    const waiting: { amount: string; answer: () => void }[] = [];
    quoting = ({ amount, lineId }) =>
      amount
        ? new Promise((resolve) => waiting.push({ amount: amount.amount, answer: () => resolve({ quote: quote(lineId, amount.amount), userErrors: [] }) }))
        : { quote: quote(lineId, '44.95'), userErrors: [] };
    render(dialog());
    await ready('Refund €44.95');
    chooseAmount();
    type('10');
    await waitFor(() => expect(waiting.length).toBe(1));
    type('20');
    await waitFor(() => expect(waiting.length).toBe(2));
    waiting[1]?.answer();
    await ready('Refund €20.00');
    waiting[0]?.answer();
    await new Promise((resolve) => setTimeout(resolve, 30));
    await ready('Refund €20.00');
  });

  it('are asked for once somebody stops typing', async () => {
    render(dialog());
    await ready('Refund €44.95');
    const before = server.calls('RefundQuote').length;
    chooseAmount();
    for (const typed of ['1', '12', '12.5']) {
      type(typed);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await ready('Refund €12.50');
    expect(server.calls('RefundQuote')).toHaveLength(before + 1);
  });

  it('are asked for anew when another refund of the order changes', async () => {
    const view = render(dialog());
    await ready('Refund €44.95');
    quoting = ({ lineId }) => ({ quote: quote(lineId, '30.00'), userErrors: [] });
    view.rerender(dialog([refund({ id: 'rfd_9', status: 'SUCCEEDED', availableActions: [] })]));
    await ready('Refund €30.00');
  });

  it('are waited for: the button is off between a change and its answer', async () => {
    render(dialog());
    await ready('Refund €44.95');
    chooseAmount();
    type('10');
    expect(button().disabled).toBe(true);
    await ready('Refund €10.00');
  });
});

describe('a change by somebody else', () => {
  const stale = () => ({ refundGrant: { refund: null, userErrors: [{ code: 'WRONG_REVISION', field: ['revision'], message: 'It was changed.' }] } });

  it('is read again and told, and nothing is lost', async () => {
    grant = stale;
    const before = refund({ revision: 3 });
    const view = render(dialog([before], before));
    await ready('Refund €44.95');
    fireEvent.click(button());
    await waitFor(() => expect(screen.getByText(/It changed while you were at it/)).toBeTruthy());
    expect(refetch).toHaveBeenCalled();
    expect(server.calls('RefundRequest')).toEqual([]);
    const after = refund({ revision: 4 });
    grant = () => ({ refundGrant: { refund: refund({ status: 'GRANTED' }), userErrors: [] } });
    view.rerender(dialog([after], after));
    await ready('Refund €44.95');
    fireEvent.click(button());
    await waitFor(() => expect(done).toHaveBeenCalled());
    expect(server.calls('RefundGrant').map(({ input }) => (input as unknown as { revision: number }).revision)).toEqual([3, 4]);
  });

  it('that decided it ends the dialog: no second refund is asked for', async () => {
    grant = stale;
    const view = render(dialog());
    await ready('Refund €44.95');
    fireEvent.click(button());
    await waitFor(() => expect(refetch).toHaveBeenCalled());
    view.rerender(dialog([refund({ revision: 2, status: 'SUCCEEDED', availableActions: [] })]));
    await waitFor(() => expect(screen.getByText('This is not possible any more.')).toBeTruthy());
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(button().disabled).toBe(true);
    expect(server.calls('RefundRequest')).toHaveLength(1);
  });

  it('an answer that got lost is no reason to ask twice', async () => {
    grant = () => {
      throw new Failure('OFFLINE', 'gone');
    };
    render(dialog());
    await ready('Refund €44.95');
    fireEvent.click(button());
    await waitFor(() => expect(server.calls('RefundGrant')).toHaveLength(1));
    await ready('Refund €44.95');
    grant = () => ({ refundGrant: { refund: refund({ status: 'GRANTED' }), userErrors: [] } });
    fireEvent.click(button());
    await waitFor(() => expect(done).toHaveBeenCalled());
    expect(server.calls('RefundRequest')).toHaveLength(1);
  });
});
