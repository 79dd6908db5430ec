/** Small helps on every page: times that go on, buttons that copy, a focus that stays. Without this file nothing is missing but comfort. */

const AGES = [
  [60, 1, 's'],
  [3600, 60, 'min'],
  [86400, 3600, 'h'],
];

function refreshTimes() {
  for (const time of document.querySelectorAll('time[datetime]')) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000));
    const age = AGES.find(([limit]) => seconds < limit);
    // Older ones keep what the server wrote: a date.
    if (age) time.textContent = `${Math.floor(seconds / age[1])} ${age[2]} ago`;
  }
}

class CopyButton extends HTMLElement {
  connectedCallback() {
    if (!navigator.clipboard) return;
    this.hidden = false;
    this.querySelector('button').addEventListener('click', () => this.copy());
  }

  async copy() {
    const status = this.querySelector('[role=status]');
    try {
      await navigator.clipboard.writeText(document.getElementById(this.getAttribute('for')).textContent);
      status.textContent = 'Copied';
    } catch {
      status.textContent = 'The browser did not allow it; select the text and copy it.';
    }
  }
}

/** What takes the place of a piece of the page takes over the focus that was in it, so that the keyboard goes on from there. */
function keepFocus() {
  let held = [];
  document.addEventListener('htmx:before:swap', () => {
    held = [];
    for (let one = document.activeElement?.closest('[id]'); one; one = one.parentElement?.closest('[id]'))
      held.push(one.id);
  });
  document.addEventListener('htmx:after:swap', () => {
    if (document.activeElement !== document.body || held.length === 0) return;
    const place = held.map((id) => document.getElementById(id)).find(Boolean);
    if (!place) return;
    if (place.tabIndex < 0) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  });
}

customElements.define('copy-button', CopyButton);
keepFocus();
setInterval(refreshTimes, 10_000);
