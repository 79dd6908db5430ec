/** <live-log>: adds new rows to the table of the sync log as they come, says whether it still listens, and can be paused. */

const MAX_ROWS = 300;
/** Beats come every 15 s; two missing means that nobody is there any more, whatever the socket says. */
const SILENCE_MS = 40_000;
const RETRY_MS = 5_000;

const STATES = {
  connecting: 'Connecting',
  live: 'Live',
  paused: 'Paused',
  lost: 'Connection lost, trying again',
  ended: 'Session ended: reload the page',
};

class LiveLog extends HTMLElement {
  connectedCallback() {
    this.newest = this.newest ?? this.getAttribute('newest') ?? '';
    this.hidden = false;
    this.button = this.querySelector('[data-part=pause]');
    this.button.onclick = () => (this.dataset.state === 'paused' ? this.open() : this.pause());
    this.open();
  }

  disconnectedCallback() {
    this.close();
  }

  show(state) {
    this.dataset.state = state;
    this.querySelector('[data-part=state]').textContent = STATES[state];
    this.button.textContent = state === 'paused' ? 'Resume' : 'Pause';
    this.button.hidden = state === 'ended';
  }

  /** The browser sends Last-Event-ID when it reconnects by itself; `after` does the same for a stream that we open. */
  open() {
    this.close();
    this.show(this.dataset.state === 'lost' ? 'lost' : 'connecting');
    const address = new URL(this.getAttribute('src'), location.href);
    if (this.newest) address.searchParams.set('after', this.newest);
    const source = new EventSource(address);
    source.addEventListener('beat', () => this.alive());
    source.addEventListener('rows', (event) => this.add(event));
    source.addEventListener('gap', () => this.tell('More came than is shown here. Reload the page to see everything.'));
    source.addEventListener('ended', () => this.end());
    source.onerror = () => this.lose();
    this.source = source;
    this.watch();
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
  }

  pause() {
    this.close();
    this.show('paused');
  }

  end() {
    this.close();
    this.show('ended');
  }

  alive() {
    if (this.dataset.state !== 'live') this.show('live');
    this.watch();
  }

  watch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lose(true), SILENCE_MS);
  }

  lose(silent = false) {
    this.show('lost');
    // After an answer that is no stream (too many listeners, a restart) the browser gives up; we do not.
    if (!silent && this.source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), silent ? 0 : RETRY_MS);
  }

  tell(text) {
    this.querySelector('[data-part=news]').textContent = text;
    let notice = this.querySelector('.gap');
    if (text.startsWith('More') && !notice) {
      notice = document.createElement('span');
      notice.className = 'gap';
      notice.textContent = text;
      this.append(notice);
    }
  }

  add(event) {
    this.alive();
    const body = document.getElementById('rows');
    const template = document.createElement('template');
    // Rows come from our own server, escaped there; the content security policy stops whatever would not be.
    template.innerHTML = event.data;
    // Oldest first, so that an empty table takes them all.
    const rows = [...template.content.querySelectorAll('tr[data-id]')].reverse();
    const fresh = rows.filter((row) => this.insert(body, row));
    if (event.lastEventId > this.newest) this.newest = event.lastEventId;
    if (fresh.length === 0) return;
    document.getElementById('empty').hidden = true;
    document.getElementById('table').hidden = false;
    const newest = fresh.at(-1).querySelector('a').textContent;
    this.tell(fresh.length === 1 ? newest : `${fresh.length} new exchanges. The newest: ${newest}`);
    this.trim(body);
  }

  /** Ids grow with time: a row that was written late still lands in its place. */
  insert(body, row) {
    const rows = [...body.rows];
    const next = rows.findIndex((other) => other.dataset.id <= row.dataset.id);
    if (rows[next]?.dataset.id === row.dataset.id) return false;
    // Older than everything shown: that belongs to the next page.
    if (next === -1 && rows.length > 0) return false;
    row.classList.add('new');
    body.insertBefore(row, rows[next] ?? null);
    return true;
  }

  trim(body) {
    const focused = document.activeElement?.closest('tr');
    while (body.rows.length > MAX_ROWS && body.rows[body.rows.length - 1] !== focused) body.deleteRow(-1);
    const older = document.getElementById('older');
    if (!older) return;
    const address = new URL(older.href);
    address.searchParams.set('before', body.rows[body.rows.length - 1].dataset.id);
    older.href = address;
  }
}

customElements.define('live-log', LiveLog);
