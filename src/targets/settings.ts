/** What the settings of every kind of target have in common. */
import { z } from 'zod';

/** An http or https address without credentials. */
export const addressSchema = z
  .string()
  .max(2000)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, username, password, hash } = new URL(text);
    return /^https?:$/.test(protocol) && username === '' && password === '' && hash === '';
  }, 'an http or https address without credentials');

/** One that paths are added to: without a query, and without a slash at the end. */
export const baseUrlSchema = addressSchema
  .refine((text) => !URL.canParse(text) || !text.includes('?'), 'an address without "?..."')
  .transform((text) => text.replace(/\/+$/, ''));

/** Requests per second, of all processes together; 0: no limit. */
export const perSecondSchema = z.number().min(0).max(10_000);
