/** Why something did not work, in the words that the pages can explain. */
export type FailureKind = 'OFFLINE' | 'SIGNED_OUT' | 'NOT_ALLOWED' | 'BUSY' | 'REFUSED' | 'BROKEN';

export class Failure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
    /** Of `REFUSED`: what the server says of the input, each with its code. */
    readonly refusals: readonly Refusal[] = [],
    /** Of `BUSY`: when to come back, in seconds. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

export interface Refusal {
  code: string;
  message: string;
  field?: string[] | null;
}

const kinds: Record<string, FailureKind> = {
  UNAUTHENTICATED: 'SIGNED_OUT',
  NOT_FOUND: 'NOT_ALLOWED',
  FORBIDDEN: 'NOT_ALLOWED',
  RATE_LIMITED: 'BUSY',
  SERVICE_UNAVAILABLE: 'BUSY',
  REQUEST_TIMEOUT: 'BUSY',
};

export interface WireError {
  message: string;
  extensions?: { code?: string };
}

export function failureOf(errors: readonly WireError[]): Failure {
  const first = errors[0];
  return new Failure(kinds[first?.extensions?.code ?? ''] ?? 'BROKEN', first?.message ?? 'Unknown error');
}

export const toFailure = (thrown: unknown): Failure =>
  thrown instanceof Failure ? thrown : new Failure('BROKEN', thrown instanceof Error ? thrown.message : String(thrown));

/** The first `userErrors` in the payloads of a mutation, as a failure; null when it was done. */
export function refusalIn(data: object): Failure | null {
  for (const payload of Object.values(data) as ({ userErrors?: Refusal[] } | null)[]) {
    const refusals = payload?.userErrors ?? [];
    if (refusals.length) return new Failure('REFUSED', refusals.map(({ message }) => message).join(' '), refusals);
  }
  return null;
}
