import { activity } from './activity';
import { caseWords } from './case';
import { common } from './common';
import { disputes } from './disputes';
import { header } from './header';
import { messages } from './messages';
import { refunds } from './refunds';
import { returns } from './returns';
import { seller } from './seller';
import { start } from './start';

export const en = { common, start, header, case: caseWords, activity, messages, returns, refunds, disputes, seller };
