import { useEffect, useState } from 'preact/hooks';
import { useWords } from '../../i18n';
import type { Boot, Session } from '../../lib/boot';
import { useHost } from '../../lib/host';
import { finishPairing, makeProof, signInByPopup, startPairing, toSignInFailure, type Pairing, type Proof, type SignInFailure } from '../../lib/signIn';
import { Field, focusOnce, Icon } from '../../lib/ui';

interface SignInProps {
  boot: Boot;
  /** Whether there was a session before, which ran out. */
  expired: boolean;
  onSession(session: Session): void;
}

/** How an agent shows who they are. Where the helpdesk does that for them, there is nothing to do but to open it anew. */
export function SignIn({ boot, expired, onSession }: SignInProps) {
  const { t } = useWords();
  const [failure, setFailure] = useState<SignInFailure | null>(null);
  const connection = boot.connection ?? '';
  return (
    <main class="start">
      <h1>{expired ? t.start.expired : t.start.signIn}</h1>
      {boot.signIn.length === 0 && <p class="muted">{t.start.byHelpdesk}</p>}
      {boot.signIn.includes('OIDC') && <PopupDoor connection={connection} onSession={onSession} onFailure={setFailure} />}
      {boot.signIn.includes('PAIRING') && <PairingDoor connection={connection} onSession={onSession} onFailure={setFailure} />}
      {failure && <SignInFault failure={failure} />}
    </main>
  );
}

interface DoorProps {
  connection: string;
  onSession(session: Session): void;
  onFailure(failure: SignInFailure | null): void;
}

function SignInFault({ failure: { fault, retryAfter } }: { failure: SignInFailure }) {
  const { t, format } = useWords();
  return (
    <p class="note" data-tone="bad" role="alert">
      <Icon name="alert" /> {t.start.faults[fault]} {retryAfter && t.start.again(format.span(Math.max(60, retryAfter) * 1000))}
    </p>
  );
}

function PopupDoor({ connection, onSession, onFailure }: DoorProps) {
  const { t } = useWords();
  const [proof, setProof] = useState<Proof | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => void makeProof().then(setProof), []);
  const enter = () => {
    if (!proof) return;
    setBusy(true);
    onFailure(null);
    signInByPopup(connection, proof)
      .then(onSession, (thrown) => onFailure(toSignInFailure(thrown)))
      .finally(() => (setBusy(false), void makeProof().then(setProof)));
  };
  return (
    <button type="button" class="button" data-tone="primary" disabled={!proof || busy} onClick={enter}>
      <Icon name="out" /> {busy ? t.start.waitingForPopup : t.start.withOidc}
    </button>
  );
}

function PairingDoor({ connection, onSession, onFailure }: DoorProps) {
  const { t } = useWords();
  const host = useHost();
  const [email, setEmail] = useState(host.agentEmail ?? '');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState<{ pairing: Pairing; proof: Proof } | null>(null);

  const step = (job: () => Promise<void>) => async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    onFailure(null);
    await job().catch((thrown: unknown) => {
      const failure = toSignInFailure(thrown);
      if (failure.fault === 'EXPIRED' || failure.fault === 'TOO_MANY') setSent(null);
      onFailure(failure);
    });
    setCode('');
    setBusy(false);
  };
  const ask = step(async () => {
    const proof = await makeProof();
    setSent({ pairing: await startPairing(connection, email.trim(), proof), proof });
  });
  const answer = step(async () => {
    if (sent) onSession(await finishPairing(sent.pairing, code, sent.proof));
  });
  if (sent) {
    return (
      <form class="stack" onSubmit={answer}>
        <p class="muted">{t.start.codeSent(email)}</p>
        <Field label={t.start.code}>
          <input
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="[0-9]{6}"
            maxLength={6}
            required
            ref={focusOnce}
            value={code}
            onInput={(event) => setCode(event.currentTarget.value.replace(/\D/g, ''))}
          />
        </Field>
        <button class="button" data-tone="primary" disabled={busy || code.length !== 6}>
          {t.start.enter}
        </button>
        <button type="button" class="link-button" onClick={() => (setSent(null), onFailure(null))}>
          {t.start.otherAddress}
        </button>
      </form>
    );
  }
  return (
    <form class="stack" onSubmit={ask}>
      <Field label={t.start.email} hint={t.start.emailHint}>
        <input type="email" required autoComplete="email" value={email} onInput={(event) => setEmail(event.currentTarget.value)} />
      </Field>
      <button class="button" data-tone="primary" disabled={busy}>
        {t.start.sendCode}
      </button>
    </form>
  );
}
