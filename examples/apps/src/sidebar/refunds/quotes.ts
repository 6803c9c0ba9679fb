import { useEffect, useRef, useState } from 'preact/hooks';
import { RefundQuoteDocument, type RefundBasis, type RefundQuoteQuery } from '../../gql/graphql';
import type { Amount } from '../../lib/decimal';
import { toFailure, type Failure, type Refusal } from '../../lib/failure';
import type { Api } from '../../lib/graphql';
import { useApi } from '../../lib/query';

export type Quote = NonNullable<NonNullable<RefundQuoteQuery['refundQuote']>['quote']>;

/** What is asked of one line: for units, for a sum, or for all that is due. */
export interface QuoteAsk {
  lineId: string;
  units?: number;
  amount?: Amount;
}
/** What the server says: a quote, or why there is none. */
export interface QuoteAnswer {
  quote: Quote | null;
  refusals: readonly Refusal[];
  failure: Failure | null;
}
export interface QuotesOf {
  orderId: string;
  basis: RefundBasis;
  currencyCode: string;
  /** What is known of the order's refunds: once that is different, every quote may be. */
  asOf: string;
}
export interface Quotes {
  answerTo(ask: QuoteAsk): QuoteAnswer | undefined;
  /** Whether all that is asked now was answered. */
  settled: boolean;
  /** Forgets all and asks anew. */
  again(): void;
}

const atOnce = 6;

/**
 * Asks the server what refunds would be, once the wishes have not changed for some milliseconds. An answer is filed under what was asked: one that comes
 * late is never taken for the answer to something else.
 */
export function useQuotes(of: QuotesOf, asks: readonly QuoteAsk[], wait: number): Quotes {
  const api = useApi();
  const [round, setRound] = useState(0);
  const [answers, setAnswers] = useState<ReadonlyMap<string, QuoteAnswer>>(new Map());
  const asked = useRef(new Set<string>());
  const current = useRef(round);
  current.current = round;

  const keyOf = ({ lineId, units, amount }: QuoteAsk) => JSON.stringify([round, of.asOf, of.basis, lineId, units ?? null, amount ?? null]);
  const missing = asks.filter((ask) => !answers.has(keyOf(ask)));

  useEffect(() => {
    const open = missing.filter((ask) => !asked.current.has(keyOf(ask)));
    if (!open.length) return;
    const get = () =>
      inTurn(open, atOnce, async (ask) => {
        const key = keyOf(ask);
        asked.current.add(key);
        const answer = await quoteOf(api, of, ask);
        if (current.current === round) setAnswers((known) => new Map(known).set(key, answer));
      });
    const timer = setTimeout(() => void get(), wait);
    return () => clearTimeout(timer);
  }, [api, missing.map(keyOf).join()]);

  const again = () => {
    asked.current = new Set();
    setRound(round + 1);
  };
  return { answerTo: (ask) => answers.get(keyOf(ask)), settled: !missing.length, again };
}

async function quoteOf(api: Api, { orderId, basis, currencyCode }: QuotesOf, { lineId, units, amount }: QuoteAsk): Promise<QuoteAnswer> {
  const sum = amount === undefined ? null : { amount, currencyCode };
  try {
    const { refundQuote } = await api.run(RefundQuoteDocument, { input: { orderId, basis, lineId, units: units ?? null, amount: sum } });
    return { quote: refundQuote?.quote ?? null, refusals: refundQuote?.userErrors ?? [], failure: null };
  } catch (thrown) {
    return { quote: null, refusals: [], failure: toFailure(thrown) };
  }
}

/** Does something with each, a few at the same time. */
async function inTurn<Item>(items: readonly Item[], workers: number, work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}
