import { chooseLocale, loadWords } from '../i18n';
import { readBoot } from '../lib/boot';
import { hostFor } from '../lib/hosts';
import { show } from './show';

const boot = readBoot();
// The helpdesk knows the agent's language, and has yet to be asked: what it will probably say is loaded meanwhile.
void loadWords(chooseLocale(boot.locale, navigator.language));
void hostFor(boot).then((host) => show(boot, host));
