/** What a server says about a password beside yes and no (draft-behera-ldap-password-policy): locked, expired, to be changed. */
import { type Client, PasswordPolicyControl } from 'ldapts';

/** The control's error number; null: nothing was said. */
export type PolicyError = number | null;

export interface PasswordPolicy {
  /** Whether a server knows the control; asked once, because a control that it does not know trips some. */
  isKnownTo(server: string, client: Client): Promise<boolean>;
}

export function createPasswordPolicy(): PasswordPolicy {
  const known = new Map<string, boolean>();
  return {
    async isKnownTo(server, client) {
      const before = known.get(server);
      if (before !== undefined) return before;
      const isKnown = await readSupport(client);
      known.set(server, isKnown);
      return isKnown;
    },
  };
}

async function readSupport(client: Client): Promise<boolean> {
  try {
    const { searchEntries } = await client.search('', { scope: 'base', attributes: ['supportedControl'] });
    return [searchEntries[0]?.supportedControl ?? []].flat().map(String).includes(PasswordPolicyControl.type);
  } catch {
    // Some servers show their root to nobody.
    return false;
  }
}

/**
 * @returns what the policy says about a bind that succeeded
 * @throws PolicyRefusal with the server's error when the bind is refused
 */
export async function bindWithPolicy(
  client: Client,
  dn: string,
  password: string,
  isKnown: boolean,
): Promise<PolicyError> {
  if (!isKnown) {
    await client.bind(dn, password);
    return null;
  }
  const control = new PasswordPolicyControl();
  try {
    await client.bind(dn, password, control);
  } catch (error) {
    throw new PolicyRefusal(error, control.value?.error ?? null);
  }
  return control.value?.error ?? null;
}

/** A bind that was refused (`cause`), with what the policy says about it. */
export class PolicyRefusal extends Error {
  readonly policy: PolicyError;

  constructor(cause: unknown, policy: PolicyError) {
    super('the bind was refused', { cause });
    this.name = 'PolicyRefusal';
    this.policy = policy;
  }
}
