import { useState } from 'preact/hooks';
import {
  RefundGrantDocument,
  RefundRequestDocument,
  type RefundDetailsFragment,
  type RefundGrantInput,
  type RefundRequestInput,
} from '../../gql/graphql';
import { isStale } from '../../lib/decision';
import { Failure, refusalIn, toFailure } from '../../lib/failure';
import { useApi, useFeed } from '../../lib/query';

export interface Order {
  /** What to ask for; null when a request is there already. */
  request: RefundRequestInput | null;
  refund: Seen | null;
  grant: Omit<RefundGrantInput, 'refundId' | 'revision'>;
}
interface Seen {
  id: string;
  revision: number;
  lineId: string;
}
export interface Refusing {
  /** Of which of the two calls the server did not like the input. */
  call: 'request' | 'grant';
  failure: Failure;
}

/**
 * Asks for a refund and grants it: two calls behind one button. What was asked for is kept, so that pressing again after a failure
 * answers the same request and never makes a second refund.
 */
export function useRefunding(readAgain: () => void) {
  const api = useApi();
  const feed = useFeed();
  const [asked, setAsked] = useState<Seen | null>(null);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refusing | null>(null);

  async function run(order: Order): Promise<RefundDetailsFragment | null> {
    let call: Refusing['call'] = 'request';
    setBusy(true);
    setRefused(null);
    try {
      const kept = asked?.lineId === order.request?.lineId ? asked : null;
      const refund = order.refund ?? kept ?? (await ask(order.request));
      setAsked(refund);
      call = 'grant';
      const data = await api.run(RefundGrantDocument, { input: { refundId: refund.id, revision: refund.revision, ...order.grant } });
      const granted = data.refundGrant?.refund;
      const refusal = refusalIn(data);
      if (refusal ?? !granted) throw refusal ?? new Failure('BROKEN', 'The answer is empty.');
      feed?.changed();
      return granted ?? null;
    } catch (thrown) {
      const failure = toFailure(thrown);
      setRefused({ call, failure });
      if (isStale(failure)) readAgain();
      return null;
    } finally {
      setBusy(false);
    }
  }

  async function ask(request: RefundRequestInput | null): Promise<Seen> {
    if (!request) throw new Failure('BROKEN', 'Nothing to ask for.');
    const data = await api.run(RefundRequestDocument, { input: request });
    const refund = data.refundRequest?.refund;
    const refusal = refusalIn(data);
    if (refusal) throw refusal;
    if (!refund) throw new Failure('BROKEN', 'The answer is empty.');
    return refund;
  }
  return { run, asked, busy, refused, clear: () => setRefused(null) };
}
