/** What walking the whole chain came to. */
import type { LedgerCheck } from '../../ledger/ledger.ts';
import { tellNumber } from '../../numbers.ts';
import { countOf } from '../../web/count-words.ts';
import { exactTime } from '../../web/moment.ts';
import type { Page } from '../../web/page.ts';
import { view } from '../../web/view.ts';

function wholeBefore(checked: number): string {
  if (checked === 0) return '';
  return checked === 1 ? 'The entry before it is whole. ' : `The ${tellNumber(checked)} entries before it are whole. `;
}

export function renderChainPage({ holds, checked, hash, firstBreak }: LedgerCheck, now: number): Page {
  const verdict = holds
    ? view`<p class="all-well"><span class="mark" aria-hidden="true">●</span> The chain is whole: all ${countOf(checked, 'entry follows', 'entries follow')} from the one before.</p>`
    : view`<p class="form-problem" role="alert">The chain is broken at entry ${String(firstBreak?.position ?? checked + 1)}: ${firstBreak?.reason ?? 'unknown'}. ${wholeBefore(checked)}Somebody, or a fault, changed the database by another way than Drawbridge: compare with a backup and with your checkpoints.</p>`;
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/removed">Back to the removed people</a></nav>
<h1>The chain of the ledger</h1>
<section>${verdict}<dl class="facts"><div><dt>Checked</dt><dd>${exactTime(now)}</dd></div><div><dt>Last hash that holds</dt><dd><code>${hash}</code></dd></div></dl>
<p class="muted">Keep a checkpoint elsewhere now and then: with it, one can tell later that nothing was cut off at the end. <code>ledger verify --checkpoint FILE</code> compares.</p></section>`;
  return { title: 'The chain of the ledger', section: 'removed', body };
}
