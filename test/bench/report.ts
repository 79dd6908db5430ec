/** Markdown tables, so that what is printed can go into docs/performance.md as it is. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function tableHead(...names: readonly string[]): string {
  return `${tableRow(...names)}\n${tableRow(...names.map(() => '---'))}`;
}

export function tableRow(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}
