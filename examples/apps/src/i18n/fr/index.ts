import type { en } from '../en';
import { common } from './common';
import { disputes } from './disputes';
import { refunds } from './refunds';
import { returns } from './returns';
import { seller } from './seller';

export const fr: typeof en = { common, returns, refunds, disputes, seller };
