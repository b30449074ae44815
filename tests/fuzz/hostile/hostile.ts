import type { Violations } from '../oracle/violations.js';
import type { Target } from '../target/target.js';

/** How many of them: `whole` takes a minute or two, `short` a few seconds. */
export type Scale = 'whole' | 'short';

/** One way to be a bad client. Resolves with what was found, for people; what broke a bound is added to `violations`. */
export type Hostile = (target: Target, violations: Violations, scale: Scale) => Promise<string>;
