import type { Plugin } from 'vite';

export function zendeskSdk(): Promise<string>;
export function standIn(name: 'zendesk' | 'freshdesk'): Promise<string>;
export function zendeskSdkAsset(): Plugin;
