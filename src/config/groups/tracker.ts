/** The tracker that is asked for runs. */
import { oneOf, text, trimSlash, url, wholeNumber, yesOrNo } from '../variable.ts';

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
  TRACKER_API_KEY: text({
    fallback: undefined,
    secret: true,
    meaning: 'API key for the tracker. MLflow: `user:password`, or a bearer token.',
  }),
  TRACKER_USER_NAME: oneOf(['user_name', 'email', 'email_local_part'], {
    fallback: 'user_name',
    meaning: 'The name that the tracker knows a person by, where it does not tell by their e-mail address.',
  }),
  TRACKER_RATE_LIMIT: wholeNumber({
    min: 0,
    max: 10_000,
    fallback: '10',
    meaning: 'Requests per second towards the tracker, from one process. 0: no limit.',
  }),
  TRACKER_TIMEOUT_SECONDS: wholeNumber({
    min: 1,
    max: 600,
    fallback: '30',
    meaning: 'Seconds that the tracker may take for one answer.',
  }),
  TRACKER_KEEP_RUN_IDS: yesOrNo({
    fallback: 'false',
    meaning: '`true`: the ids of the runs that a person leaves behind are kept, and not only their fingerprints.',
  }),
  LEDGER_VERIFY_DAYS: wholeNumber({
    min: 0,
    max: 3650,
    fallback: '30',
    meaning: 'Days after which the tracker is asked again whether kept runs are still there. 0: only when told to.',
  }),
};
