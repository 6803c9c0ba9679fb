import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/controls.css';
import '../styles/surfaces.css';
import '../styles/sidebar.css';
import '../styles/messages.css';
import { render } from 'preact';
import { chooseLocale, loadWords, WordsContext } from '../i18n';
import type { Boot } from '../lib/boot';
import { ClockContext, serverClock } from '../lib/clock';
import { connect } from '../lib/graphql';
import { HostContext, type Host, type Scheme } from '../lib/host';
import { ApiContext } from '../lib/query';
import { keepSession } from '../lib/session';
import { Root } from './Root';

/** The height that the page asks for: dialogs are cut off at the frame's edge, and more is scrolled inside. */
const height = 720;

/** Shows the sidebar in its host. */
export async function show(boot: Boot, host: Host) {
  const locale = chooseLocale(host.locale, boot.locale, navigator.language);
  const words = await loadWords(locale);
  const clock = serverClock();
  const session = keepSession(boot.session, clock);
  const api = connect(session, clock);
  document.documentElement.lang = locale;
  document.documentElement.dataset['host'] = boot.host;
  paint(host.scheme);
  host.onScheme(paint);
  host.resize(height);
  render(
    <HostContext.Provider value={host}>
      <WordsContext.Provider value={words}>
        <ClockContext.Provider value={clock}>
          <ApiContext.Provider value={api}>
            <Root boot={boot} session={session} />
          </ApiContext.Provider>
        </ClockContext.Provider>
      </WordsContext.Provider>
    </HostContext.Provider>,
    document.getElementById('app') as HTMLElement,
  );
}

/** Dark or light as the helpdesk is; where it does not tell, as the system is. */
function paint(scheme: Scheme | null) {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const set = () => (document.documentElement.dataset['scheme'] = scheme ?? (system.matches ? 'dark' : 'light'));
  set();
  system.onchange = scheme ? null : set;
}
