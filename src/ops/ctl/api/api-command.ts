/** A command over the HTTP API is data, as an endpoint is: parsing, `ctl help` and its own help come from one table. */
import type { Report } from '../report.js';
import type { ApiClient } from './api-client.js';

export interface Option {
  /** What stands for the value in the help, such as `<hall>`; absent: the option is a flag. */
  readonly value?: string;
  readonly about: string;
  readonly required?: boolean;
  /** It may be given several times. */
  readonly several?: boolean;
}

export interface Invocation {
  readonly api: ApiClient;
  /** By the names of the command's operands. */
  readonly operand: (name: string) => string;
  readonly value: (name: string) => string | undefined;
  readonly values: (name: string) => readonly string[];
  readonly flag: (name: string) => boolean;
  /** Says what is going on while a command takes long; people only see it. */
  readonly progress: (line: string) => void;
}

export interface ApiCommand {
  /** Such as `hall import`. */
  readonly words: string;
  readonly operands?: readonly string[];
  readonly options?: Readonly<Record<string, Option>>;
  /** One line. */
  readonly about: string;
  /** Whole lines that the help of this command shows below its options. */
  readonly notes?: readonly string[];
  readonly run: (invocation: Invocation) => Promise<Report>;
}
