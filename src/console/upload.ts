/** A form with a file. Read by the platform's own parser, from memory, within a limit. */
import express, { type RequestHandler } from 'express';
import { AppError } from '../errors.ts';

/** Stands before the form token is checked: fields go to `request.body`, the file of that name to `uploadOf`. */
export function readUpload(name: string, maxBytes: number): readonly RequestHandler[] {
  const parse: RequestHandler = async (request, response, next) => {
    const raw: unknown = request.body;
    if (!Buffer.isBuffer(raw)) throw new AppError('invalid_syntax', 'Send the form with a file.');
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const form = await new Response(new Uint8Array(raw), { headers }).formData().catch((cause: unknown) => {
      throw new AppError('invalid_syntax', 'The form could not be read.', { cause });
    });
    const file = form.get(name);
    response.locals.upload = file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : new Uint8Array();
    request.body = Object.fromEntries([...form].filter(([, value]) => typeof value === 'string'));
    next();
  };
  // Names and boundaries of the form come on top of the file.
  return [express.raw({ type: 'multipart/form-data', limit: maxBytes + 16_384 }), parse];
}

/** Behind `readUpload`; empty when no file was chosen. */
export function uploadOf(response: { readonly locals: Record<string, unknown> }): Uint8Array {
  return response.locals.upload as Uint8Array;
}
