import type { Authenticate, Identity } from '../../http/access.js';
import type { Rates } from '../../http/rates-port.js';
import type { Clock } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import type { Hosts } from '../../runtime/hosts.js';
import type { CommandIntake } from '../command-intake.js';
import type { IsOn } from '../parts.js';
import type { Tokens } from '../tokens.js';
import type { Channels } from './channels.js';
import type { LiveLimits } from './live-limits.js';
import type { Newcomers } from './newcomers.js';
import type { SignedIn } from './signed-in.js';

/** What every live session needs; one object for all. */
export interface LiveContext {
  readonly hosts: Hosts;
  readonly channels: Channels;
  readonly newcomers: Newcomers;
  readonly tokens: Pick<Tokens, 'guest'>;
  readonly authenticate: Authenticate;
  /** Whether the log-in, account or API key was revoked since its token was checked. */
  readonly isRevoked: (identity: Identity) => boolean;
  readonly signedIn: SignedIn;
  readonly intake: CommandIntake;
  readonly rates: Rates;
  readonly isOn: IsOn;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: LiveLimits;
}
