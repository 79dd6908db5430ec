/**
 * Sets this process's clock to one afternoon, and lets it go on from there: pictures that are made twice show the same
 * times. Import it before anything else.
 */
const START = Date.UTC(2026, 10, 24, 16, 20);
const RealDate = Date;
const behind = RealDate.now() - START;

class FixedDate extends RealDate {
  constructor(...given: readonly unknown[]) {
    super(...((given.length === 0 ? [FixedDate.now()] : given) as [number]));
  }

  static override now(): number {
    return RealDate.now() - behind;
  }
}

globalThis.Date = FixedDate as DateConstructor;
