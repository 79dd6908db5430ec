/** One environment variable: how its text is read, and what is said about it in faults and in docs/configuration.md. */
import { z } from 'zod';

export interface Variable<T, D extends string | undefined = string | undefined> {
  /** What is wanted, in words: `a whole number from 1 to 65535`. Faults and the documentation say it. */
  readonly wanted: string;
  readonly schema: z.ZodType<T, string>;
  /** Text that stands in when nothing is given; undefined: there is none. */
  readonly fallback: D;
  /** Never shown, also not when it is wrong. */
  readonly secret: boolean;
  readonly meaning: string;
}

interface About<D extends string | undefined> {
  readonly meaning: string;
  readonly fallback: D;
  readonly secret?: boolean;
}

function variable<T, D extends string | undefined>(
  wanted: string,
  schema: z.ZodType<T, string>,
  { meaning, fallback, secret = false }: About<D>,
): Variable<T, D> {
  return { wanted, schema, fallback, secret, meaning };
}

/** Any text; `pattern` narrows it and `wanted` says how. */
export function text<D extends string | undefined>(about: About<D> & { wanted?: string; pattern?: RegExp }) {
  const schema = about.pattern === undefined ? z.string() : z.string().regex(about.pattern);
  return variable(about.wanted ?? 'text', schema, about);
}

export function wholeNumber<D extends string | undefined>(about: About<D> & { min: number; max: number }) {
  const { min, max } = about;
  const schema = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);
  return variable(`a whole number from ${min} to ${max}`, schema, about);
}

export function hours<D extends string | undefined>(about: About<D> & { max: number }) {
  const schema = z
    .string()
    .regex(/^\d{1,6}(\.\d{1,4})?$/)
    .transform(Number)
    .refine((value) => value > 0 && value <= about.max);
  return variable(`a number of hours above 0, at most ${about.max}`, schema, about);
}

export function yesOrNo<D extends string | undefined>(about: About<D>) {
  return variable('true or false', z.stringbool({ truthy: ['true'], falsy: ['false'] }), about);
}

export function oneOf<const V extends readonly [string, ...string[]], D extends string | undefined>(
  values: V,
  about: About<D>,
): Variable<V[number], D> {
  const schema = z.string().refine((given): given is V[number] => values.includes(given));
  return variable(`one of ${values.join(', ')}`, schema, about);
}

/** A URL that `accepts` lets through; comes out as `reading` gives it, or normalized. */
export function url<D extends string | undefined>(
  about: About<D> & { wanted: string; accepts: (url: URL) => boolean; reading?: (url: URL, given: string) => string },
) {
  const reading = about.reading ?? ((url: URL) => url.href);
  const schema = z.string().transform((given, context) => {
    const parsed = URL.canParse(given) ? new URL(given) : undefined;
    if (parsed !== undefined && about.accepts(parsed)) return reading(parsed, given);
    context.addIssue({ code: 'custom', message: about.wanted });
    return z.NEVER;
  });
  return variable(about.wanted, schema, about);
}

/** Text that `read` understands, or (undefined) does not. */
export function parsed<T, D extends string | undefined>(
  about: About<D> & { wanted: string; read: (given: string) => T | undefined },
): Variable<T, D> {
  const schema = z.string().transform((given, context) => {
    const value = about.read(given);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: about.wanted });
    return z.NEVER;
  });
  return variable(about.wanted, schema, about);
}

/** Whether a host name can only mean this machine: there, http is as good as https. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || hostname === '::1' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}

/** https anywhere, http on this machine only. */
export function isSafeWebUrl(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

/** What `isSafeWebUrl` accepts, in words. */
export const SAFE_URL = 'an https URL (http only on this machine)';

export const MEBIBYTE = 1024 * 1024;

export function trimSlash(href: string): string {
  return href.replace(/\/$/, '');
}
