import { useEffect, useState } from 'preact/hooks';
import { RefundGrantQuoteDocument, type RefundGrantQuoteInput, type RefundGrantQuoteQuery } from '../../gql/graphql';
import { useQuery } from '../../lib/query';

type Payload = NonNullable<RefundGrantQuoteQuery['refundGrantQuote']>;
export type GrantPreview = NonNullable<NonNullable<Payload['quote']>['grant']>;
export type Obstacle = NonNullable<NonNullable<Payload['quote']>['lines'][number]['obstacle']>;

export interface GrantQuote {
  /** What the grant would be; null while it is not known, and when it cannot be made. */
  preview: GrantPreview | null;
  obstacles: readonly Obstacle[];
  /** Why it cannot be made so. */
  refusals: Payload['userErrors'];
}

/** Asks what the whole grant would come to, once the wish has not changed for some milliseconds. An answer to an older wish is not shown. */
export function useGrantQuote(wish: RefundGrantQuoteInput, wait: number): GrantQuote {
  const now = JSON.stringify(wish);
  const [settled, setSettled] = useState(now);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(now), wait);
    return () => clearTimeout(timer);
  }, [now, wait]);
  const { data, loading } = useQuery(RefundGrantQuoteDocument, { input: JSON.parse(settled) as RefundGrantQuoteInput });
  const payload = settled === now && !loading ? data?.refundGrantQuote : null;
  const obstacles = payload?.quote?.lines.flatMap(({ obstacle }) => (obstacle ? [obstacle] : [])) ?? [];
  return { preview: payload?.quote?.grant ?? null, obstacles, refusals: payload?.userErrors ?? [] };
}
