/** Small helps on every page: times that go on, buttons that copy. Without this file nothing is missing but comfort. */

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

customElements.define('copy-button', CopyButton);
setInterval(refreshTimes, 10_000);
