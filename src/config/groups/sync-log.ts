/** What the sync log keeps. */
import { MEBIBYTE, wholeNumber } from '../variable.ts';

export const syncLog = {
  SYNCLOG_RETENTION_DAYS: wholeNumber({
    min: 0,
    max: 36_500,
    fallback: '180',
    meaning: 'Days for which exchanges are kept. 0: for ever.',
  }),
  SYNCLOG_BODY_MAX_BYTES: wholeNumber({
    min: 0,
    max: 16 * MEBIBYTE,
    fallback: '65536',
    meaning: 'Bytes of a request or answer body that an exchange keeps.',
  }),
};
