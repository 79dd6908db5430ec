#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node must be able to parse this file and say what to do, because the database
// driver ends the process without a message there.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `Drawbridge needs Node 24 or newer; this is Node ${process.versions.node}.\n` +
      'On Linux x64 start it through npm, which uses the Node that the project brings along: npm start, or\n' +
      'npm run --silent drawbridge -- <verb>. Elsewhere put Node 24 first in PATH.',
  );
  process.exit(1);
}
// Ends a cycle of the old generation when the heap has grown by half, not when it is four times as large: a load of
// memberships took 350 MB, and takes 210 (docs/decisions/memory.md).
const { setFlagsFromString } = await import('node:v8');
setFlagsFromString('--heap-growing-percent=50');
await import('../src/main.ts');
