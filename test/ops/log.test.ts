import { describe, expect, it } from 'vitest';
import { createLogger, requestLogger } from '../../src/ops/log.ts';

function createLines() {
  const lines: string[] = [];
  return { lines, destination: { write: (line: string) => void lines.push(line) } };
}

describe('the log', () => {
  it('writes JSON lines with level, ISO time and request id', () => {
    const { lines, destination } = createLines();
    requestLogger(createLogger({ log: { level: 'info' } }, destination), 'r-1').info({ status: 201 }, 'answered');
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      requestId: 'r-1',
      status: 201,
      msg: 'answered',
    });
  });

  it.each([
    { where: 'at the top', logged: { token: 'S3CRET' } },
    { where: 'one level down', logged: { connection: { token: 'S3CRET', password: 'S3CRET' } } },
    { where: 'two levels down', logged: { config: { oidc: { clientSecret: 'S3CRET' } } } },
    { where: 'in request headers', logged: { req: { headers: { authorization: 'Bearer S3CRET', cookie: 'S3CRET' } } } },
    {
      where: 'in headers with a hyphen',
      logged: { res: { headers: { 'set-cookie': 'S3CRET', 'x-api-key': 'S3CRET' } } },
    },
  ])('hides a secret $where', ({ logged }) => {
    const { lines, destination } = createLines();
    createLogger({ log: { level: 'info' } }, destination).info(logged, 'seen');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('[secret]');
    expect(lines[0]).not.toContain('S3CRET');
  });

  it('leaves out what is below its level', () => {
    const { lines, destination } = createLines();
    createLogger({ log: { level: 'warn' } }, destination).info('quiet');
    expect(lines).toEqual([]);
  });
});
