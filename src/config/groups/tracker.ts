/** The tracker that is asked for runs. */
import { oneOf, text, trimSlash, url } from '../variable.ts';

export const tracker = {
  TRACKER: oneOf(['wandb', 'mlflow', 'reported'], {
    fallback: undefined,
    meaning: 'Who is asked for the runs of a removed person.',
  }),
  TRACKER_URL: url({
    fallback: undefined,
    wanted: 'an https or http URL without credentials',
    accepts: (u) => /^https?:$/.test(u.protocol) && !u.username && !u.password,
    reading: (u) => trimSlash(u.href),
    meaning: 'Address of the tracker.',
  }),
  TRACKER_API_KEY: text({ fallback: undefined, secret: true, meaning: 'API key for the tracker.' }),
};
