import type { Session } from './boot';
import { atServer } from './server';

/** Why a door of the sign-in stays shut. */
export type SignInFault = 'WRONG_CODE' | 'EXPIRED' | 'TOO_MANY' | 'POPUP_BLOCKED' | 'CANCELLED' | 'OFFLINE' | 'BROKEN';

export class SignInFailure extends Error {
  constructor(
    readonly fault: SignInFault,
    readonly retryAfter: number | null = null,
  ) {
    super(fault);
  }
}

/** A secret that stays in this page, and what the server is shown of it before. */
export interface Proof {
  verifier: string;
  challenge: string;
}

export async function makeProof(): Promise<Proof> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return { verifier, challenge: base64url(new Uint8Array(digest)) };
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** By the marketplace's own sign-in, in a window of its own. The proof is made before, or the browser takes it for a pop-up. */
export async function signInByPopup(connection: string, { challenge, verifier }: Proof): Promise<Session> {
  const popup = window.open(`/auth/oidc/${encodeURIComponent(connection)}?challenge=${challenge}`, 'trilogue-sign-in', 'popup,width=480,height=640');
  if (!popup) throw new SignInFailure('POPUP_BLOCKED');
  return openSession({ code: await codeFrom(popup), verifier });
}

function codeFrom(popup: Window): Promise<string> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearInterval(watch);
      removeEventListener('message', heard);
    };
    const heard = ({ origin, source, data }: MessageEvent<{ type?: string; code?: string } | null>) => {
      if (origin !== location.origin || source !== popup || data?.type !== 'trilogue.signedIn' || !data.code) return;
      stop();
      resolve(data.code);
    };
    let closedBefore = false;
    const watch = setInterval(() => {
      // Once more after it is closed: its last word may still be on the way.
      if (closedBefore) {
        stop();
        reject(new SignInFailure('CANCELLED'));
      }
      closedBefore = popup.closed;
    }, 500);
    addEventListener('message', heard);
  });
}

export interface Pairing {
  pairing: string;
  expiresAt: string;
}

/** Has a code sent to an agent's address. The answer is the same whether the address is known or not. */
export const startPairing = (connection: string, email: string, { challenge }: Proof): Promise<Pairing> =>
  knock<Pairing>('/auth/pairing', { connection, email, challenge });

export const finishPairing = ({ pairing }: Pairing, code: string, { verifier }: Proof): Promise<Session> =>
  openSession({ pairing, code, verifier });

const openSession = (proof: Record<string, string>): Promise<Session> => knock<Session>('/auth/session', proof);

async function knock<Answer>(door: string, body: object): Promise<Answer> {
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(atServer(door), request).catch(() => {
    throw new SignInFailure('OFFLINE');
  });
  const answer = (await response.json().catch(() => ({}))) as Answer & { error?: { code?: string } };
  if (response.ok) return answer;
  const retryAfter = Number(response.headers.get('retry-after')) || null;
  throw new SignInFailure(response.status === 429 ? 'TOO_MANY' : faultOf(answer.error?.code), retryAfter);
}

const faultOf = (code: string | undefined): SignInFault => (code === 'WRONG_CODE' || code === 'EXPIRED' || code === 'TOO_MANY' ? code : 'BROKEN');

export const toSignInFailure = (thrown: unknown): SignInFailure =>
  thrown instanceof SignInFailure ? thrown : new SignInFailure('BROKEN');
