import { describe, expect, it } from 'vitest';
import { parseBucket } from '../../src/directory/teams/team-storage.ts';

const ARN = 'arn:aws:kms:eu-west-1:123456789012:key/0b2f0c0e-1111-2222-3333-444455556666';

describe('a bucket', () => {
  it.each([
    [{ provider: 'AWS', name: 'runs.example-1', path: 'teams/vision', kmsKey: ARN }],
    [{ provider: 'AWS', name: 'abc', kmsKey: ARN.replace(/key\/.*/, 'alias/wandb') }],
    [{ provider: 'GCP', name: 'runs_1', kmsKey: 'projects/p/locations/eu/keyRings/r/cryptoKeys/k' }],
    [{ provider: 'AZURE', name: 'account1/my-container', kmsKey: 'https://v.vault.azure.net/keys/k' }],
    [{ provider: 'COREWEAVE', name: 'team-vision' }],
    [{ provider: 'MINIO', name: 'local', kmsKey: 'my-key', path: null }],
  ])('is taken as %j', (input) => {
    expect(parseBucket(input)).toEqual({ path: null, kmsKey: null, ...input });
  });

  it.each([
    [{ provider: 'aws', name: 'abc' }, 'storage.provider: use one of AWS, GCP'],
    [{ provider: 'AWS' }, 'storage.name'],
    [{ provider: 'AWS', name: 'abc', secret: 'x' }, 'secret'],
    ['text', 'The storage is not valid'],
    [{ provider: 'AWS', name: 'My_Bucket' }, 'storage.name: use 3 to 63 lower-case letters'],
    [{ provider: 'AWS', name: '10.0.0.1' }, 'no IP address'],
    [{ provider: 'AWS', name: 'xn--abc' }, 'AWS reserves'],
    [{ provider: 'AWS', name: 'abc', kmsKey: 'key 7' }, 'storage.kmsKey: give an ARN of AWS KMS'],
    [{ provider: 'GCP', name: 'my-google-runs' }, 'Google reserves'],
    [{ provider: 'GCP', name: 'abc', kmsKey: ARN }, 'storage.kmsKey: give projects/'],
    [{ provider: 'AZURE', name: 'container' }, 'write account/container'],
    [{ provider: 'AZURE', name: 'account/a--b' }, 'write account/container'],
    [{ provider: 'COREWEAVE', name: 'cw-runs' }, 'CoreWeave reserves'],
    [{ provider: 'COREWEAVE', name: 'runs', kmsKey: 'x' }, 'COREWEAVE takes no KMS key'],
    [{ provider: 'AWS', name: 'abc', path: '/a' }, 'storage.path: write folders'],
    [{ provider: 'AWS', name: 'abc', path: 'a/../b' }, 'storage.path: write folders'],
    [{ provider: 'AWS', name: 'abc', path: 'a\u0000b' }, 'storage.path: use at most 512 plain characters'],
  ])('is refused as %j', (input, want) => {
    expect(() => parseBucket(input)).toThrow(want);
  });

  it('is refused with every fault at once', () => {
    const faulty = () => parseBucket({ provider: 'AWS', name: 'A', path: '//', kmsKey: '?' });
    expect(faulty).toThrow(/storage\.name.*storage\.path.*storage\.kmsKey/);
  });
});
