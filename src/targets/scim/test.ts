/** Whether a SCIM target can be worked with, in sentences. */
import { type Call, TargetRefusal, TargetUnavailable, type TestReport } from '../contract.ts';
import type { ScimParts } from './parts.ts';
import { isSuccess, refusalOf } from './scim-client.ts';

export async function testScim({ client, provider, settings }: ScimParts, call: Call): Promise<TestReport> {
  const findings: string[] = [];
  try {
    const said = await provider(call);
    findings.push(
      `${settings.url} is a SCIM service provider${said.patch ? '' : ' without PATCH (PUT is used)'}.`,
      said.bulk === undefined ? 'It offers no bulk.' : `It offers bulk, up to ${said.bulk.maxOperations} operations.`,
      said.userAttributes === undefined
        ? 'It tells no schemas: every attribute is sent.'
        : `Its schema of users has ${said.userAttributes.size} attributes that can be written.`,
    );
    const users = await client.send(call, { method: 'GET', path: '/Users?startIndex=1&count=1', isList: true });
    if (!isSuccess(users)) throw refusalOf('Reading users', users);
    findings.push(`Users can be read: there are ${String(users.body.totalResults ?? 'some')}.`);
    return { ok: true, findings };
  } catch (error) {
    if (error instanceof TargetUnavailable || error instanceof TargetRefusal) {
      return { ok: false, findings: [...findings, error.message] };
    }
    throw error;
  }
}
