/** What cannot be taken back is asked for once: a closed box that says what would happen, with the button in it. */
import { type View, type ViewValue, view } from './view.ts';

/**
 * @param summary what opens the box; names what it is about, since many may stand on one page
 * @param words what would happen, in numbers
 * @param form the form with its button
 */
export function renderConfirm(summary: ViewValue, words: ViewValue, form: View): View {
  return view`<details class="confirm"><summary>${summary}</summary><p>${words}</p>${form}</details>`;
}

/** `Revoke` for the eye, `Revoke the key ci` for the ear. */
export function renderNamed(verb: string, what: string): View {
  return view`${verb}<span class="visually-hidden"> ${what}</span>`;
}
