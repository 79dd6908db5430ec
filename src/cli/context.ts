/** What every verb is made from. */
import { Option } from 'commander';
import type { Config, Environment } from '../config.ts';
import type { Output } from './output.ts';
import type { CliServices, OpenMigrator, OpenServer, OpenServices } from './services.ts';

/** Where signals come from: the process, or what stands in for it in a test. */
export interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  off(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
}

export interface CliContext {
  readonly env: Environment;
  readonly output: Output;
  /** Reads the configuration. @throws ConfigError with every fault */
  config(): Config;
  /** Opens the services for one piece of work and closes them after it. */
  withServices<T>(work: (services: CliServices) => Promise<T>): Promise<T>;
  /** On a configuration other than `config()`; `withServices` is what most verbs want. */
  readonly openServices: OpenServices;
  readonly openServer: OpenServer;
  readonly openMigrator: OpenMigrator;
  readonly signals: SignalSource;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface InOrganization {
  readonly organization: string;
}

/** The same option on every verb that works in one organization. */
export function organizationOption(): Option {
  return new Option('--organization <name>', 'name or id of the organization').default('default');
}
