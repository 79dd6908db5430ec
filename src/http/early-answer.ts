/** Answering before the request's body has come: a client that is still sending has to be able to read why it was refused. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long the rest of a body is read and thrown away. Below what a stop of the server waits. */
const MOST_MS = 5_000;

/**
 * Ends an answer whose head is set. Where the body of the request has not come whole, the answer goes out at once and the
 * connection closes when the client has stopped sending, or after a few seconds: closed at once, the kernel would throw
 * the answer away with what came after it, and the client would see a broken connection instead of the refusal.
 * The head then has to say `connection: close`.
 * @param body undefined for none, as to HEAD
 */
export function endEarly(request: IncomingMessage, response: ServerResponse, body: string | undefined): void {
  if (request.complete) {
    response.end(body);
    return;
  }
  if (body === undefined) response.flushHeaders();
  else response.write(body);
  const timer = setTimeout(done, MOST_MS);
  function done(): void {
    clearTimeout(timer);
    response.end();
  }
  request.once('end', done).once('error', done).once('close', done).resume();
}
