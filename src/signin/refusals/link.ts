/** Refusals of links that we sent or printed ourselves. */
import type { RefusalWords } from './refusal-words.ts';

export const LINK_REFUSALS = {
  email_link_unusable: {
    text: 'A link by e-mail works once and for 15 minutes. This one was used, has expired, or is not complete.',
    cause: 'The link was used before, is older than 15 minutes, or lost a part on its way through a mail program.',
    remedy: 'Have a new link sent from the sign-in page, and open the newest mail.',
  },
  invite_unusable: {
    text: 'This invite was accepted already, was revoked, has expired, or its link is not complete.',
    cause: 'The link of an invite was opened that is accepted, revoked, expired, or was replaced by a newer mail.',
    remedy: 'Look at the invite in the console, and send it again if the person should come in.',
  },
  setup_link_unusable: {
    text: 'A setup link works once and for an hour. This one was used, has expired, or is not complete.',
    cause: 'The setup link was used before, is older than an hour, or was not copied whole.',
    remedy: 'Make a new one on the machine that Drawbridge runs on: `admin setup-link`.',
  },
  link_person_unfit: {
    text: 'The person of this address cannot come in by this link. Ask your administrator.',
    cause: 'Somebody with this address was deactivated or removed, or several people have it. The link stays open.',
    remedy: 'The detail says which. Activate the person where they are managed, or take another address.',
  },
} as const satisfies Record<string, RefusalWords>;
