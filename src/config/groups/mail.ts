/** Outgoing mail. */
import { text, url } from '../variable.ts';

export const mail = {
  SMTP_URL: url({
    fallback: undefined,
    wanted: 'smtp://[user:password@]host[:port] or smtps://...',
    accepts: (u) => /^smtps?:$/.test(u.protocol) && u.hostname !== '',
    secret: true,
    meaning: 'Mail server.',
  }),
  MAIL_FROM: text({
    fallback: undefined,
    pattern: /^([^<>@\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/,
    wanted: 'an e-mail address, `Name <address>` too',
    meaning: 'Sender of mails.',
  }),
};
