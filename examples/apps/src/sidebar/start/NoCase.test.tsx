import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import { afterEach, expect, test, vi } from 'vitest';
import { Around, fakeApi } from '../../testing';
import { NoCase } from './NoCase';

afterEach(cleanup);

const place = (ticket: string | null) => ({ ticket, connection: 'con_1', onLook: () => undefined });

test('a ticket without a case gets its own, with the order that was named', async () => {
  const server = fakeApi({ OpenCaseFromTicket: () => ({ caseOpenFromTicket: { case: { id: 'cas_1' }, userErrors: [] } }) });
  const onChoose = vi.fn();
  render(
    <Around api={server.api}>
      <NoCase {...place('42')} onChoose={onChoose} />
    </Around>,
  );
  fireEvent.input(screen.getByLabelText(/Order reference/), { target: { value: ' MK-1001 ' } });
  fireEvent.click(screen.getByText('Open a case for this ticket'));
  await waitFor(() => expect(onChoose).toHaveBeenCalledWith('cas_1'));
  expect(server.calls('OpenCaseFromTicket')).toEqual([{ input: { connectionId: 'con_1', ticketNumber: '42', orderReference: 'MK-1001' } }]);
  expect(screen.queryByText('Open a case…')).toBeNull();
});

test('without a ticket a new one is opened', () => {
  render(
    <Around>
      <NoCase {...place(null)} onChoose={() => undefined} />
    </Around>,
  );
  expect(screen.queryByText('Open a case for this ticket')).toBeNull();
  expect(screen.getByText('Open a case…')).toBeTruthy();
});
