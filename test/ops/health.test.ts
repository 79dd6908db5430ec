import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { createHealthRouter, type HealthParts } from '../../src/ops/health.ts';
import { createMetrics } from '../../src/ops/metrics.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function serve(parts: Partial<HealthParts>): Promise<string> {
  const metrics = createMetrics({ version: '1', withProcess: false });
  const app = express().use(
    createHealthRouter({ isReady: () => true, pingDatabase: () => Promise.resolve(), metrics, ...parts }),
  );
  const server = app.listen(0, '127.0.0.1');
  stops.push(() => server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const never = () => Promise.withResolvers<void>().promise;

describe('health', () => {
  it.each<{ name: string; parts: Partial<HealthParts>; path: string; want: number }>([
    { name: 'alive although not ready', parts: { isReady: () => false }, path: '/healthz', want: 200 },
    {
      name: 'alive although the database is gone',
      parts: { pingDatabase: () => Promise.reject(new Error()) },
      path: '/healthz',
      want: 200,
    },
    { name: 'ready', parts: {}, path: '/readyz', want: 200 },
    { name: 'not ready while starting or stopping', parts: { isReady: () => false }, path: '/readyz', want: 503 },
    {
      name: 'not ready without the database',
      parts: { pingDatabase: () => Promise.reject(new Error()) },
      path: '/readyz',
      want: 503,
    },
    {
      name: 'not ready when the database hangs',
      parts: { pingDatabase: never, pingTimeoutMs: 1 },
      path: '/readyz',
      want: 503,
    },
  ])('is $name', async ({ parts, path, want }) => {
    const response = await fetch(`${await serve(parts)}${path}`);
    expect(response.status).toBe(want);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('gives the metrics as Prometheus text', async () => {
    const response = await fetch(`${await serve({})}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await response.text()).toContain('drawbridge_build_info');
  });
});
