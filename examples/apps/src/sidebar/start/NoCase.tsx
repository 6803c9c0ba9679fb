import { useState } from 'preact/hooks';
import { FindCasesDocument, HelpdesksDocument, OpenCaseDocument, OpenCaseFromTicketDocument } from '../../gql/graphql';
import { useWords } from '../../i18n';
import { useAction, useQuery } from '../../lib/query';
import { Standstill } from '../Standstill';
import { Card, Dialog, Empty, Failure, Field, Icon, Pill, Skeleton, useFailureText } from '../../lib/ui';

interface NoCaseProps {
  /** The ticket that tells no case; null when the page does not belong to a ticket. */
  ticket: string | null;
  /** The helpdesk in which the page is; null when it is in none. */
  connection: string | null;
  onLook(): void;
  onChoose(caseId: string): void;
}

export function NoCase({ ticket, connection, onLook, onChoose }: NoCaseProps) {
  const { t } = useWords();
  const [opening, setOpening] = useState(false);
  return (
    <Standstill>
      <Empty icon="search" title={ticket ? `${t.start.noCase} #${ticket}` : t.start.noTicket}>
        {ticket && (
          <>
            <p>{t.start.noCaseWhy}</p>
            <button type="button" class="button" onClick={onLook}>
              <Icon name="refresh" /> {t.start.look}
            </button>
          </>
        )}
      </Empty>
      {ticket && connection && <TakeUp ticket={ticket} connection={connection} onOpened={onChoose} />}
      <Finder onChoose={onChoose} />
      {!ticket && (
        <button type="button" class="button" onClick={() => setOpening(true)}>
          <Icon name="plus" /> {t.start.open}
        </button>
      )}
      {opening && <OpenCase connection={connection} onClose={() => setOpening(false)} onOpened={onChoose} />}
    </Standstill>
  );
}

interface TakeUpProps {
  ticket: string;
  connection: string;
  onOpened(caseId: string): void;
}

/** Makes the ticket's case, from what was said in it so far. A second click finds the case of the first. */
function TakeUp({ ticket, connection, onOpened }: TakeUpProps) {
  const { t } = useWords();
  const [order, setOrder] = useState('');
  const { act, busy, failure } = useAction(OpenCaseFromTicketDocument);
  const says = useFailureText(failure);
  const open = async (event: Event) => {
    event.preventDefault();
    const done = await act({ input: { connectionId: connection, ticketNumber: ticket, orderReference: order.trim() || null } });
    if (done?.caseOpenFromTicket?.case) onOpened(done.caseOpenFromTicket.case.id);
  };
  return (
    <Card>
      <form class="stack" onSubmit={open}>
        <p class="muted">{t.start.takeUpWhy}</p>
        <Field label={`${t.start.orderReference} (${t.common.optional})`} hint={t.start.takeUpOrder}>
          <input value={order} onInput={(event) => setOrder(event.currentTarget.value)} />
        </Field>
        {says && (
          <p class="note" data-tone="bad" role="alert">
            {says}
          </p>
        )}
        <button class="button" data-tone="primary" disabled={busy}>
          {t.start.takeUp}
        </button>
      </form>
    </Card>
  );
}

function Finder({ onChoose }: { onChoose(caseId: string): void }) {
  const { t } = useWords();
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  return (
    <Card>
      <form class="stack" role="search" onSubmit={(event) => (event.preventDefault(), setAsked(text.trim()))}>
        <Field label={t.start.find} hint={t.start.findHint}>
          <input type="search" minLength={2} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </Field>
      </form>
      {asked.length >= 2 && <Found text={asked} onChoose={onChoose} />}
    </Card>
  );
}

function Found({ text, onChoose }: { text: string; onChoose(caseId: string): void }) {
  const { t, format } = useWords();
  const { data, failure, refetch } = useQuery(FindCasesDocument, { text });
  if (failure) return <Failure failure={failure} retry={refetch} />;
  if (!data) return <Skeleton lines={2} />;
  if (!data.cases.nodes.length) return <p class="muted">{t.start.nothingFound}</p>;
  return (
    <ul class="choices">
      {data.cases.nodes.map((found) => (
        <li key={found.id}>
          <button type="button" class="choice" onClick={() => onChoose(found.id)}>
            <span class="row">
              <span class="strong">{found.reference}</span> <Pill>{t.case.statuses[found.status]}</Pill>
            </span>
            <span class="breaks">{found.subject}</span>
            <span class="muted small-text">
              {[found.buyer?.displayName, found.order?.reference, format.moment(found.updatedAt)].filter(Boolean).join(' · ')}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

const empty = { buyerName: '', buyerEmail: '', orderReference: '', subject: '', text: '' };

interface OpenCaseProps {
  connection: string | null;
  onClose(): void;
  onOpened(caseId: string): void;
}

function OpenCase({ connection, onClose, onOpened }: OpenCaseProps) {
  const { t } = useWords();
  const [form, setForm] = useState(empty);
  // The same key for the same words: a second click, or a second try, opens no second case.
  const [idempotencyKey, setKey] = useState(() => crypto.randomUUID());
  const { data: known } = useQuery(HelpdesksDocument, {});
  const helpdesks = known?.marketplace.connections ?? [];
  const [chosen, setChosen] = useState(connection);
  const connectionId = chosen ?? helpdesks[0]?.id ?? null;
  const { act, busy, failure } = useAction(OpenCaseDocument);
  const says = useFailureText(failure);
  const field = (name: keyof typeof empty) => ({
    value: form[name],
    onInput: (event: InputEvent & { currentTarget: HTMLInputElement | HTMLTextAreaElement }) => {
      setForm({ ...form, [name]: event.currentTarget.value });
      if (failure) setKey(crypto.randomUUID());
    },
  });
  const open = async (event: Event) => {
    event.preventDefault();
    const { orderReference, ...words } = form;
    const done = await act({ input: { ...words, orderReference: orderReference.trim() || null, channel: 'OTHER', connectionId, idempotencyKey } });
    if (done?.caseOpen?.case) onOpened(done.caseOpen.case.id);
  };
  const actions = (
    <>
      <button type="button" class="button" onClick={onClose}>
        {t.common.cancel}
      </button>
      <button form="open-case" class="button" data-tone="primary" disabled={busy}>
        {t.start.openNow}
      </button>
    </>
  );
  return (
    <Dialog title={t.start.openTitle} onClose={onClose} actions={actions}>
      <form id="open-case" class="stack" onSubmit={open}>
        <p class="muted">{t.start.openWhy}</p>
        {!connection && helpdesks.length > 1 && (
          <Field label={t.start.helpdesk}>
            <select value={connectionId ?? ''} onChange={(event) => setChosen(event.currentTarget.value)}>
              {helpdesks.map(({ id, helpdesk, baseUrl }) => (
                <option key={id} value={id}>
                  {helpdesk === 'ZENDESK' ? 'Zendesk' : 'Freshdesk'} · {new URL(baseUrl).host}
                </option>
              ))}
            </select>
          </Field>
        )}
        <Field label={t.start.buyerName}>
          <input required maxLength={200} {...field('buyerName')} />
        </Field>
        <Field label={t.start.buyerEmail}>
          <input type="email" required {...field('buyerEmail')} />
        </Field>
        <Field label={`${t.start.orderReference} (${t.common.optional})`}>
          <input {...field('orderReference')} />
        </Field>
        <Field label={t.start.subject}>
          <input required maxLength={300} {...field('subject')} />
        </Field>
        <Field label={t.start.text}>
          <textarea required maxLength={10000} rows={4} {...field('text')} />
        </Field>
        {says && (
          <p class="note" data-tone="bad" role="alert">
            {says}
          </p>
        )}
      </form>
    </Dialog>
  );
}
