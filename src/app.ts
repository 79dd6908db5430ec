/** Stands in until the wiring lands: every verb that needs the rest says so. */
import type { OpenMigrator, OpenServer, OpenServices } from './cli/services.ts';
import { AppError } from './errors.ts';

export const openServices: OpenServices = () => Promise.reject(new AppError('not_implemented'));
export const openServer: OpenServer = () => Promise.reject(new AppError('not_implemented'));
export const openMigrator: OpenMigrator = () => Promise.reject(new AppError('not_implemented'));
