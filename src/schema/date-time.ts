const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,20})?(Z|[+-]\d\d:\d\d)?$/i;

/**
 * The instant of an xsd:dateTime (RFC 7643 section 2.3.5) in epoch milliseconds; a text without a zone is read as UTC.
 * @returns undefined when the text is no dateTime, or names a day that does not exist
 */
export function parseDateTime(text: string): number | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, , , , zone] = match;
  const instant = Date.parse(zone === undefined ? `${text}Z` : text);
  // Date.parse takes 30 February for 2 March.
  const isDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  return Number.isNaN(instant) || !isDay ? undefined : instant;
}
