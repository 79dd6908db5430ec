/** The post over a directory of a test: the outbox, and a worker that sends what lies in it. */

import { linkForMail } from '../../src/directory/invites/invite-links.ts';
import type { DirectoryParts } from '../../src/directory/parts.ts';
import { createWorker, type Worker, type WorkerOptions } from '../../src/jobs/worker.ts';
import { postWorker } from '../../src/mail/mail.ts';
import { createOutbox } from '../../src/mail/outbox.ts';
import { createTemplates, type Templates } from '../../src/mail/templates.ts';
import { createDelivery } from '../../src/mail/transport.ts';
import { linkOfMail } from '../../src/signin/email-links.ts';

export const PUBLIC_URL = 'https://drawbridge.example';

/** The same parts with a mail server. */
export function withPost(parts: DirectoryParts): DirectoryParts {
  const { store, newId, now } = parts;
  return { ...parts, mail: createOutbox({ mails: store.mails, jobs: store.jobs, delivers: true, newId, now }) };
}

export interface PostOptions extends Partial<Pick<WorkerOptions, 'maxAttempts' | 'backoff'>> {
  readonly url: string;
  readonly timeoutMs?: number;
  readonly templates?: Templates;
}

/** The caller stops it. */
export function startPost(parts: DirectoryParts, { url, timeoutMs, templates, ...options }: PostOptions): Worker {
  const { store, now, newId } = parts;
  const own = createTemplates({
    publicUrl: () => PUBLIC_URL,
    linkOfInvite: (mail) => linkForMail(parts, mail),
    linkOfSignIn: (mail) => linkOfMail(parts, mail),
  });
  const smtp = { url, from: 'Drawbridge <no-reply@drawbridge.example>' };
  const deliver = createDelivery(timeoutMs === undefined ? smtp : { ...smtp, timeoutMs });
  const rest = { mails: store.mails, reader: store.reader, now, templates: templates ?? own, deliver };
  const write = store.write.bind(store);
  const worker = postWorker({ ...rest, write }, { pollMs: 20, ...options });
  return createWorker({ jobs: store.jobs, reader: store.reader, write, now, newId, onError: () => undefined }, worker);
}
