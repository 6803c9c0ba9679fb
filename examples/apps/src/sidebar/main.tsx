import '../styles/tokens.css';
import '../styles/base.css';
import { render } from 'preact';
import { chooseLocale, WordsContext, wordsFor } from '../i18n';
import { readBoot } from '../lib/boot';
import { connect } from '../lib/graphql';
import { HostContext } from '../lib/host';
import { pageHost } from '../lib/hosts/page';
import { ApiContext } from '../lib/query';
import { keepSession } from '../lib/session';
import { App } from './App';

const boot = readBoot();
const host = pageHost(boot);
const api = connect(keepSession(boot.session));
const locale = chooseLocale(host.locale, boot.locale, navigator.language);
document.documentElement.lang = locale;

render(
  <HostContext.Provider value={host}>
    <WordsContext.Provider value={wordsFor(locale)}>
      <ApiContext.Provider value={api}>
        <App caseId={boot.caseId ?? ''} />
      </ApiContext.Provider>
    </WordsContext.Provider>
  </HostContext.Provider>,
  document.getElementById('app') as HTMLElement,
);
