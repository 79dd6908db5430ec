/** Reading option values; a wrong one is told by commander with the option's name. */
import { InvalidArgumentError } from 'commander';

/** A whole number of at least 1. */
export function parseCount(given: string): number {
  if (!/^[1-9]\d{0,8}$/.test(given)) throw new InvalidArgumentError('Give a whole number of at least 1.');
  return Number(given);
}

/** Hours, 0 among them, as seconds. */
export function parseHoursAsSeconds(given: string): number {
  if (!/^\d{1,5}(\.\d{1,3})?$/.test(given))
    throw new InvalidArgumentError('Give a number of hours, such as 24 or 0.5.');
  return Math.round(Number(given) * 3600);
}

/** Text that is not only blanks. */
export function parseName(given: string): string {
  const name = given.trim();
  if (name === '') throw new InvalidArgumentError('Give a name.');
  return name;
}
