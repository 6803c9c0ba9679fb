// The sidebar where it is part of an app's package, and speaks to the server from another origin.
import { readBoot } from '../lib/boot';
import { freshdeskAppHost } from '../lib/hosts/freshdeskApp';
import { show } from './show';

const boot = readBoot();
void freshdeskAppHost(boot).then((host) => show(boot, host));
