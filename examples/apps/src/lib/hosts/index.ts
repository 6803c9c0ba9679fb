import type { Boot } from '../boot';
import type { Host } from '../host';
import { freshdeskHost } from './freshdesk';
import { pageHost } from './page';
import { zendeskHost } from './zendesk';

export async function hostFor(boot: Boot): Promise<Host> {
  if (boot.host === 'ZENDESK') return zendeskHost(boot);
  return boot.host === 'FRESHDESK' ? freshdeskHost(boot) : pageHost(boot);
}
